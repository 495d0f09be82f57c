"""What a workflow takes to run another to its end: to look at it, to stop it, and to hear that it is over (C2)."""

from __future__ import annotations

from aws_cdk import Aws, Fn
from aws_cdk import aws_stepfunctions as stepfunctions

from best_practice_constructs.permissions import stepfunctions as allow
from best_practice_constructs.permissions.permission import Permission

# Step Functions makes this rule itself, one for all workflows of the account and region.
_RULE = (
    f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
)


def wait_for_execution(state_machine: stepfunctions.IStateMachine) -> list[Permission]:
    """Give what ``startExecution.sync`` takes beside starting it (developer guide, *Nested executions*)."""
    return [
        allow.describe_execution(state_machine),
        allow.stop_execution(state_machine),
        Permission(actions=("events:PutTargets", "events:PutRule", "events:DescribeRule"), resources=(_RULE,)),
    ]


def run_own_items(state_machine: stepfunctions.IStateMachine) -> list[Permission]:
    """Give what a distributed map takes of its own workflow: an execution for each item, and to look after them."""
    name = Fn.select(6, Fn.split(":", state_machine.state_machine_arn))
    executions = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:execution:{name}"
    return [
        allow.start_execution(state_machine),
        Permission(
            actions=("states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"),
            # Those of the items have the map's label behind the workflow's name.
            resources=(f"{executions}:*", f"{executions}/*:*"),
        ),
    ]
