"""Creates or updates one planned stack in the emulator and waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from best_practice_constructs.local.asset_publisher import AssetPublisher
from best_practice_constructs.local.clients import EmulatorClients
from best_practice_constructs.local.deployment import StackChange, StackResult
from best_practice_constructs.local.deployment_plan import PlannedStack
from best_practice_constructs.local.errors import StackDeploymentError
from best_practice_constructs.local.service_caller import ServiceCaller
from best_practice_constructs.local.service_calls import without_answers

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import (
        ParameterTypeDef,
        StackEventTypeDef,
        StackResourceSummaryTypeDef,
        StackResourceTypeDef,
        StackTypeDef,
        TagTypeDef,
    )

_POLL_SECONDS = 0.05
_CURRENT_BOOTSTRAP_VERSION = "30"
_BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
_CONSEQUENCES = ("cancelled", "The following resource(s) failed")


class StackDeployer:
    """Executes planned stacks.

    :param clients: clients of the emulator.
    :param check: called between polls; raises when the emulator is gone.
    :param patience: seconds after which a stack that is not done counts as failed.
    """

    def __init__(self, *, clients: EmulatorClients, check: Callable[[], None], patience: float) -> None:
        self._clients = clients
        self._check = check
        self._patience = patience

    def deploy(self, stack: PlannedStack) -> StackResult:
        """Upload what a stack needs, create or update it, and wait until that is done.

        :raises StackDeploymentError: it failed; the error names the resource that failed first, and why.
        """
        began = time.monotonic()
        publisher = AssetPublisher(s3=self._clients.client("s3", region=stack.region, account=stack.account))
        for upload in stack.uploads:
            publisher.publish(upload)
        if stack.bootstrap_parameter:
            self._clients.client("ssm", region=stack.region, account=stack.account).put_parameter(
                Name=stack.bootstrap_parameter, Value=_CURRENT_BOOTSTRAP_VERSION, Type="String", Overwrite=True
            )
        cloudformation = self._clients.client("cloudformation", region=stack.region, account=stack.account)
        change = self._apply(cloudformation, stack, publisher)
        description = _describe(cloudformation, stack.stack_name)
        if description is None:
            raise StackDeploymentError(stack_name=stack.stack_name, logical_id=None, reason="it is gone.")
        outputs = {o.get("OutputKey", ""): o.get("OutputValue", "") for o in description.get("Outputs", [])}
        ServiceCaller(clients=self._clients, account=stack.account, region=stack.region).execute(
            stack.service_calls, stack_name=stack.stack_name, outputs=outputs
        )
        resources = _resources(cloudformation, stack.stack_name)
        return StackResult(
            stack_name=stack.stack_name,
            change=change,
            account=stack.account,
            region=stack.region,
            outputs=without_answers(outputs),
            resources={each["LogicalResourceId"]: each.get("PhysicalResourceId", "") for each in resources},
            resource_paths=stack.resource_paths,
            seconds=time.monotonic() - began,
            resource_types={each["LogicalResourceId"]: each["ResourceType"] for each in resources},
        )

    def _apply(
        self, cloudformation: CloudFormationClient, stack: PlannedStack, publisher: AssetPublisher
    ) -> StackChange:
        from botocore.exceptions import ClientError

        existing = _describe(cloudformation, stack.stack_name)
        if existing and existing["StackStatus"].startswith(("ROLLBACK", "CREATE_FAILED", "DELETE_FAILED")):
            # A stack whose creation failed can only be deleted.
            cloudformation.delete_stack(StackName=stack.stack_name)
            self._wait(cloudformation, stack.stack_name)
            existing = None
        publisher.publish(stack.template)
        s3_url = self._clients.client("s3", region=stack.region, account=stack.account).meta.endpoint_url
        template_url = f"{s3_url}/{stack.template.bucket}/{stack.template.key}"
        parameters: list[ParameterTypeDef] = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in stack.parameters.items()
        ]
        tags: list[TagTypeDef] = [{"Key": name, "Value": value} for name, value in stack.tags.items()]
        apply = cloudformation.update_stack if existing else cloudformation.create_stack
        try:
            apply(
                StackName=stack.stack_name,
                TemplateURL=template_url,
                Parameters=parameters,
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
                Tags=tags,
            )
        except ClientError as error:
            message = error.response.get("Error", {}).get("Message", str(error))
            if "No updates are to be performed" in message:
                return StackChange.UNCHANGED
            raise StackDeploymentError(stack_name=stack.stack_name, logical_id=None, reason=message) from error
        status = self._wait(cloudformation, stack.stack_name)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            logical_id, reason = _first_failure(cloudformation, stack.stack_name)
            raise StackDeploymentError(
                stack_name=stack.stack_name, logical_id=logical_id, reason=f"{reason or 'no reason given'} ({status})"
            )
        return StackChange.UPDATED if existing else StackChange.CREATED

    def _wait(self, cloudformation: CloudFormationClient, stack_name: str) -> str:
        began = time.monotonic()
        while True:
            self._check()
            description = _describe(cloudformation, stack_name)
            if description is None:
                return "DELETE_COMPLETE"
            status: str = description["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                return status
            if time.monotonic() - began > self._patience:
                raise _stalled(cloudformation, stack_name, seconds=self._patience)
            time.sleep(_POLL_SECONDS)


def _describe(cloudformation: CloudFormationClient, stack_name: str) -> StackTypeDef | None:
    from botocore.exceptions import ClientError

    try:
        description = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    except ClientError:
        return None
    return None if description["StackStatus"] == "DELETE_COMPLETE" else description


def _resources(cloudformation: CloudFormationClient, stack_name: str) -> list[StackResourceSummaryTypeDef]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_name)
    return [resource for page in pages for resource in page["StackResourceSummaries"]]


def _stalled(cloudformation: CloudFormationClient, stack_name: str, *, seconds: float) -> StackDeploymentError:
    resources = cloudformation.describe_stack_resources(StackName=stack_name)["StackResources"]
    waiting = [resource for resource in resources if resource["ResourceStatus"].endswith("_IN_PROGRESS")]
    hint = " (a custom resource waits for its function, whose log tells more)"
    return StackDeploymentError(
        stack_name=stack_name,
        logical_id=waiting[0]["LogicalResourceId"] if waiting else None,
        reason=f"it is not done after {seconds:.0f} s" + (hint if waiting and _is_custom(waiting[0]) else ""),
    )


def _is_custom(resource: StackResourceTypeDef) -> bool:
    return resource["ResourceType"].startswith(("Custom::", "AWS::CloudFormation::CustomResource"))


def _first_failure(cloudformation: CloudFormationClient, stack_name: str) -> tuple[str | None, str | None]:
    events: list[StackEventTypeDef] = []
    # The newest event comes first; the events of earlier operations on the stack follow those of this one.
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_name):
        for event in page["StackEvents"]:
            events.append(event)
            if event.get("LogicalResourceId") == stack_name and event.get("ResourceStatus") in _BEGINNINGS:
                return first_failure(events)
    return first_failure(events)


def first_failure(events: Sequence[StackEventTypeDef]) -> tuple[str | None, str | None]:
    """Return the resource that made an operation fail, and the reason.

    :param events: the events of the operation, the newest first.
    """
    for event in reversed(events):
        reason = event.get("ResourceStatusReason", "")
        # What was cancelled because of another failure is no cause, nor is the stack's own summary.
        if event.get("ResourceStatus", "").endswith("_FAILED") and not any(sign in reason for sign in _CONSEQUENCES):
            return event.get("LogicalResourceId"), reason
    return None, next((told for event in events if (told := event.get("ResourceStatusReason"))), None)
