"""A batch, message by message: what fails keeps nothing else from being handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from best_practice_constructs.runtime import ConfigurationError, QueueConsumer, clients, queue_consumer, telemetry
from tests.unit.runtime.support import FakeContext, batch, failures, message, metrics_in

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(autouse=True)
def key_in_the_body(consumer_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDEMPOTENCY_KEY", "id")


def test_what_fails_outside_of_the_handler_comes_again_and_takes_no_other_with_it(
    dynamodb: DynamoDBClient,
    context: FakeContext,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    done: list[object] = []

    @queue_consumer
    def handler(body: dict[str, object]) -> None:
        done.append(body["id"])

    broken = message({"id": 1}, message_id="m1")
    broken["attributes"] = {"ApproximateReceiveCount": "many"}
    assert handler(batch([broken, message({"id": 2}, message_id="m2")]), context) == failures("m1")
    assert done == [2]
    output = capsys.readouterr().out
    assert "Message failed outside of its handler" in output
    assert (metrics_in(output)["MessagesFailed"], metrics_in(output)["MessagesProcessed"]) == (1, 1)


def test_on_a_standard_queue_groups_keep_nothing_back(dynamodb: DynamoDBClient, context: FakeContext) -> None:
    @queue_consumer
    def handler(body: dict[str, object]) -> None:
        if body["id"] == 1:
            raise RuntimeError("not today")

    # Fair queues have groups without an order.
    messages = [message({"id": each}, message_id=f"m{each}", group_id="tenant") for each in (1, 2)]
    assert handler(batch(messages), context) == failures("m1")


def test_the_keys_of_one_message_are_not_in_the_lines_of_the_next(
    dynamodb: DynamoDBClient, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    @queue_consumer
    def handler(body: dict[str, object]) -> None:
        telemetry.logger().info("Seen")

    with_event = {"id": 1, "detail": {"metadata": {"event_id": "event-1", "correlation_id": "correlation-1"}}}
    handler(batch([message(with_event, message_id="m1"), message({"id": 2}, message_id="m2")]), context)
    telemetry.logger().info("After")
    lines = [line for line in capsys.readouterr().out.splitlines() if '"message":' in line]
    first, second, after = lines[0], lines[2], lines[-1]
    assert ('"message_id":"m1"' in first, '"event_id":"event-1"' in first) == (True, True)
    assert ('"message_id":"m2"' in second, "event-1" in second) == (True, False)
    assert "message_id" not in after


def test_what_became_of_a_message_is_told_with_its_ids_whatever_keys_a_handler_sets(
    dynamodb: DynamoDBClient, context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    @queue_consumer
    def handler(body: dict[str, object]) -> None:
        if body["id"] == 1:
            telemetry.logger().append_keys(correlation_id="mine")
        else:
            telemetry.logger().clear_state()

    ids = {"event_id": "event-1", "correlation_id": "correlation-1"}
    messages = [message({"id": each, "detail": {"metadata": ids}}, message_id=f"m{each}") for each in (1, 2)]
    handler(batch(messages), context)
    told = [line for line in capsys.readouterr().out.splitlines() if '"outcome"' in line]
    assert [('"event_id":"event-1"' in line, '"correlation_id":"correlation-1"' in line) for line in told] == [
        (True, True),
        (True, True),
    ]


def test_in_lambda_the_first_message_waits_for_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    created: list[str] = []
    monkeypatch.setattr(clients, "client", created.append)

    @queue_consumer
    def handler(body: dict[str, object]) -> None:
        raise AssertionError(body)

    assert "dynamodb" in created
    assert isinstance(handler, QueueConsumer)


def test_in_lambda_a_wrong_environment_is_told_to_who_calls(
    context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    monkeypatch.delenv("IDEMPOTENCY_TABLE_NAME")

    @queue_consumer
    def handler(body: dict[str, object]) -> None:
        raise AssertionError(body)

    with pytest.raises(ConfigurationError, match="IDEMPOTENCY_TABLE_NAME is missing"):
        handler(batch([message({"id": 1})]), context)
