"""Plans a deployment: which stacks, with which templates and files, in which order. Executes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from best_practice_constructs.local.api_destinations import HOW_MADE, with_known_destinations
from best_practice_constructs.local.cloud_assembly import AssembledStack, FileAsset
from best_practice_constructs.local.deployment import (
    IgnoredProperty,
    OmittedResource,
    ReplacedReference,
    SuppliedResource,
)
from best_practice_constructs.local.errors import CloudAssemblyError
from best_practice_constructs.local.service_calls import ServiceCalls, plan_service_calls
from best_practice_constructs.local.template_adapter import AdaptedTemplate, adapt_template, resource_paths

_NESTED_TEMPLATE_SUFFIX = ".nested.template.json"
_BOOTSTRAP_VERSION = "BootstrapVersion"
_PARTITION = "aws"
_URL_SUFFIX = "amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class PlannedUpload:
    """An object to put into a bucket.

    :param bucket: the bucket's name.
    :param key: the object's key.
    :param source: the file or directory that becomes the object, unless ``content`` is given.
    :param zipped: whether the source directory becomes one zip file.
    :param content: the object itself.
    """

    bucket: str
    key: str
    source: Path | None = None
    zipped: bool = False
    content: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class PlannedStack:
    """A stack to create or update.

    :param stack_name: its name.
    :param account: the account it goes to.
    :param region: the region it goes to.
    :param template: its adapted template, as the object it becomes.
    :param parameters: its parameters.
    :param tags: its tags.
    :param bootstrap_parameter: the Parameter Store name in which it expects the bootstrap version, if it does.
    :param uploads: what must be in buckets before.
    :param resource_paths: the logical id of each resource by construct path.
    :param service_calls: what is made through services once the stack is there.
    """

    stack_name: str
    account: str
    region: str
    template: PlannedUpload
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    bootstrap_parameter: str | None
    uploads: tuple[PlannedUpload, ...]
    resource_paths: Mapping[str, str]
    service_calls: ServiceCalls


@dataclass(frozen=True, kw_only=True)
class DeploymentPlan:
    """A deployment before it is executed.

    :param stacks: the stacks in order.
    :param omitted: what was left out of their templates.
    :param supplied: what is made through services instead.
    :param replaced: the references to it.
    :param ignored: the properties without effect.
    """

    stacks: tuple[PlannedStack, ...]
    omitted: tuple[OmittedResource, ...]
    supplied: tuple[SuppliedResource, ...]
    replaced: tuple[ReplacedReference, ...]
    ignored: tuple[IgnoredProperty, ...]


def plan_deployment(
    stacks: Sequence[AssembledStack],
    *,
    supported_types: AbstractSet[str],
    account: str,
    region: str,
    parameters: Mapping[str, Mapping[str, str]] | None = None,
) -> DeploymentPlan:
    """Plan the deployment of stacks of an assembly.

    :param stacks: the stacks in deployment order.
    :param supported_types: the types that the emulator can create.
    :param account: the account of stacks that leave it open.
    :param region: the region of stacks that leave it open.
    :param parameters: values of template parameters by stack name.
    :raises CloudAssemblyError: a template cannot be read, or a parameter has no value.
    """
    planned: list[PlannedStack] = []
    adaptations: list[AdaptedTemplate] = []
    supplied: list[SuppliedResource] = []
    missing_exports: set[str] = set()
    for stack in stacks:
        where = _Environment(account=stack.account or account, region=stack.region or region)
        template = with_known_destinations(
            _read_template(stack.template_path),
            stack_name=stack.stack_name,
            account=where.account,
            region=where.region,
        )
        adapted = adapt_template(
            template, stack_name=stack.stack_name, supported_types=supported_types, missing_exports=missing_exports
        )
        missing_exports |= adapted.dropped_exports
        calls = plan_service_calls(template, omitted=frozenset(resource.logical_id for resource in adapted.omitted))
        supplied += _supplied(calls, template, stack_name=stack.stack_name)
        adaptations.append(adapted)
        given = {**stack.parameters, **((parameters or {}).get(stack.stack_name, {}))}
        _check_parameters(stack, template, given)
        uploads: list[PlannedUpload] = []
        for asset in stack.assets:
            if asset.source.name.endswith(_NESTED_TEMPLATE_SUFFIX):
                nested = adapt_template(
                    _read_template(asset.source),
                    stack_name=f"{stack.stack_name}/{asset.source.name.removesuffix(_NESTED_TEMPLATE_SUFFIX)}",
                    supported_types=supported_types,
                    missing_exports=missing_exports,
                    drop_outputs=False,
                )
                adaptations.append(nested)
                uploads.append(where.upload(asset, content=json.dumps(nested.template).encode()))
            else:
                uploads.append(where.upload(asset))
        planned.append(
            PlannedStack(
                stack_name=stack.stack_name,
                account=where.account,
                region=where.region,
                # Always by way of a bucket: a request may carry no more than 51,200 bytes.
                template=PlannedUpload(
                    bucket=f"local-stage-templates-{where.account}-{where.region}",
                    key=f"{stack.stack_name}.template.json",
                    content=json.dumps(_with_outputs(adapted.template, calls.outputs)).encode(),
                ),
                parameters=given,
                tags=stack.tags,
                bootstrap_parameter=_bootstrap_parameter(template),
                uploads=tuple(uploads),
                resource_paths=resource_paths(template),
                service_calls=calls,
            )
        )
    made = {(entry.stack_name, entry.logical_id) for entry in supplied}
    return DeploymentPlan(
        stacks=tuple(planned),
        omitted=tuple(
            entry
            for adapted in adaptations
            for entry in adapted.omitted
            if (entry.stack_name, entry.logical_id) not in made
        ),
        supplied=tuple(supplied),
        replaced=tuple(entry for adapted in adaptations for entry in adapted.replaced),
        ignored=tuple(entry for adapted in adaptations for entry in adapted.ignored),
    )


def _with_outputs(template: Mapping[str, object], outputs: Mapping[str, object]) -> dict[str, object]:
    declared = cast("Mapping[str, object]", template.get("Outputs", {}))
    return {**template, "Outputs": {**declared, **outputs}} if outputs else dict(template)


def _supplied(calls: ServiceCalls, template: Mapping[str, object], *, stack_name: str) -> list[SuppliedResource]:
    resources = cast("Mapping[str, Mapping[str, object]]", template["Resources"])
    paths = {logical_id: path for path, logical_id in resource_paths(template).items()}
    made = [(entry.logical_id, "made through EventBridge") for entry in calls.archives]
    made += [(entry.logical_id, HOW_MADE[entry.resource_type]) for entry in calls.connections]
    made += [(entry.logical_id, "time to live switched on through DynamoDB") for entry in calls.times_to_live]
    made += [(entry.logical_id, "made through API Gateway and given to its methods") for entry in calls.validators]
    return [
        SuppliedResource(
            stack_name=stack_name,
            logical_id=logical_id,
            resource_type=str(resources[logical_id]["Type"]),
            path=paths.get(logical_id, logical_id),
            how=how,
        )
        for logical_id, how in made
    ]


@dataclass(frozen=True, kw_only=True)
class _Environment:
    account: str
    region: str

    def upload(self, asset: FileAsset, *, content: bytes | None = None) -> PlannedUpload:
        return PlannedUpload(
            bucket=self._resolve(asset.bucket),
            key=self._resolve(asset.object_key),
            source=asset.source if content is None else None,
            zipped=asset.zipped,
            content=content,
        )

    def _resolve(self, text: str) -> str:
        values = {"AccountId": self.account, "Region": self.region, "Partition": _PARTITION, "URLSuffix": _URL_SUFFIX}
        for name, value in values.items():
            text = text.replace(f"${{AWS::{name}}}", value)
        return text


def _read_template(path: Path) -> dict[str, object]:
    try:
        template: object = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CloudAssemblyError(f"The template {path} cannot be read: {error}.") from error
    if not isinstance(template, dict):
        raise CloudAssemblyError(f"The template {path} is no JSON object.")
    return cast("dict[str, object]", template)


def _declared_parameters(template: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    return cast("Mapping[str, Mapping[str, object]]", template.get("Parameters", {}))


def _bootstrap_parameter(template: Mapping[str, object]) -> str | None:
    default = _declared_parameters(template).get(_BOOTSTRAP_VERSION, {}).get("Default")
    return default if isinstance(default, str) else None


def _check_parameters(stack: AssembledStack, template: Mapping[str, object], given: Mapping[str, str]) -> None:
    declared = _declared_parameters(template)
    without = [name for name, declaration in declared.items() if "Default" not in declaration and name not in given]
    if without:
        raise CloudAssemblyError(
            f"Stack {stack.display_name} needs a value for its parameter {', '.join(without)}: "
            f"give it with parameters={{{stack.stack_name!r}: {{{without[0]!r}: …}}}} (on the command line: "
            f"--parameter {stack.stack_name}:{without[0]}=…)."
        )
