"""Sagas, callbacks and distributed maps as the interpreter runs them."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from aws_cdk import Duration

from best_practice_constructs import SagaStep, callback_task, distributed_map, saga_states
from best_practice_constructs.local import LocalStage
from best_practice_constructs.testing import MockedWorkflow, TaskError
from best_practice_constructs.testing.mocked_workflow import TaskMock
from tests.unit.workflows.support import machine

pytestmark = pytest.mark.end_to_end

ROLE = "arn:aws:iam::000000000000:role/shapes"


@pytest.fixture(scope="module")
def stage() -> Iterator[LocalStage]:
    with LocalStage(emulator_settings={"SFN_WAIT_SCALE": "0"}) as running:
        yield running


def _call(name: str) -> dict[str, object]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": name, "Payload": "{% $states.input %}"},
    }


STEPS = [
    SagaStep(name="Reserve", task=_call("reserve"), compensation=_call("release")),
    SagaStep(name="Charge", task=_call("charge"), compensation=_call("refund")),
    SagaStep(name="Ship", task=_call("ship")),
]


@pytest.mark.parametrize(
    ("failing", "calls", "ends"),
    [
        (None, ["Reserve", "Charge", "Ship"], "Done"),
        ("Reserve", ["Reserve", "UndoReserve"], "Undone"),
        ("Charge", ["Reserve", "Charge", "UndoCharge", "UndoReserve"], "Undone"),
        ("Ship", ["Reserve", "Charge", "Ship", "UndoCharge", "UndoReserve"], "Undone"),
    ],
)
def test_what_a_saga_did_is_undone_in_reverse(
    stage: LocalStage, failing: str | None, calls: list[str], ends: str
) -> None:
    ending: dict[str, object] = {
        "Done": {"Type": "Succeed"},
        "Undone": {"Type": "Fail", "Error": "{% $failure.State %}", "Cause": "{% $failure.Error %}"},
    }
    definition = machine({**saga_states(STEPS, then="Done", otherwise="Undone"), **ending})
    names = ["Reserve", "Charge", "Ship", "UndoReserve", "UndoCharge"]
    mocks: dict[str, TaskMock] = {name: [{}] for name in names}
    if failing is not None:
        mocks[failing] = [TaskError("NotToday")]
    with MockedWorkflow(definition, tasks=mocks, client=stage.client) as workflow:
        run = workflow.run({"order_id": "17"})
    assert [call.state for call in run.calls] == calls
    assert run.states[-1] == ends
    assert (run.error, run.cause) == ((failing, "NotToday") if failing else (None, None))
    # Every step, and what undoes it, sees what the saga was started with.
    payloads = [call.arguments["Payload"] for call in run.calls if isinstance(call.arguments, dict)]
    assert payloads == [{"order_id": "17"}] * len(calls)


def test_who_is_asked_answers_with_the_token(stage: LocalStage) -> None:
    url = stage.client("sqs").create_queue(QueueName="asked")["QueueUrl"]
    ask = callback_task({"order_id": "{% $states.input.order_id %}"}, queue="Asked", timeout=Duration.seconds(30))

    def answer() -> None:
        body = _next_message(stage, url)
        assert body["order_id"] == "17"
        stage.client("stepfunctions").send_task_success(taskToken=body["token"], output=json.dumps({"approved": True}))

    finished = _run(stage, machine({"Ask": ask}), {"order_id": "17"}, values={"Asked": url}, meanwhile=answer)
    assert (finished["status"], json.loads(finished["output"])) == ("SUCCEEDED", {"approved": True})


def test_who_does_not_answer_is_not_waited_for(stage: LocalStage) -> None:
    url = stage.client("sqs").create_queue(QueueName="silent")["QueueUrl"]
    ask = callback_task({}, queue="Asked", timeout=Duration.seconds(1))
    finished = _run(stage, machine({"Ask": ask}), {}, values={"Asked": url})
    assert (finished["status"], finished["error"]) == ("FAILED", "States.Timeout")


def test_each_item_of_a_file_is_worked_on(stage: LocalStage) -> None:
    # The emulator makes no batches: items_per_batch is asserted in the definition alone.
    s3 = stage.client("s3")
    s3.create_bucket(Bucket="uploads")
    orders = [{"order_id": str(number)} for number in range(25)]
    s3.put_object(Bucket="uploads", Key="orders.json", Body=json.dumps(orders).encode())
    tell = {"Type": "Pass", "Output": "{% $states.input.order_id %}", "End": True}
    processor = {"StartAt": "Tell", "States": {"Tell": tell}}
    each = distributed_map(processor, bucket="Uploads", key="orders.json")
    finished = _run(stage, machine({"Each": each}), {}, values={"Uploads": "uploads"})
    assert finished["status"] == "SUCCEEDED", finished
    assert json.loads(finished["output"]) == [order["order_id"] for order in orders]


def _run(
    stage: LocalStage,
    definition: Mapping[str, object],
    given: object,
    *,
    values: Mapping[str, str],
    meanwhile: Callable[[], None] | None = None,
) -> Mapping[str, Any]:
    """Run a definition as it is, to its end."""
    text = json.dumps(definition)
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    workflows = stage.client("stepfunctions")
    arn = workflows.create_state_machine(name=f"shape-{uuid.uuid4().hex}", definition=text, roleArn=ROLE)
    execution = workflows.start_execution(stateMachineArn=arn["stateMachineArn"], input=json.dumps(given))
    helper = threading.Thread(target=meanwhile) if meanwhile else None
    if helper:
        helper.start()
    until = time.monotonic() + 30
    while (found := workflows.describe_execution(executionArn=execution["executionArn"]))["status"] == "RUNNING":
        assert time.monotonic() < until, "it did not end"
        time.sleep(0.05)
    if helper:
        helper.join()
    return found


def _next_message(stage: LocalStage, url: str) -> Mapping[str, Any]:
    until = time.monotonic() + 20
    while not (messages := stage.client("sqs").receive_message(QueueUrl=url).get("Messages", [])):
        assert time.monotonic() < until, "nobody was asked"
        time.sleep(0.05)
    body: Mapping[str, Any] = json.loads(messages[0]["Body"])
    return body
