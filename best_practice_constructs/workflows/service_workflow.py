"""A workflow of Step Functions: retried, timed, caught, heard, and allowed no more than it does (S4, H1, C2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from best_practice_constructs.construct_place import path_of, stack_of, tell_place
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.durations import whole_seconds
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.event_delivery import check_dead_letter_queue
from best_practice_constructs.events.event_route import EventRoute
from best_practice_constructs.observability.alarm import create_alarm
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue
from best_practice_constructs.queues.stack_unique_name import stack_unique_name
from best_practice_constructs.units import refuse_unitless
from best_practice_constructs.workflows.definition_source import DefinitionSource
from best_practice_constructs.workflows.execution_metrics import unsuccessful_executions
from best_practice_constructs.workflows.failed_executions import route_failed_executions
from best_practice_constructs.workflows.nested_execution_permissions import let_run_own_items
from best_practice_constructs.workflows.substitutions import Substituted, check_substitutions, substitution_texts
from best_practice_constructs.workflows.task_defaults import RetryDefaults
from best_practice_constructs.workflows.workflow_definition import DefinitionMaker
from best_practice_constructs.workflows.workflow_role import acknowledge_delivery, create_workflow_role

if TYPE_CHECKING:
    from best_practice_constructs.workflows.workflow_starter import WorkflowStarter

_FAILURES = "WorkflowFailuresQueue"
_PARTITION = "WorkflowPartition"
_INTEGRATION = '"arn:aws:states:::'
_EXPRESS_SECONDS = 300
_DEFAULT_TIMEOUT = Duration.days(1)
_DEFAULT_TASK_TIMEOUT = Duration.minutes(1)


class ServiceWorkflow(Construct):
    """A state machine whose tasks are retried, timed and caught, and whose failures wait where an alarm calls (S4, H1).

    Creates the state machine; a role that may do what the tasks call, on exactly what they name; a log group; X-Ray
    traces; a failures queue (SSE-SQS, TLS only, kept 14 days) with every execution that did not succeed; alarms.

    Each task that does not say it itself gets retries with backoff and full jitter (not of errors that no attempt
    mends) and a timeout. Where its errors go is told by ``failure_state``; an express workflow, of whose failures
    EventBridge hears nothing, ends in a state that sends them to the failures queue. Without a ``failure_state`` a
    standard one fails in place, so that ``aws stepfunctions redrive-execution`` goes on at the task that failed.

    :param definition: the definition in the Amazon States Language: a mapping, a file's path, or JSON. Resources of the
        app stand in it as ``${Name}``.
    :param definition_body: instead of it, what ``aws_stepfunctions.DefinitionBody`` gives, of states of aws-cdk-lib
        too. What its tasks are allowed is then what aws-cdk-lib says.
    :param definition_substitutions: what each ``${Name}`` stands for: a table (its name), bus (name), bucket (name),
        queue (address), function, topic, activity or state machine (ARN), or a text.
    :param permissions: by the name of a state: what its role must be allowed, instead of what is derived.
    :param state_machine_type: default ``STANDARD``.
    :param failure_state: the outermost state that every task, map and parallel state hands its errors to, unless it
        catches them all itself; default: none.
    :param timeout: of an execution; default: what the definition says, else one day, of an express one five minutes.
    :param task_timeout: of a task that does not say it; default one minute. A task that waits for a token or a job has
        to say it itself.
    :param retry: of a task that does not say it; default: six retries within some two minutes (:class:`RetryDefaults`).
    :param on_failure: a standard queue of yours instead of the failures queue, alarm included.
    :param comment: of the state machine.
    :param log_level: default ``ALL``: of an express workflow the log is the only history.
    :param include_execution_data: whether the log holds what states get and give; default ``False``: that is what
        customers said.
    :param log_retention: default: the service's (H13).
    :param removal_policy: of the log group and the failures queue; default: the service's.
    :param tracing_enabled: default: the service's, active (H11).
    :param encryption_configuration: as aws-cdk-lib has it.
    :param role_path: of its role; default: the service's, ``"/"`` (C2).
    :param permissions_boundary: what its role may do at most; default: the service's, none (C2).
    :param customize: called with the inner ``aws_stepfunctions.StateMachine`` at last.

    :ivar state_machine: the ``aws_stepfunctions.StateMachine``.
    :ivar definition: what Step Functions gets, as objects, with placeholders: tests run it.
    :ivar role: the state machine's role.
    :ivar log_group: what happened.
    :ivar failures_queue: executions that did not succeed, with their cause.
    :ivar failures_route: brings them there from EventBridge; ``None`` of an express workflow.
    :ivar failures_alarm: goes off at the first of them; ``None`` for a queue of yours.
    :ivar execution_alarm: goes off when executions failed, timed out or were throttled.

    :raises InvalidArgumentError: Step Functions would refuse the definition, a placeholder has no substitution, a task
        could wait forever, or what a task must be allowed cannot be derived.

    Sources: Step Functions developer guide, *Handling errors*, *Choosing workflow type*, *Redriving executions*; talk
    12:58, 42:22.

    ```python
    from aws_cdk import App, Stack
    from aws_cdk import aws_dynamodb as dynamodb
    from best_practice_constructs import ServiceWorkflow

    stack = Stack(App(), "Reservations")
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    ServiceWorkflow(
        stack,
        "Reserve",
        definition={
            "QueryLanguage": "JSONata",
            "StartAt": "KeepReservation",
            "States": {
                "KeepReservation": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::dynamodb:putItem",
                    "Arguments": {
                        "TableName": "${Reservations}",
                        "Item": {"id": {"S": "{% $states.input.id %}"}},
                    },
                    "End": True,
                },
            },
        },
        definition_substitutions={"Reservations": dynamodb.TableV2(stack, "Table", partition_key=key)},
    )
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        definition: Mapping[str, object] | str | Path | None = None,
        definition_body: stepfunctions.DefinitionBody | None = None,
        definition_substitutions: Mapping[str, Substituted] | None = None,
        permissions: Mapping[str, Sequence[Permission]] | None = None,
        state_machine_type: stepfunctions.StateMachineType = stepfunctions.StateMachineType.STANDARD,
        failure_state: str | None = None,
        timeout: Duration | None = None,
        task_timeout: Duration = _DEFAULT_TASK_TIMEOUT,
        retry: RetryDefaults | None = None,
        on_failure: sqs.IQueue | None = None,
        comment: str | None = None,
        log_level: stepfunctions.LogLevel = stepfunctions.LogLevel.ALL,
        include_execution_data: bool = False,
        log_retention: logs.RetentionDays | None = None,
        removal_policy: RemovalPolicy | None = None,
        tracing_enabled: bool | None = None,
        encryption_configuration: stepfunctions.EncryptionConfiguration | None = None,
        role_path: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        customize: Callable[[stepfunctions.StateMachine], object] | None = None,
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        defaults = ServiceDefaults.used_in(scope)
        refuse_unitless(self, timeout=timeout, task_timeout=task_timeout)
        removal_policy = removal_policy or defaults.removal_policy
        self.state_machine_type = state_machine_type
        given_timeout = self._checked_timeout(timeout)
        if on_failure is not None:
            check_dead_letter_queue(self, on_failure)
        source = DefinitionSource.of(self, definition=definition, definition_body=definition_body)
        substitutions: dict[str, object] = dict(definition_substitutions or {})
        check_substitutions(self, source.definition, substitutions)

        self.failures_queue: sqs.IQueue = on_failure or create_dead_letter_queue(
            self, "Failures", removal_policy=removal_policy
        )
        if self.is_express:
            substitutions[_FAILURES] = self.failures_queue
        whole = DefinitionMaker(
            scope=self,
            definition=source.definition,
            substitutions=substitutions,
            is_express=self.is_express,
            timeout=_EXPRESS_SECONDS if self.is_express else whole_seconds(_DEFAULT_TIMEOUT),
            given_timeout=given_timeout,
            task_timeout=whole_seconds(task_timeout),
            retry=retry or RetryDefaults(),
            failure_state=failure_state,
            failures_placeholder=_FAILURES,
            permissions=permissions or {},
            derives_permissions=not source.statements,
        ).make()
        self.definition: Mapping[str, object] = whole.states
        self.log_group = logs.LogGroup(
            self,
            "Log",
            # Under this prefix a region has one resource policy for all; else each log group takes room in one of ten.
            log_group_name=f"/aws/vendedlogs/states/{stack_unique_name(self)}",
            retention=log_retention or defaults.log_retention,
            removal_policy=removal_policy,
        )
        self.role = create_workflow_role(
            self,
            "Role",
            permissions=whole.permissions,
            defaults=defaults,
            role_path=role_path,
            permissions_boundary=permissions_boundary,
        )
        text = self._text(whole.states)
        texts = substitution_texts(substitutions)
        if _INTEGRATION in text:
            # Integrations have the ARN of the partition that they are deployed to.
            text, texts[_PARTITION] = text.replace(_INTEGRATION, f'"arn:${{{_PARTITION}}}:states:::'), Aws.PARTITION
        self.state_machine = stepfunctions.StateMachine(
            self,
            "StateMachine",
            comment=comment,
            definition_body=stepfunctions.DefinitionBody.from_string(text),
            definition_substitutions=texts or None,
            state_machine_type=state_machine_type,
            role=self.role,
            logs=stepfunctions.LogOptions(
                destination=self.log_group, level=log_level, include_execution_data=include_execution_data
            ),
            tracing_enabled=defaults.tracing is lambda_.Tracing.ACTIVE if tracing_enabled is None else tracing_enabled,
            encryption_configuration=encryption_configuration,
        )
        state_machine_arn = self.state_machine.state_machine_arn
        acknowledge_delivery(self.role)
        if source.statements:
            tasks = iam.Policy(self, "Tasks", statements=list(source.statements), roles=[self.role])
            self.state_machine.node.add_dependency(tasks)
        if whole.has_distributed_map:
            let_run_own_items(self, "OwnItems", state_machine=self.state_machine, role=self.role)
        self.failures_route: EventRoute | None = (
            None
            if self.is_express
            else route_failed_executions(
                self, "DefaultBus", state_machine_arn=state_machine_arn, failures_queue=self.failures_queue
            )
        )
        self.failures_alarm = self._failures_alarm(defaults) if on_failure is None else None
        self.execution_alarm = self._execution_alarm(defaults, state_machine_arn)
        if customize is not None:
            customize(self.state_machine)

    @property
    def is_express(self) -> bool:
        """Whether it is an express workflow."""
        return self.state_machine_type == stepfunctions.StateMachineType.EXPRESS

    @cached_property
    def starter(self) -> WorkflowStarter:
        """What starts one execution for an event, however often it comes; made when it is asked for first.

        :raises InvalidArgumentError: an express workflow has no names of executions that would be told apart.
        """
        from best_practice_constructs.workflows.workflow_starter import WorkflowStarter

        return WorkflowStarter(self, "Starter", workflow=self)

    @property
    def event_target(self) -> stepfunctions.IStateMachine:
        """What the events of a bus start: this workflow if it is express, else its :attr:`starter`."""
        return self.state_machine if self.is_express else self.starter.event_target

    def _text(self, definition: Mapping[str, object]) -> str:
        text = json.dumps(definition, ensure_ascii=False)
        return stack_of(self).to_json_string(definition) if is_deploy_time_value(text) else text

    def _checked_timeout(self, timeout: Duration | None) -> int | None:
        if timeout is None:
            return None
        seconds = whole_seconds(timeout)
        if self.is_express and seconds > _EXPRESS_SECONDS:
            raise InvalidArgumentError(
                self,
                given=f"timeout={seconds} s of an express workflow",
                reason="it takes five minutes at most",
                remedy="shorten it, or leave state_machine_type out: a standard workflow takes up to a year",
            )
        return seconds

    def _failures_alarm(self, defaults: ServiceDefaults) -> cloudwatch.Alarm:
        mend = (
            "start it again with the input in the message"
            if self.is_express
            else "go on where it failed with: aws stepfunctions redrive-execution --execution-arn …, within 14 days"
        )
        return create_dead_letters_alarm(
            self,
            "FailuresAlarm",
            queue=self.failures_queue,
            description=(
                f"Executions of the workflow {path_of(self)} did not succeed. Each message says which, with error and "
                f"cause; the log group has its history. Mend the cause, {mend}; then delete the message."
            ),
            defaults=defaults,
        )

    def _execution_alarm(self, defaults: ServiceDefaults, state_machine_arn: str) -> cloudwatch.Alarm:
        return create_alarm(
            self,
            "ExecutionAlarm",
            metric=unsuccessful_executions(state_machine_arn, is_express=self.is_express),
            threshold=1,
            description=(
                f"Executions of the workflow {path_of(self)} failed, timed out or were throttled. Its metrics tell "
                "which; the failures queue has those that did not succeed. Throttled ones wait for the account's quota "
                "of transitions or starts."
            ),
            defaults=defaults,
        )
