"""What a workflow takes to run another to its end: to look at it, to stop it, and to hear that it is over (C2)."""

from __future__ import annotations

from typing import cast

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from best_practice_constructs.compliance import acknowledge, resource_of
from best_practice_constructs.construct_place import stack_of
from best_practice_constructs.permissions import stepfunctions as allow
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.policy_document import policy_document

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


def let_run_own_items(scope: Construct, id: str, *, state_machine: stepfunctions.StateMachine, role: iam.Role) -> None:
    """Let a distributed map start executions of its own workflow, one for each item, and look after them.

    In a policy of its own, which the state machine does not wait for: the role cannot know its ARN before it is there.
    """
    name = state_machine.state_machine_name
    # Those of the items have the map's label behind the workflow's name.
    executions = [
        f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:execution:{name}{end}" for end in (":*", "/*:*")
    ]
    permissions = [
        allow.start_execution(state_machine),
        Permission(
            actions=("states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"),
            resources=tuple(executions),
        ),
    ]
    policy = iam.Policy(scope, id, document=policy_document(permissions), roles=[role])
    resource = stack_of(scope).resolve(cast("stepfunctions.CfnStateMachine", resource_of(state_machine)).logical_id)
    known = f"arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<{resource}.Name>"
    acknowledge(
        policy,
        reason="Executions have names that nobody knows beforehand; they are those of this workflow alone.",
        findings=tuple(f"AwsSolutions::AwsSolutions-IAM5[Resource::{known}{end}]" for end in (":*", "/*:*")),
    )
