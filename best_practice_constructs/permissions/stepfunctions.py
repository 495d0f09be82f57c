"""Permissions on Step Functions, one function per operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_stepfunctions as stepfunctions


def _state_machine_arn(state_machine: stepfunctions.IStateMachine | str) -> str:
    return arn_of(
        state_machine, "state_machine_arn", service="states", example="eu-west-1:111122223333:stateMachine:Billing"
    )


def start_execution(state_machine: stepfunctions.IStateMachine | str) -> Permission:
    """Allow ``StartExecution`` of the state machine (an ``IStateMachine`` or its ARN)."""
    return Permission(actions=("states:StartExecution",), resources=(_state_machine_arn(state_machine),))


def start_sync_execution(state_machine: stepfunctions.IStateMachine | str) -> Permission:
    """Allow ``StartSyncExecution`` of the express state machine (an ``IStateMachine`` or its ARN)."""
    return Permission(actions=("states:StartSyncExecution",), resources=(_state_machine_arn(state_machine),))


def list_executions(state_machine: stepfunctions.IStateMachine | str) -> Permission:
    """Allow ``ListExecutions`` of the state machine (an ``IStateMachine`` or its ARN)."""
    return Permission(actions=("states:ListExecutions",), resources=(_state_machine_arn(state_machine),))


def send_task_result() -> Permission:
    """Allow ``SendTaskSuccess`` and ``SendTaskFailure``, the two ends of a task that waits for its token."""
    return Permission(
        actions=(
            "states:SendTaskSuccess",
            "states:SendTaskFailure",
        ),
        resources=("*",),
        unscoped_because="a task token says which execution is meant; Step Functions knows no other resource for it",
    )


def send_task_heartbeat() -> Permission:
    """Allow ``SendTaskHeartbeat`` of a task that waits for its token."""
    return Permission(
        actions=("states:SendTaskHeartbeat",),
        resources=("*",),
        unscoped_because="a task token says which execution is meant; Step Functions knows no other resource for it",
    )


def _executions_arn(state_machine: stepfunctions.IStateMachine | str) -> str:
    if not isinstance(state_machine, str):
        from aws_cdk import ArnFormat, Fn

        # Only the state machine's name may be known at deployment alone: it is the seventh part of the ARN.
        arn = state_machine.state_machine_arn
        name = Fn.select(6, Fn.split(":", arn))
        stack = state_machine.stack
        return stack.format_arn(
            service="states",
            resource="execution",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
            resource_name=f"{name}:*",
            account=state_machine.env.account,
            region=state_machine.env.region,
        )
    return f"{_state_machine_arn(state_machine).replace(':stateMachine:', ':execution:')}:*"


def describe_execution(state_machine: stepfunctions.IStateMachine | str) -> Permission:
    """Allow ``DescribeExecution`` of every execution of the state machine (an ``IStateMachine`` or its ARN)."""
    return Permission(actions=("states:DescribeExecution",), resources=(_executions_arn(state_machine),))


def get_execution_history(state_machine: stepfunctions.IStateMachine | str) -> Permission:
    """Allow ``GetExecutionHistory`` of every execution of the state machine (an ``IStateMachine`` or its ARN)."""
    return Permission(actions=("states:GetExecutionHistory",), resources=(_executions_arn(state_machine),))


def stop_execution(state_machine: stepfunctions.IStateMachine | str) -> Permission:
    """Allow ``StopExecution`` of every execution of the state machine (an ``IStateMachine`` or its ARN)."""
    return Permission(actions=("states:StopExecution",), resources=(_executions_arn(state_machine),))


def redrive_execution(state_machine: stepfunctions.IStateMachine | str) -> Permission:
    """Allow ``RedriveExecution`` of every execution of the state machine (an ``IStateMachine`` or its ARN)."""
    return Permission(actions=("states:RedriveExecution",), resources=(_executions_arn(state_machine),))
