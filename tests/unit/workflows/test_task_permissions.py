"""What the role is allowed, by what the tasks call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk.assertions import Template

from best_practice_constructs import EnrichedEventBus, InvocationModel, ServiceWorkflow, SinglePurposeFunction
from tests.unit.helpers.templates import resources_of_type, statements_of_role
from tests.unit.workflows.support import machine, table_of

ARN = "arn:aws:states:::"
CODE = lambda_.Code.from_inline("def handler(event, context): ...")


def _function(stack: Stack) -> SinglePurposeFunction:
    return SinglePurposeFunction(
        stack, "Given", code=CODE, handler="index.handler", invocation_model=InvocationModel.SYNCHRONOUS
    )


def _other(stack: Stack) -> ServiceWorkflow:
    wait = {"Type": "Wait", "Seconds": 1, "End": True}
    return ServiceWorkflow(stack, "Given", definition=machine({"Wait": wait}))


def allowed(stack: Stack, states: Mapping[str, object], **given: object) -> set[tuple[str, str]]:
    """Give what the role of a workflow with these states may do, as (action, resource as JSON)."""
    ServiceWorkflow(
        stack,
        "Workflow",
        definition=machine(states),
        definition_substitutions=given,  # type: ignore[arg-type] # by test
    )
    template = Template.from_stack(stack)
    (role,) = [name for name in resources_of_type(template, "AWS::IAM::Role") if name.startswith("WorkflowRole")]
    return {
        (action, resource)
        for _, actions, resources in statements_of_role(template, role)
        for action in actions
        for resource in resources
        if not action.startswith(("logs:", "xray:"))
    }


def task(resource: str, arguments: object = None, **changes: object) -> dict[str, object]:
    given = {} if arguments is None else {"Arguments": arguments}
    return {"Type": "Task", "Resource": resource, **given, "End": True, **changes}


@pytest.mark.parametrize(
    ("integration", "arguments", "make", "actions"),
    [
        ("dynamodb:getItem", {"TableName": "${R}"}, table_of, ["dynamodb:GetItem"]),
        ("dynamodb:updateItem", {"TableName": "${R}"}, table_of, ["dynamodb:UpdateItem"]),
        ("dynamodb:deleteItem", {"TableName": "${R}"}, table_of, ["dynamodb:DeleteItem"]),
        ("aws-sdk:dynamodb:putItem", {"TableName": "${R}"}, table_of, ["dynamodb:PutItem"]),
        ("aws-sdk:dynamodb:query", {"TableName": "${R}"}, table_of, ["dynamodb:Query"]),
        (
            "aws-sdk:dynamodb:transactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "${R}"}}, {"ConditionCheck": {"TableName": "${R}"}}]},
            table_of,
            ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
        ),
        ("sqs:sendMessage", {"QueueUrl": "${R}"}, lambda stack: sqs.Queue(stack, "Given"), ["sqs:SendMessage"]),
        ("sns:publish", {"TopicArn": "${R}"}, lambda stack: sns.Topic(stack, "Given"), ["sns:Publish"]),
        ("lambda:invoke", {"FunctionName": "${R}"}, _function, ["lambda:InvokeFunction"]),
        ("states:startExecution", {"StateMachineArn": "${R}"}, _other, ["states:StartExecution"]),
        ("aws-sdk:sfn:startSyncExecution", {"StateMachineArn": "${R}"}, _other, ["states:StartSyncExecution"]),
        ("aws-sdk:s3:getObject", {"Bucket": "${R}"}, lambda stack: s3.Bucket(stack, "Given"), ["s3:GetObject"]),
        (
            "events:putEvents",
            {"Entries": [{"EventBusName": "${R}", "Source": "a", "DetailType": "b"}]},
            lambda stack: EnrichedEventBus(stack, "Given", log_errors=False),
            ["events:PutEvents"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_task_may_do_what_it_calls_on_what_it_names(
    stack: Stack, integration: str, arguments: object, make: Callable[[Stack], object], actions: list[str]
) -> None:
    found = allowed(stack, {"Do": task(f"{ARN}{integration}", arguments)}, R=make(stack))
    assert sorted(action for action, _ in found) == sorted(actions)
    for _, resource in found:
        assert resource != '"*"'
        assert "Given" in resource or "Table" in resource


def test_an_index_alone(stack: Stack) -> None:
    table = table_of(stack)
    table.add_global_secondary_index(
        index_name="by-day", partition_key=dynamodb.Attribute(name="day", type=dynamodb.AttributeType.STRING)
    )
    query = task(f"{ARN}aws-sdk:dynamodb:query", {"TableName": "${R}", "IndexName": "by-day"})
    ((action, resource),) = allowed(stack, {"Do": query}, R=table)
    assert action == "dynamodb:Query"
    assert resource.endswith('"/index/by-day"]]}')


def test_events_of_one_kind_alone() -> None:
    stack = Stack(App(), "S")
    bus = EnrichedEventBus(stack, "Bus", log_errors=False)
    entry = {"EventBusName": "${Bus}", "Source": "com.example.orders", "DetailType": "OrderShipped"}
    tell = task(f"{ARN}events:putEvents", {"Entries": [entry]})
    allowed(stack, {"Tell": tell}, Bus=bus)
    role = next(
        each
        for name, each in resources_of_type(Template.from_stack(stack), "AWS::IAM::Role").items()
        if name.startswith("WorkflowRole")
    )
    policies = json.dumps(role["Policies"])
    assert '"events:source": "com.example.orders"' in policies
    assert '"events:detail-type": ["OrderShipped"]' in policies


def test_who_waits_for_an_execution_hears_of_its_end(stack: Stack) -> None:
    sync = task(f"{ARN}states:startExecution.sync:2", {"StateMachineArn": "${R}"}, TimeoutSeconds=60)
    found = allowed(stack, {"Do": sync}, R=_other(stack))
    assert {action for action, _ in found} == {
        "states:StartExecution",
        "states:DescribeExecution",
        "states:StopExecution",
        "events:PutTargets",
        "events:PutRule",
        "events:DescribeRule",
    }
    assert all(
        "StepFunctionsGetEventsForStepFunctionsExecutionRule" in resource
        for action, resource in found
        if action.startswith("events:")
    )


def test_a_function_as_the_resource_itself(stack: Stack) -> None:
    found = allowed(stack, {"Do": task("${R}")}, R=_function(stack))
    assert {action for action, _ in found} == {"lambda:InvokeFunction"}


def test_a_worker_is_allowed_something_and_the_workflow_nothing(stack: Stack) -> None:
    activity = stepfunctions.Activity(stack, "Given")
    assert allowed(stack, {"Do": task("${R}")}, R=activity) == set()


@pytest.mark.parametrize(
    ("integration", "argument", "make", "action"),
    [
        (
            "sqs:sendMessage",
            "QueueUrl",
            lambda stack, key: sqs.Queue(stack, "Given", encryption_master_key=key),
            "kms:GenerateDataKey",
        ),
        ("sns:publish", "TopicArn", lambda stack, key: sns.Topic(stack, "Given", master_key=key), "kms:Decrypt"),
        (
            "dynamodb:getItem",
            "TableName",
            lambda stack, key: dynamodb.Table(
                stack,
                "Given",
                partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
                encryption_key=key,
            ),
            "kms:Decrypt",
        ),
    ],
)
def test_a_key_of_the_users_may_be_used(
    stack: Stack, integration: str, argument: str, make: Callable[[Stack, kms.Key], object], action: str
) -> None:
    resource = make(stack, kms.Key(stack, "Key"))
    found = allowed(stack, {"Do": task(f"{ARN}{integration}", {argument: "${R}"})}, R=resource)
    assert action in {each for each, _ in found}


def test_a_distributed_map_runs_its_items_and_reads_them(stack: Stack) -> None:
    each = {
        "Type": "Map",
        "ItemReader": {"Resource": f"{ARN}s3:getObject", "Arguments": {"Bucket": "${R}", "Key": "orders.json"}},
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Wait",
            "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}},
        },
        "ResultWriter": {"Resource": f"{ARN}s3:putObject", "Arguments": {"Bucket": "${R}", "Prefix": "results/"}},
        "End": True,
    }
    found = allowed(stack, {"Each": each}, R=s3.Bucket(stack, "Given"))
    by_action = dict(found)
    assert set(by_action) == {
        "s3:GetObject",
        "s3:PutObject",
        "states:StartExecution",
        "states:DescribeExecution",
        "states:StopExecution",
        "states:RedriveExecution",
    }
    assert "/results/*" in by_action["s3:PutObject"]
    assert "Workflow" in by_action["states:StartExecution"]


def test_what_two_tasks_do_is_allowed_once(stack: Stack) -> None:
    put = {"TableName": "${R}", "Item": {}}
    first = {**task(f"{ARN}dynamodb:putItem", put), "Next": "Second"}
    del first["End"]
    allowed(stack, {"First": first, "Second": task(f"{ARN}dynamodb:putItem", put)}, R=table_of(stack))
    (role,) = resources_of_type(Template.from_stack(stack), "AWS::IAM::Role").values()
    assert json.dumps(role).count("dynamodb:PutItem") == 1
