"""Asynchronous events: given as types, done once, and what can never be done put aside with its cause."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.consumers.async_function_consumer import EVENT_KEY
from best_practice_constructs.runtime import (
    ConfigurationError,
    EventMetadata,
    EventPublisher,
    InvalidHandlerError,
    LambdaContext,
    MessageInProgressError,
    ObjectCreated,
    PermanentError,
    async_event_consumer,
    clients,
)
from best_practice_constructs.runtime.errors import MissingIdempotencyKeyError
from best_practice_constructs.runtime.idempotency_key import IdempotencyKey
from tests.unit.runtime.stream_support import queue_in_memory
from tests.unit.runtime.support import FakeContext, OrderCancelled, OrderPlaced, log_lines_in, metrics_in, order_placed

if TYPE_CHECKING:
    from collections.abc import Generator

    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from mypy_boto3_dynamodb import DynamoDBClient

    from best_practice_constructs.runtime import IdempotentTransaction
    from tests.unit.runtime.stream_support import QueueInMemory

FAILURES = "https://sqs.us-east-1.amazonaws.com/123456789012/failures"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "POWERTOOLS_SERVICE_NAME": "invoices",
        "POWERTOOLS_METRICS_NAMESPACE": "Shop",
        "IDEMPOTENCY_TABLE_NAME": "records",
        "IDEMPOTENCY_KEY": EVENT_KEY,
        "IDEMPOTENCY_EXPIRES_AFTER_SECONDS": "86400",
        "ASYNC_FAILURES_QUEUE_URL": FAILURES,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def queue(dynamodb: DynamoDBClient) -> Generator[QueueInMemory]:
    with queue_in_memory() as queue:
        clients.use("dynamodb", dynamodb)
        yield queue


def s3_event(key: str = "photos/a b.jpg", *, id: str = "s3-1", **of_object: object) -> dict[str, object]:
    """Return what EventBridge delivers for a new object."""
    return {
        "version": "0",
        "id": id,
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": "photos"},
            "object": {"key": key, "size": 5, "etag": "e", "sequencer": "00617F08299329D189", **of_object},
            "reason": "PutObject",
        },
    }


class TestWhatIsGiven:
    def test_an_event_its_metadata_and_the_context(self, context: FakeContext) -> None:
        given_to_handler: list[tuple[OrderPlaced, EventMetadata, LambdaContext, int]] = []

        @async_event_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced, metadata: EventMetadata, lambda_context: LambdaContext, own: int = 7) -> str:
            given_to_handler.append((placed, metadata, lambda_context, own))
            return placed.order_id

        assert handler(order_placed("17"), context) == "17"
        placed, metadata, lambda_context, own = given_to_handler[0]
        assert (placed.order_id, str(placed.total), metadata.event_id) == ("17", "9.90", "event-17")
        assert lambda_context is context
        assert own == 7
        assert (handler.__name__, handler.__wrapped__(placed, metadata, context)) == ("handler", "17")  # type: ignore[attr-defined]  # set by wraps

    def test_the_whole_event_and_the_metadata_of_whatever_event_comes(self, context: FakeContext) -> None:
        @async_event_consumer
        def handler(event: dict[str, object], metadata: EventMetadata) -> tuple[object, str]:
            return event["detail-type"], metadata.service

        assert handler(order_placed("1"), context) == ("OrderPlaced", "orders")

    def test_an_object_of_s3(self, context: FakeContext) -> None:
        given_to_handler: list[ObjectCreated] = []

        @async_event_consumer
        def handler(created: ObjectCreated) -> None:
            given_to_handler.append(created)

        handler(s3_event(**{"version-id": "v1"}), context)
        assert given_to_handler == [
            ObjectCreated(
                bucket="photos",
                key="photos/a b.jpg",
                size=5,
                etag="e",
                version_id="v1",
                sequencer="00617F08299329D189",
                reason="PutObject",
            )
        ]

    def test_events_that_follow_say_so(self, context: FakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[dict[str, Any]] = []

        class Bus:
            def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, object]:  # noqa: N803 -- the API's name
                sent.extend(json.loads(entry["Detail"])["metadata"] for entry in Entries)
                return {"Entries": [{"EventId": "e"} for _ in Entries]}

        monkeypatch.setenv("EVENT_BUS_NAME", "shop")
        clients.use("events", Bus())

        @async_event_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced) -> None:
            EventPublisher().publish(OrderCancelled(order_id=placed.order_id))
            if len(sent) == 1:
                raise RuntimeError("not today")

        with pytest.raises(RuntimeError):
            handler(order_placed("1"), context)
        handler(order_placed("1"), context)
        first, second = sent
        assert (first["causation_id"], first["correlation_id"]) == ("event-1", "correlation-1")
        assert first["event_id"] == second["event_id"]


class TestOnce:
    def test_an_event_that_comes_again_is_not_handled_again(
        self, context: FakeContext, capsys: pytest.CaptureFixture[str]
    ) -> None:
        done: list[str] = []

        @async_event_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced) -> str:
            done.append(placed.order_id)
            return "done"

        # EventBridge gives each delivery of the same fact that was published twice an id of its own.
        assert [handler(order_placed("1"), context) for _ in range(2)] == ["done", None]
        assert done == ["1"]
        metrics = metrics_in(capsys.readouterr().out)
        assert (metrics["MessagesProcessed"], metrics["MessagesReplayed"]) == (1, 1)

    def test_an_event_that_failed_is_handled_when_it_comes_again(
        self, queue: QueueInMemory, context: FakeContext, capsys: pytest.CaptureFixture[str]
    ) -> None:
        attempts: list[str] = []

        @async_event_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced) -> None:
            attempts.append(placed.order_id)
            if len(attempts) == 1:
                raise RuntimeError("not today")

        with pytest.raises(RuntimeError, match="not today"):
            handler(order_placed("1"), context)
        handler(order_placed("1"), context)
        handler(order_placed("1"), context)
        assert attempts == ["1", "1"]
        assert queue.messages == []
        lines = log_lines_in(capsys.readouterr().out)
        outcomes = [(line["outcome"], line["event_id"]) for line in lines if "outcome" in line]
        assert outcomes == [("failed", "event-1"), ("processed", "event-1"), ("replayed", "event-1")]

    def test_while_another_is_at_it_lambda_has_to_come_again(self, context: FakeContext) -> None:
        inner: list[type[BaseException]] = []

        @async_event_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced) -> None:
            try:
                handler(order_placed("1"), context)
            except MessageInProgressError as error:
                inner.append(type(error))

        handler(order_placed("1"), context)
        assert inner == [MessageInProgressError]

    def test_a_worker_that_dies_locks_the_event_no_longer_than_it_could_have_worked(self, context: FakeContext) -> None:
        class Kill(BaseException):
            """The end of the process, as far as Python can play it."""

        done: list[int] = []

        @async_event_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced) -> None:
            done.append(1)
            if len(done) == 1:
                raise Kill

        context.remaining_milliseconds = 1
        with pytest.raises(Kill):
            handler(order_placed("1"), context)
        context.remaining_milliseconds = 30_000
        handler(order_placed("1"), context)
        assert len(done) == 2

    def test_s3_may_tell_of_one_object_in_two_events(self, context: FakeContext) -> None:
        done: list[str] = []

        @async_event_consumer
        def handler(created: ObjectCreated) -> None:
            done.append(created.key)

        handler(s3_event(id="1"), context)
        handler(s3_event(id="2"), context)
        handler(s3_event(id="3", sequencer="00617F08299329D190"), context)
        handler(s3_event("photos/other.jpg", id="4"), context)
        assert done == ["photos/a b.jpg", "photos/a b.jpg", "photos/other.jpg"]

    @settings(deadline=None)
    @given(
        event_id=st.none() | st.text(min_size=1, max_size=9),
        sequencer=st.none() | st.text("0123456789ABCDEF", min_size=1, max_size=9),
        id=st.none() | st.text(min_size=1, max_size=9),
    )
    def test_the_key_is_the_most_telling_one_that_is_there(
        self, event_id: str | None, sequencer: str | None, id: str | None
    ) -> None:
        of_object = {"key": "k"} | ({"sequencer": sequencer} if sequencer else {})
        detail: dict[str, object] = {"bucket": {"name": "b"}, "object": of_object}
        if event_id:
            detail["metadata"] = {"event_id": event_id}
        body: dict[str, object] = {"detail": detail}
        if id:
            body["id"] = id
        expected = event_id or (["b", "k", sequencer] if sequencer else id)
        if expected is None:
            with pytest.raises(MissingIdempotencyKeyError):
                IdempotencyKey(EVENT_KEY).of(body)
        else:
            assert IdempotencyKey(EVENT_KEY).of(body) == expected


class TestWhatCanNeverBeHandled:
    def test_it_is_put_aside_with_its_cause_and_lambda_is_told_that_all_is_well(
        self, queue: QueueInMemory, context: FakeContext, capsys: pytest.CaptureFixture[str]
    ) -> None:
        @async_event_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced) -> None:
            raise PermanentError("The customer is unknown.")

        event = order_placed("1")
        assert handler(event, context) is None
        (body,) = queue.bodies()
        assert body["requestPayload"] == event
        assert body["responsePayload"] == {"errorType": "PermanentError", "errorMessage": "The customer is unknown."}
        assert body["requestContext"]["condition"] == "PermanentError"
        (attributes,) = queue.attributes()
        assert (attributes["ErrorType"], attributes["ErrorMessage"]) == ("PermanentError", "The customer is unknown.")
        assert queue.messages[0]["QueueUrl"] == FAILURES
        assert metrics_in(capsys.readouterr().out)["MessagesDeadLettered"] == 1

    @pytest.mark.parametrize(
        ("event", "error"),
        [
            (order_placed("1", source="com.example.others"), "UnexpectedEventError"),
            (order_placed("1", detail={"metadata": {"event_id": "e"}, "data": {}}), "MalformedMessageError"),
            ({"Records": []}, "MissingIdempotencyKeyError"),
            (["no object"], "MalformedMessageError"),
        ],
    )
    def test_what_is_no_such_event_is_never_tried_twice(
        self, queue: QueueInMemory, context: FakeContext, event: dict[str, object], error: str
    ) -> None:
        @async_event_consumer(event=OrderPlaced)
        def handler() -> None:
            pytest.fail("it was called")

        handler(event, context)
        assert [attributes["ErrorType"] for attributes in queue.attributes()] == [error]
        assert queue.bodies()[0]["requestPayload"] == event

    @pytest.mark.parametrize(
        ("event", "error"),
        [
            (order_placed("1"), "UnexpectedEventError"),
            ({**s3_event(), "detail": {"bucket": {"name": "b"}}}, "MalformedMessageError"),
            ({**s3_event(), "detail": "none"}, "MalformedMessageError"),
        ],
    )
    def test_what_is_no_object_is_never_tried_twice(
        self, queue: QueueInMemory, context: FakeContext, event: dict[str, object], error: str
    ) -> None:
        @async_event_consumer
        def handler(created: ObjectCreated) -> None:
            pytest.fail("it was called")

        handler(event, context)
        assert [attributes["ErrorType"] for attributes in queue.attributes()] == [error]

    def test_without_a_queue_that_takes_it_lambda_has_to_see_to_it(
        self, dynamodb: DynamoDBClient, context: FakeContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        @async_event_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced) -> None:
            raise PermanentError("never")

        with queue_in_memory(outages=[True]) as queue:
            clients.use("dynamodb", dynamodb)
            with pytest.raises(PermanentError):
                handler(order_placed("1"), context)
            monkeypatch.delenv("ASYNC_FAILURES_QUEUE_URL")
            handler.forget()
            clients.use("dynamodb", dynamodb)
            with pytest.raises(PermanentError):
                handler(order_placed("1"), context)
            assert queue.messages == []


class TestErrors:
    def test_what_the_environment_lacks_is_named(self, monkeypatch: pytest.MonkeyPatch, context: FakeContext) -> None:
        monkeypatch.delenv("IDEMPOTENCY_TABLE_NAME")
        monkeypatch.setenv("IDEMPOTENCY_EXPIRES_AFTER_SECONDS", "soon")

        @async_event_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced) -> None: ...

        with pytest.raises(ConfigurationError, match=r"asynchronous consumer .*TABLE_NAME is missing; .*'soon'"):
            handler(order_placed("1"), context)

    def test_what_belongs_to_queues_cannot_be_given(self) -> None:
        def of_record(record: SQSRecord) -> None: ...
        def of_transaction(transaction: IdempotentTransaction) -> None: ...

        for handler in (of_record, of_transaction):
            with pytest.raises(InvalidHandlerError, match="asynchronous consumer") as raised:
                async_event_consumer(handler)
            assert "EventMetadata, ObjectCreated or LambdaContext" in str(raised.value) or "cannot be found" in str(
                raised.value
            )

    def test_an_object_of_s3_is_no_event_of_ours(self) -> None:
        def handler(created: ObjectCreated, metadata: EventMetadata) -> None: ...

        with pytest.raises(InvalidHandlerError, match="one handler reads one kind of event"):
            async_event_consumer(handler)
