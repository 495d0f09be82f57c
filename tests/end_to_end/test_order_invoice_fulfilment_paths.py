"""Every path of the fulfilment's workflow, with mocked tasks: each retry, each catch, each compensation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest
from aws_cdk import App

from best_practice_constructs.local import LocalStage
from best_practice_constructs.testing import MockedWorkflow, TaskError, WorkflowRun
from best_practice_constructs.testing.mocked_workflow import TaskMock
from examples.order_invoice.stacks.fulfilment_data_stack import FulfilmentDataStack
from examples.order_invoice.stacks.fulfilment_service_stack import FulfilmentServiceStack
from examples.order_invoice.stacks.shared_stack import SharedStack

pytestmark = pytest.mark.end_to_end

CANCELED = "DynamoDb.TransactionCanceledException"
EXISTS = "DynamoDB.ConditionalCheckFailedException"
THROTTLED = TaskError("DynamoDB.ThrottlingException")
DENIED = TaskError("DynamoDB.AccessDeniedException", "not yours")
TASKS = (
    "ReserveStock",
    "ChargeCustomer",
    "ShipOrder",
    "TellFulfilled",
    "RefundCustomer",
    "ReleaseStock",
    "TellFailed",
)


def canceled(*reasons: str) -> TaskError:
    """Give the error of a transaction, as DynamoDB writes it."""
    text = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(reasons)}]"
    return TaskError(CANCELED, text)


# Where the path leads, of which order, with which outcomes; what is not said succeeds at once.
PATHS: dict[str, tuple[Mapping[str, object], Mapping[str, TaskMock], str | None]] = {
    "all goes well": ({}, {}, None),
    "each is tried again": ({}, {name: [THROTTLED, {}] for name in TASKS}, None),
    "each is tried again, undoing": (
        {"country": "US"},
        {name: [THROTTLED, {}] for name in TASKS},
        "COUNTRY_NOT_SERVED",
    ),
    "reserved before": ({}, {"ReserveStock": [canceled("ConditionalCheckFailed", "None")]}, None),
    "out of stock": ({}, {"ReserveStock": [canceled("None", "ConditionalCheckFailed")]}, "OUT_OF_STOCK"),
    "another takes of the same": ({}, {"ReserveStock": [canceled("None", "TransactionConflict"), {}]}, None),
    "declined": ({"total": "100000.01"}, {}, "PAYMENT_DECLINED"),
    "charged before": ({}, {"ChargeCustomer": [TaskError(EXISTS)]}, None),
    "charge fails": ({}, {"ChargeCustomer": [DENIED]}, "PAYMENT_FAILED"),
    "not served": ({"country": "US"}, {}, "COUNTRY_NOT_SERVED"),
    "shipped before": ({}, {"ShipOrder": [TaskError(EXISTS)]}, None),
    "shipping fails": ({}, {"ShipOrder": [DENIED]}, "SHIPPING_FAILED"),
    "refunded before": (
        {"country": "US"},
        {"RefundCustomer": [canceled("ConditionalCheckFailed", "None")]},
        "COUNTRY_NOT_SERVED",
    ),
    "another refunds": (
        {"country": "US"},
        {"RefundCustomer": [canceled("TransactionConflict", "None"), {}]},
        "COUNTRY_NOT_SERVED",
    ),
    "released before": (
        {"country": "US"},
        {"ReleaseStock": [canceled("ConditionalCheckFailed", "None")]},
        "COUNTRY_NOT_SERVED",
    ),
    "another releases": (
        {"country": "US"},
        {"ReleaseStock": [canceled("None", "TransactionConflict"), {}]},
        "COUNTRY_NOT_SERVED",
    ),
}


@pytest.fixture(scope="module")
def definition() -> Mapping[str, Any]:
    app = App()
    shared, data = SharedStack(app, "shared"), FulfilmentDataStack(app, "data")
    return FulfilmentServiceStack(app, "fulfilment", data=data, bus=shared.bus).fulfil_order.definition


@pytest.fixture(scope="module")
def runs(definition: Mapping[str, Any]) -> Iterator[Mapping[str, WorkflowRun]]:
    with LocalStage(emulator_settings={"SFN_WAIT_SCALE": "0"}) as stage:
        found: dict[str, WorkflowRun] = {}
        for name, (changes, outcomes, _) in PATHS.items():
            tasks = {task: outcomes.get(task, [{}]) for task in TASKS}
            with MockedWorkflow(_with_values(definition), tasks=tasks, client=stage.client) as workflow:
                found[name] = workflow.run(_event(changes))
        yield found


def _with_values(definition: Mapping[str, Any]) -> Mapping[str, object]:
    """Give the definition with the texts that its expressions compare with."""
    import json

    text = json.dumps(definition).replace("${PaymentLimit}", "100000").replace("${Countries}", "DE,FR,JP")
    return cast("Mapping[str, object]", json.loads(text))


def _event(changes: Mapping[str, object]) -> Mapping[str, object]:
    order = {
        "order_id": "17",
        "country": "DE",
        "currency": "EUR",
        "total": "9.90",
        "lines": [
            {"sku": "LAMP-01", "quantity": 1},
            {"sku": "PEN-BLUE", "quantity": 2},
            {"sku": "LAMP-01", "quantity": 3},
        ],
        **changes,
    }
    return {"detail": {"metadata": {"event_id": "e-17", "correlation_id": "c-17"}, "data": order}}


@pytest.mark.parametrize("name", PATHS)
def test_each_order_ends_with_its_outcome_told(runs: Mapping[str, WorkflowRun], name: str) -> None:
    run, reason = runs[name], PATHS[name][2]
    assert run.status == "SUCCEEDED", run
    assert run.states[-1] == ("TellFulfilled" if reason is None else "TellFailed")
    (entry,) = _arguments(run, run.states[-1])["Entries"]
    assert entry["Detail"]["data"]["order_id"] == "17"
    assert entry["Detail"]["data"].get("reason") == reason


@pytest.mark.parametrize("name", [name for name, path in PATHS.items() if path[2] not in (None, "OUT_OF_STOCK")])
def test_what_was_reserved_is_released(runs: Mapping[str, WorkflowRun], name: str) -> None:
    run = runs[name]
    reserved = _arguments(run, "ReserveStock")["TransactItems"][1:]
    released = _arguments(run, "ReleaseStock")["TransactItems"][1:]
    quantities = [
        {
            each["Update"]["Key"]["sku"]["S"]: each["Update"]["ExpressionAttributeValues"][":quantity"]["N"]
            for each in items
        }
        for items in (reserved, released)
    ]
    assert quantities == [{"LAMP-01": "4", "PEN-BLUE": "2"}] * 2


def test_every_transition_is_taken(runs: Mapping[str, WorkflowRun], definition: Mapping[str, Any]) -> None:
    taken = {
        step for run in runs.values() for step in zip(run.states, run.states[1:], strict=False) if step[0] != step[1]
    }
    possible = {
        (name, follower)
        for name, state in definition["States"].items()
        for follower in [
            state.get("Next"),
            state.get("Default"),
            *(each["Next"] for key in ("Catch", "Choices") for each in state.get(key, [])),
        ]
        if follower
    }
    assert possible - taken == set()


def test_every_task_is_tried_again(runs: Mapping[str, WorkflowRun]) -> None:
    again = {call.state for run in runs.values() for call in run.calls if run.attempts(call.state) > 1}
    assert again == set(TASKS)


def _arguments(run: WorkflowRun, state: str) -> Mapping[str, Any]:
    return next(cast("Mapping[str, Any]", call.arguments) for call in run.calls if call.state == state)
