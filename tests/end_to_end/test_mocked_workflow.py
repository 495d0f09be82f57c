"""Workflows with mocked tasks on the embedded stage: the defaults of ServiceWorkflow at work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_stepfunctions as stepfunctions

from best_practice_constructs import ServiceWorkflow
from best_practice_constructs.local import LocalStage
from best_practice_constructs.testing import NO_ANSWER, MockedWorkflow, TaskError
from best_practice_constructs.testing.mocked_workflow import TaskMock
from tests.unit.workflows.support import machine, put_item, table_of

pytestmark = pytest.mark.end_to_end

CONDITION = "DynamoDB.ConditionalCheckFailedException"
THROTTLED = "DynamoDB.ThrottlingException"


@pytest.fixture(scope="module")
def stage() -> Iterator[LocalStage]:
    # No retry and no Wait state is waited for.
    with LocalStage(emulator_settings={"SFN_WAIT_SCALE": "0"}) as running:
        yield running


def definition_of(
    definition: Mapping[str, object], *, express: bool = False, failure_state: str | None = None
) -> Mapping[str, object]:
    """Give the definition as a ServiceWorkflow makes it whole."""
    stack = Stack(App(), "S")
    kind = stepfunctions.StateMachineType
    return ServiceWorkflow(
        stack,
        "Workflow",
        definition=definition,
        definition_substitutions={"Table": table_of(stack)},
        state_machine_type=kind.EXPRESS if express else kind.STANDARD,
        failure_state=failure_state,
    ).definition


def mocked(stage: LocalStage, definition: Mapping[str, object], **tasks: TaskMock) -> MockedWorkflow:
    return MockedWorkflow(definition, tasks=tasks, client=stage.client)


def test_what_passes_is_retried(stage: LocalStage) -> None:
    definition = definition_of(machine({"Keep": put_item()}))
    with mocked(stage, definition, Keep=[TaskError(THROTTLED), TaskError("Unheard.Of"), {"kept": True}]) as workflow:
        run = workflow.run({"id": "17"})
    assert (run.status, run.output, run.attempts("Keep")) == ("SUCCEEDED", {"kept": True}, 3)
    assert run.calls[0].arguments == {"TableName": "${Table}", "Item": {"id": {"S": "17"}}}


def test_what_never_passes_is_not(stage: LocalStage) -> None:
    definition = definition_of(machine({"Keep": put_item()}))
    with mocked(stage, definition, Keep=[TaskError(CONDITION, "it is there")]) as workflow:
        run = workflow.run({"id": "17"})
    assert (run.status, run.error, run.cause, run.attempts("Keep")) == ("FAILED", CONDITION, "it is there", 1)


def test_retries_end(stage: LocalStage) -> None:
    definition = definition_of(machine({"Keep": put_item()}))
    with mocked(stage, definition, Keep=[TaskError(THROTTLED)]) as workflow:
        run = workflow.run({"id": "17"})
    assert (run.status, run.error, run.attempts("Keep")) == ("FAILED", THROTTLED, 7)


def test_a_task_that_is_not_answered_times_out_and_is_tried_again(stage: LocalStage) -> None:
    # The emulator, like AWS, takes the time-out of a task that waits for its token as an error of the task.
    definition = definition_of(
        machine({"Keep": put_item(Retry=[{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1}])})
    )
    with mocked(stage, definition, Keep=[NO_ANSWER, {"kept": True}]) as workflow:
        run = workflow.run({"id": "17"})
    assert (run.status, run.attempts("Keep")) == ("SUCCEEDED", 2)


def test_an_express_workflow_tells_the_queue_what_failed(stage: LocalStage) -> None:
    definition = definition_of(machine({"Keep": put_item()}), express=True)
    with mocked(stage, definition, Keep=[TaskError(CONDITION, "it is there")], TellFailure=[{}]) as workflow:
        run = workflow.run({"id": "17"})
    assert (run.status, run.error, run.cause) == ("FAILED", CONDITION, "it is there")
    assert run.states == ("Keep", "TellFailure", "FailWithItsCause")
    told = run.calls[-1].arguments
    assert isinstance(told, dict)
    body = told["MessageBody"]
    assert {key: body[key] for key in ("state", "error", "cause", "input")} == {
        "state": "Keep",
        "error": CONDITION,
        "cause": "it is there",
        "input": {"id": "17"},
    }


def test_in_jsonpath_too(stage: LocalStage) -> None:
    keep = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:putItem",
        "Parameters": {"TableName": "${Table}", "Item": {"id": {"S.$": "$.id"}}},
        "End": True,
    }
    definition = definition_of({"StartAt": "Keep", "States": {"Keep": keep}}, express=True)
    with mocked(stage, definition, Keep=[TaskError(CONDITION, "it is there")], TellFailure=[{}]) as workflow:
        run = workflow.run({"id": "17"})
    assert (run.status, run.error, run.cause) == ("FAILED", CONDITION, "it is there")
    told = run.calls[-1].arguments
    assert isinstance(told, dict)
    assert told["MessageBody"]["failure"] == {"Error": CONDITION, "Cause": "it is there"}
    assert told["MessageBody"]["input"] == {"id": "17"}


def test_errors_go_to_the_failure_state(stage: LocalStage) -> None:
    told = {"TableName": "${Table}", "Item": "{% $states.input %}"}
    states = {
        "Keep": put_item(),
        "TellOfIt": put_item(Next="Failed", Output="{% $states.input %}", Arguments=told),
        "Failed": {
            "Type": "Fail",
            "Error": "NotKept",
            "Cause": "{% $states.input.State & ': ' & $states.input.Cause %}",
        },
    }
    definition = definition_of(machine(states), failure_state="TellOfIt")
    with mocked(stage, definition, Keep=[TaskError(CONDITION, "it is there")], TellOfIt=[{}]) as workflow:
        run = workflow.run({"id": "17"})
    assert (run.status, run.error, run.cause) == ("FAILED", "NotKept", "Keep: it is there")


def test_items_of_a_map_are_tasks_too(stage: LocalStage) -> None:
    processor = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Keep", "States": {"Keep": put_item()}}
    each = {"Type": "Map", "Items": "{% $states.input.all %}", "ItemProcessor": processor, "End": True}
    definition = definition_of(machine({"Each": each}))

    def keep(arguments: object) -> object:
        assert isinstance(arguments, dict)
        return arguments["Item"]["id"]["S"]

    with MockedWorkflow(definition, tasks={"Each/Keep": keep}, client=stage.client) as workflow:
        run = workflow.run({"all": [{"id": "1"}, {"id": "2"}]})
    assert run.output == ["1", "2"]
    assert [call.state for call in run.calls] == ["Each/Keep", "Each/Keep"]


def test_what_is_stuck_is_said(stage: LocalStage) -> None:
    definition = machine({"Keep": put_item(TimeoutSeconds=600), "Done": {"Type": "Succeed"}})
    with (
        mocked(stage, definition, Keep=lambda _: NO_ANSWER) as workflow,
        pytest.raises(TimeoutError, match="it went through Keep"),
    ):
        workflow.run({"id": "17"}, seconds=1)


def test_it_leaves_nothing_behind(stage: LocalStage) -> None:
    with mocked(stage, machine({"Keep": put_item()}), Keep=[{}]):
        pass
    assert stage.client("stepfunctions").list_state_machines()["stateMachines"] == []
    assert stage.client("sqs").list_queues().get("QueueUrls", []) == []


def test_every_task_has_a_mock_and_every_mock_a_task(stage: LocalStage) -> None:
    definition = machine({"Keep": put_item()})
    with pytest.raises(ValueError, match="'Keep' has no mock"):
        mocked(stage, definition)
    with pytest.raises(ValueError, match="'Kepe' belongs to no task; the tasks are Keep"):
        mocked(stage, definition, Keep=[{}], Kepe=[{}])
    with pytest.raises(RuntimeError, match="inside of a with statement"):
        mocked(stage, definition, Keep=[{}]).run()
