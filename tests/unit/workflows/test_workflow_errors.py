"""What a workflow refuses, and what it says to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions

from best_practice_constructs import InvalidArgumentError, ServiceWorkflow
from tests.unit.workflows.support import machine, put_item, table_of

EXPRESS = stepfunctions.StateMachineType.EXPRESS
WAIT: dict[str, object] = {"Type": "Wait", "Seconds": 60, "End": True}


def refused(stack: Stack, **options: object) -> str:
    """Give what a workflow with these options is refused with."""
    settings: dict[str, object] = {"definition": machine({"Wait": WAIT}), **options}
    with pytest.raises(InvalidArgumentError) as caught:
        ServiceWorkflow(stack, "Workflow", **settings)  # type: ignore[arg-type] # the options of each test
    message = str(caught.value)
    assert message.startswith("Stack/Workflow")
    return message


def with_task(**changes: object) -> dict[str, object]:
    return machine({"Keep": put_item(**changes)})


def test_no_definition_or_two(stack: Stack) -> None:
    assert "pass definition=" in refused(stack, definition=None).lower()
    body = stepfunctions.DefinitionBody.from_string("{}")
    other = Stack(stack, "Stack")
    with pytest.raises(InvalidArgumentError, match="a workflow has one definition"):
        ServiceWorkflow(other, "Workflow", definition=machine({"Wait": WAIT}), definition_body=body)


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("nowhere/keep.asl.json", "the file nowhere/keep.asl.json cannot be read"),
        ("{no json", "the text is no JSON"),
        ({"StartAt": "A"}, "there is nothing to do in it"),
    ],
)
def test_what_is_no_definition(stack: Stack, definition: str | Mapping[str, object], said: str) -> None:
    assert said in refused(stack, definition=definition)


def test_a_file_that_holds_something_else(stack: Stack, tmp_path: Path) -> None:
    path = tmp_path / "keep.asl.json"
    path.write_text("[]")
    assert "holds no object" in refused(stack, definition=path)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ({"Wait": {**WAIT, "Type": "Wiat"}}, 'Type is "Wiat"'),
        ({"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Gone"}}, 'No state found named "Gone"'),
        ({"Wait": WAIT, "Alone": {"Type": "Succeed"}}, "No transition found to state"),
        ({"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Wait"}}, "No terminal state found"),
        ({"Wait": {**WAIT, "Secnods": 1}}, 'Field "Secnods" not allowed'),
        ({"Pass": {"Type": "Pass", "Output": "{% $foo( %}", "End": True}}, "is no JSONata: Expected )"),
        ({"Choose": {"Type": "Choice", "Choices": []}}, "Choices"),
        ({"W" * 81: WAIT}, "80 is the most"),
        ({"Pass": {"Type": "Pass", "Output": {"a": "x" * 1_100_000}, "End": True}}, "Step Functions takes 1048576"),
    ],
    ids=["type", "next", "unreachable", "endless", "field", "expression", "choice", "name", "size"],
)
def test_what_step_functions_refuses(stack: Stack, states: Mapping[str, object], said: str) -> None:
    message = refused(stack, definition=machine(states))
    assert "Step Functions refuses it" in message
    assert said in message


@pytest.mark.parametrize(
    "states",
    [
        {"Keep": {**WAIT, "Type": "Pass", "Assign": {"a": "{% $states.input.b[c = 1] %}"}}},
        {
            "Each": {
                "Type": "Map",
                "Label": "Orders",
                "Items": "{% $states.input %}",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                    "StartAt": "Wait",
                    "States": {"Wait": WAIT},
                },
                "End": True,
            }
        },
    ],
    ids=["expression", "distributed map"],
)
def test_what_step_functions_takes(stack: Stack, states: Mapping[str, dict[str, object]]) -> None:
    first = next(iter(states.values()))
    if first["Type"] == "Pass":
        del first["Seconds"]
    ServiceWorkflow(stack, "Workflow", definition=machine(states))


def test_a_timeout_that_an_expression_says(stack: Stack) -> None:
    ServiceWorkflow(
        stack,
        "Workflow",
        definition=with_task(TimeoutSeconds="{% $states.input.seconds %}"),
        definition_substitutions={"Table": table_of(stack)},
    )


def test_placeholders_and_substitutions_belong_together(stack: Stack) -> None:
    message = refused(stack, definition=with_task())
    assert "no substitution has that name" in message
    assert "substitutions={'Table': …}" in message


def test_a_substitution_that_nobody_asks_for(stack: Stack) -> None:
    assert "does not ask for it" in refused(stack, definition_substitutions={"Table": table_of(stack)})


def test_a_substitution_that_means_nothing(stack: Stack) -> None:
    message = refused(stack, definition=with_task(), definition_substitutions={"Table": kms.Key(stack, "Key")})
    assert "Step Functions has no use for it" in message


def test_the_name_of_a_substitution(stack: Stack) -> None:
    assert "a word of letters" in refused(stack, definition_substitutions={"my table": "orders"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"TableName": "orders"}, "TableName is 'orders', which says no resource of the app"),
        ({"TableName": "{% $states.input.table %}"}, "says no resource of the app"),
        ("{% $states.input %}", "an expression makes its arguments"),
        ({"Item": {}}, "it has no TableName"),
    ],
)
def test_what_cannot_be_derived(stack: Stack, arguments: object, said: str) -> None:
    message = refused(stack, definition=with_task(Arguments=arguments))
    assert "the state 'Keep'" in message
    assert said in message
    assert "permissions={'Keep': [dynamodb.put_item(table)]}" in message


def test_a_text_is_no_resource(stack: Stack) -> None:
    message = refused(stack, definition=with_task(), definition_substitutions={"Table": "orders"})
    assert "the text 'orders'" in message


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::aws-sdk:textract:analyzeDocument",
        "arn:aws:states:::glue:startJobRun.sync",
        "arn:aws:states:::ecs:runTask.sync",
    ],
)
def test_an_integration_that_is_not_known(stack: Stack, resource: str) -> None:
    message = refused(
        stack, definition=machine({"Do": {"Type": "Task", "Resource": resource, "TimeoutSeconds": 60, "End": True}})
    )
    assert "is not known here" in message


def test_a_resource_that_is_none(stack: Stack) -> None:
    task = {"Type": "Task", "Resource": "urn:other", "End": True}
    assert "is no integration of Step Functions" in refused(stack, definition=machine({"Do": task}))


def test_permissions_of_no_state(stack: Stack) -> None:
    assert "has no such state" in refused(stack, permissions={"Kepe": []})


def _callback(**changes: object) -> dict[str, object]:
    task: dict[str, object] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {
            "QueueUrl": "${Queue}",
            "MessageBody": {"token": "{% $states.context.Task.Token %}"},
        },
        "TimeoutSeconds": 600,
        "End": True,
        **changes,
    }
    return machine({"Ask": {key: value for key, value in task.items() if value is not None}})


def test_who_waits_says_how_long(stack: Stack) -> None:
    message = refused(
        stack,
        definition=_callback(TimeoutSeconds=None),
        definition_substitutions={"Queue": sqs.Queue(stack, "Queue")},
    )
    assert "the state 'Ask' without TimeoutSeconds" in message
    assert "waits for a year" in message


def test_who_waits_for_a_token_tells_it(stack: Stack) -> None:
    arguments = {"QueueUrl": "${Queue}", "MessageBody": "Please"}
    message = refused(
        stack,
        definition=_callback(Arguments=arguments),
        definition_substitutions={"Queue": sqs.Queue(stack, "Queue")},
    )
    assert "tells nobody its token" in message
    assert "$states.context.Task.Token" in message


def test_an_express_workflow_does_not_wait(stack: Stack) -> None:
    message = refused(
        stack,
        definition=_callback(),
        definition_substitutions={"Queue": sqs.Queue(stack, "Queue")},
        state_machine_type=EXPRESS,
    )
    assert "an express workflow waits for answers only" in message


def test_an_express_workflow_starts_no_items(stack: Stack) -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "Wait",
        "States": {"Wait": WAIT},
    }
    each = {"Type": "Map", "Items": "{% $states.input %}", "ItemProcessor": processor, "End": True}
    assert "only a standard workflow" in refused(stack, definition=machine({"Each": each}), state_machine_type=EXPRESS)


def test_an_express_workflow_is_short(stack: Stack) -> None:
    assert "five minutes at most" in refused(stack, state_machine_type=EXPRESS, timeout=Duration.minutes(6))


def test_no_wait_outlasts_the_whole(stack: Stack) -> None:
    message = refused(stack, timeout=Duration.seconds(59))
    assert "the state 'Wait' with Seconds=60 in a workflow of 59 s" in message
    assert "longer than all that is waited for" in message


def test_a_failure_state_that_is_none(stack: Stack) -> None:
    assert "write failure_state='Wait'" in refused(stack, failure_state="Wiat").replace("Write", "write")


def test_a_timeout_has_a_unit(stack: Stack) -> None:
    assert "task_timeout=Duration.seconds(5)" in refused(stack, task_timeout=5)


def test_failures_go_to_standard_queues(stack: Stack) -> None:
    assert "standard queue" in refused(stack, on_failure=sqs.Queue(stack, "Fifo", fifo=True))
