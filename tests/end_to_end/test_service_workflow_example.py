"""The minimal example of a workflow, with mocked tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from aws_cdk import App

from best_practice_constructs.local import LocalStage
from best_practice_constructs.testing import MockedWorkflow, TaskError, eventbridge_event
from best_practice_constructs.testing.mocked_workflow import TaskMock
from examples.service_workflow.room_events import RoomRequested
from examples.service_workflow.stack import BookingStack

pytestmark = pytest.mark.end_to_end

REQUEST = eventbridge_event(RoomRequested(booking_id="b-1", room="12"))


@pytest.fixture(scope="module")
def stage() -> Iterator[LocalStage]:
    with LocalStage(emulator_settings={"SFN_WAIT_SCALE": "0"}) as running:
        yield running


@pytest.fixture(scope="module")
def definition() -> Mapping[str, object]:
    return BookingStack(App(), "Bookings").book_room.definition


def test_a_free_room_is_taken_and_told(stage: LocalStage, definition: Mapping[str, object]) -> None:
    tasks: dict[str, TaskMock] = {"TakeRoom": [{}], "TellReception": [{}]}
    with MockedWorkflow(definition, tasks=tasks, client=stage.client) as workflow:
        run = workflow.run(REQUEST)
    assert run.states == ("TakeRoom", "TellReception", "Booked")
    taken, told = run.calls
    assert isinstance(taken.arguments, dict)
    assert taken.arguments["Item"] == {"room": {"S": "12"}, "booking_id": {"S": "b-1"}}
    assert told.arguments == {"TopicArn": "${Reception}", "Message": '{"room":"12","booking_id":"b-1"}'}


def test_a_room_that_is_taken_is_an_outcome(stage: LocalStage, definition: Mapping[str, object]) -> None:
    tasks: dict[str, TaskMock] = {
        "TakeRoom": [TaskError("DynamoDB.ConditionalCheckFailedException")],
        "TellReception": [{}],
    }
    with MockedWorkflow(definition, tasks=tasks, client=stage.client) as workflow:
        run = workflow.run(REQUEST)
    assert (run.status, run.states) == ("SUCCEEDED", ("TakeRoom", "Taken"))
