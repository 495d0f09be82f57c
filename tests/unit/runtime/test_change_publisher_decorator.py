"""A change publisher, batch by batch: which events are sent, in how many calls, and what becomes of each record."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from best_practice_constructs.runtime import (
    Change,
    ConfigurationError,
    Event,
    EventMetadata,
    InvalidHandlerError,
    LambdaContext,
    OutgoingEvent,
    PermanentError,
    StreamPosition,
    UndeclaredEventError,
    change_publisher,
    clients,
)
from best_practice_constructs.runtime.errors import FailedRecordError
from tests.unit.runtime.stream_support import (
    DONE,
    QueueInMemory,
    dynamodb_record,
    kinesis_record,
    queue_in_memory,
    stopped_at,
)
from tests.unit.runtime.support import (
    FakeContext,
    OrderCancelled,
    OrderPlaced,
    batch,
    log_lines_in,
    metrics_in,
    orders,
)

REFUSED = {"ErrorCode": "MalformedDetail", "ErrorMessage": "no"}
THROTTLED = {"ErrorCode": "ThrottlingException", "ErrorMessage": "later"}
Entry = Mapping[str, object]


@orders.event(version=7, detail_type="OrderTold", name_is_past_tense=True)
class Told(Event):
    """An event without anything declared of what changes."""

    id: str


@dataclass
class Bus:
    """A bus in memory.

    :ivar calls: the entries of each call.
    :ivar answer: what it says of an entry; ``None`` for taken. Raises for the whole call.
    """

    calls: list[Sequence[Entry]] = field(default_factory=list)
    answer: Callable[[dict[str, object]], Mapping[str, str] | None] = lambda _: None

    def put_events(self, *, Entries: Sequence[Entry]) -> object:  # noqa: N803 -- boto3's name
        self.calls.append(Entries)
        answers = [self.answer(data_of(entry)) for entry in Entries]
        return {"Entries": [answer or {"EventId": "1"} for answer in answers]}

    @property
    def entries(self) -> list[Entry]:
        return [entry for call in self.calls for entry in call]

    def order_ids(self) -> list[object]:
        return [data_of(entry).get("order_id", data_of(entry).get("id")) for entry in self.entries]


def detail_of(entry: Entry) -> dict[str, dict[str, object]]:
    return cast("dict[str, dict[str, object]]", json.loads(str(entry["Detail"])))


def data_of(entry: Entry) -> dict[str, object]:
    return detail_of(entry)["data"]


def metadata_of(entry: Entry) -> dict[str, object]:
    return detail_of(entry)["metadata"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "POWERTOOLS_SERVICE_NAME": "orders",
        "POWERTOOLS_METRICS_NAMESPACE": "Shop",
        "STREAM_FAILURES_QUEUE_URL": "https://sqs/failures",
        "EVENT_BUS_NAME": "bus",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture
def failures() -> Generator[QueueInMemory]:
    with queue_in_memory() as queue:
        yield queue


@pytest.fixture
def bus(failures: QueueInMemory) -> Bus:
    found = Bus()
    clients.use("events", SimpleNamespace(put_events=found.put_events))
    return found


def placed(number: int, **attributes: object) -> dict[str, object]:
    """Return the record of an order that was inserted; its id is its number."""
    after = {"order_id": {"S": str(number)}, "total": {"N": "9.9"}, **attributes}
    return dynamodb_record(after=after, sequence_number=str(number))


def placed_by(change: Change) -> OrderPlaced:
    assert change.after is not None
    return OrderPlaced(order_id=cast("str", change.after["order_id"]), total=cast("Decimal", change.after["total"]))


class TestEvents:
    def test_a_batch_is_sent_in_as_few_calls_as_possible(self, bus: Bus, context: FakeContext) -> None:
        handler = change_publisher(OrderPlaced)
        assert handler(batch([placed(number) for number in range(1, 26)]), context) == DONE
        assert [len(call) for call in bus.calls] == [10, 10, 5]
        assert bus.order_ids() == [str(number) for number in range(1, 26)]
        assert {entry["DetailType"] for entry in bus.entries} == {"OrderPlaced"}
        assert {entry["EventBusName"] for entry in bus.entries} == {"bus"}

    def test_the_metadata_say_what_the_change_tells(self, bus: Bus, context: FakeContext) -> None:
        before, after = {"id": {"S": "1"}, "state": {"S": "NEW"}}, {"id": {"S": "1"}, "state": {"S": "PAID"}}
        record = dynamodb_record("MODIFY", before=before, after=after, sequence_number="7")
        change_publisher(Told)(batch([record]), context)
        (entry,) = bus.entries
        metadata = metadata_of(entry)
        assert metadata["changed"] == ["state"]
        assert metadata["occurred_at"] == "2026-11-24T12:00:00Z"
        assert metadata["causation_id"] == "change-7"
        assert metadata["correlation_id"] == metadata["event_id"]
        assert metadata["service"] == "orders"
        assert entry["Resources"] == [context.invoked_function_arn]

    def test_what_the_declaration_or_the_handler_says_comes_first(self, bus: Bus, context: FakeContext) -> None:
        noon = datetime(2026, 1, 1, 12, tzinfo=UTC)

        @change_publisher
        def handler(change: Change) -> tuple[object, ...]:
            told = OutgoingEvent(
                event=Told(id="1"), event_id="the-fact", correlation_id="c", changed=["order"], occurred_at=noon
            )
            return OrderCancelled(order_id="1"), told

        handler(batch([placed(1)]), context)
        declared, said = (metadata_of(entry) for entry in bus.entries)
        assert declared["changed"] == ["order.state"]
        assert said["changed"] == ["order"]
        assert (said["event_id"], said["correlation_id"]) == ("the-fact", "c")
        assert said["occurred_at"] == "2026-01-01T12:00:00Z"

    @pytest.mark.parametrize("kept", ["before", "after"])
    def test_where_an_image_is_missing_nothing_is_said_of_what_changed(
        self, bus: Bus, context: FakeContext, kept: str
    ) -> None:
        image = {"id": {"S": "1"}}
        record = dynamodb_record("MODIFY", before=image) if kept == "before" else dynamodb_record("MODIFY", after=image)
        assert change_publisher(Told)(batch([record]), context) == DONE
        assert metadata_of(bus.entries[0])["changed"] == []

    def test_the_correlation_id_is_an_attribute_of_the_item(self, bus: Bus, context: FakeContext) -> None:
        handler = change_publisher(OrderPlaced, correlation_id_attribute="request")
        handler(batch([placed(1, request={"S": "request-1"}), placed(2)]), context)
        first, second = (metadata_of(entry) for entry in bus.entries)
        assert first["correlation_id"] == "request-1"
        assert second["correlation_id"] == second["event_id"]

    def test_ids_are_the_same_in_each_repetition_and_in_each_batch(self, bus: Bus, context: FakeContext) -> None:
        @change_publisher(correlation_id_attribute="request")
        def handler(change: Change) -> list[object]:
            return [placed_by(change), placed_by(change), OrderCancelled(order_id="1")]

        handler(batch([placed(1), placed(2)]), context)
        handler(batch([placed(2)]), context)
        ids = [metadata_of(entry)["event_id"] for entry in bus.entries]
        assert len(set(ids[:6])) == 6
        assert ids[3:6] == ids[6:]

    def test_nothing_to_tell_sends_nothing(self, bus: Bus, context: FakeContext) -> None:
        @change_publisher
        def handler(change: Change) -> OrderPlaced | None:
            return placed_by(change) if change.event_name == "INSERT" else None

        records = [dynamodb_record("REMOVE", before={}, sequence_number="1"), placed(2)]
        assert handler(batch(records), context) == DONE
        assert bus.order_ids() == ["2"]
        assert handler(batch(records[:1]), context) == DONE
        assert len(bus.calls) == 1

    @pytest.mark.usefixtures("bus")
    def test_a_function_may_be_given_the_place_and_the_context(self, context: FakeContext) -> None:
        given: list[object] = []

        @change_publisher
        def handler(position: StreamPosition, context: LambdaContext) -> None:
            given.extend([position.sequence_number, context])

        assert handler(batch([placed(3)]), context) == DONE
        assert given == ["3", context]


class TestFailures:
    def test_a_change_that_does_not_fit_is_put_aside_with_its_cause(
        self, bus: Bus, context: FakeContext, failures: QueueInMemory
    ) -> None:
        records = [placed(1), placed(2, total={"S": "much"}), placed(3)]
        assert change_publisher(OrderPlaced)(batch(records), context) == DONE
        assert bus.order_ids() == ["1", "3"]
        assert failures.bodies() == [records[1]]
        (cause,) = failures.attributes()
        assert cause["ErrorType"] == "MalformedMessageError"
        assert "does not fit OrderPlaced" in cause["ErrorMessage"]
        assert "$.total" in cause["ErrorMessage"]

    @pytest.mark.parametrize(
        ("wrong", "cause"),
        [
            (PermanentError("never"), "never"),
            ("large", "and EventBridge takes 1048576"),
        ],
    )
    def test_what_can_never_be_told_is_put_aside_and_the_shard_goes_on(
        self, bus: Bus, context: FakeContext, failures: QueueInMemory, wrong: object, cause: str
    ) -> None:
        @change_publisher
        def handler(change: Change) -> OrderPlaced:
            if change.sequence_number != "2":
                return placed_by(change)
            if isinstance(wrong, Exception):
                raise wrong
            return OrderPlaced(order_id="x" * 1_100_000)

        assert handler(batch([placed(1), placed(2), placed(3)]), context) == DONE
        assert bus.order_ids() == ["1", "3"]
        assert len(bus.calls) == 1
        assert cause in failures.attributes()[0]["ErrorMessage"]

    def test_what_eventbridge_refuses_is_put_aside(
        self, bus: Bus, context: FakeContext, failures: QueueInMemory, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bus.answer = lambda data: REFUSED if data["order_id"] == "2" else None
        assert change_publisher(OrderPlaced)(batch([placed(1), placed(2), placed(3)]), context) == DONE
        assert bus.order_ids() == ["1", "2", "3"], "sending it again cannot help"
        (cause,) = failures.attributes()
        assert cause["ErrorType"] == "PublishError"
        assert "MalformedDetail no" in cause["ErrorMessage"]
        output = capsys.readouterr().out
        assert metrics_in(output) == {"RecordsProcessed": 2, "RecordsGivenUp": 1}
        assert [line["sequence_number"] for line in log_lines_in(output) if line["level"] == "ERROR"] == ["2"]

    def test_the_batch_starts_again_at_the_first_record_with_an_event_that_was_not_sent(
        self, bus: Bus, context: FakeContext, failures: QueueInMemory, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bus.answer = lambda data: THROTTLED if data["order_id"] == "12" else None
        records = [placed(number) for number in range(1, 31)]
        handler = change_publisher(OrderPlaced)
        assert handler(batch(records), context) == stopped_at("12")
        assert len(bus.calls) == 6, "one call of ten, the second and four more for its event; then no more"
        assert metrics_in(capsys.readouterr().out) == {
            "RecordsProcessed": 11,
            "RecordsFailed": 1,
            "RecordsDeferred": 18,
        }
        first = {data_of(entry)["order_id"]: metadata_of(entry)["event_id"] for entry in bus.entries}
        bus.answer = lambda _: None
        bus.calls.clear()
        assert handler(batch(records[11:]), context) == DONE
        again = {data_of(entry)["order_id"]: metadata_of(entry)["event_id"] for entry in bus.entries}
        assert set(again) == {str(number) for number in range(12, 31)}
        assert {order: first[order] for order in ("13", "20")} == {order: again[order] for order in ("13", "20")}
        assert failures.messages == []

    def test_a_handler_that_fails_keeps_back_only_what_follows(self, bus: Bus, context: FakeContext) -> None:
        mapped: list[str] = []

        @change_publisher
        def handler(change: Change) -> OrderPlaced:
            mapped.append(change.sequence_number)
            if change.sequence_number == "2":
                raise ConnectionError("the archive is closed")
            return placed_by(change)

        assert handler(batch([placed(1), placed(2), placed(3)]), context) == stopped_at("2")
        assert bus.order_ids() == ["1"]
        assert mapped == ["1", "2"]

    def test_poison_behind_a_failure_is_told_once_when_its_turn_comes(
        self, bus: Bus, context: FakeContext, failures: QueueInMemory
    ) -> None:
        bus.answer = lambda _: THROTTLED
        handler = change_publisher(OrderPlaced)
        records = [placed(1), placed(2, total={"S": "much"})]
        assert handler(batch(records), context) == stopped_at("1")
        assert failures.messages == []
        bus.answer = lambda _: None
        assert handler(batch(records), context) == DONE
        assert len(failures.messages) == 1

    def test_a_record_with_one_refused_and_one_unsent_event_comes_again(
        self, bus: Bus, context: FakeContext, failures: QueueInMemory
    ) -> None:
        @change_publisher
        def handler(change: Change) -> list[object]:
            return [placed_by(change), OrderCancelled(order_id="cancelled")]

        bus.answer = lambda data: REFUSED if "total" in data else THROTTLED
        assert handler(batch([placed(1)]), context) == stopped_at("1")
        bus.answer = lambda data: REFUSED if "total" in data else None
        assert handler(batch([placed(1)]), context) == DONE
        assert len(failures.messages) == 1

    @pytest.mark.parametrize(
        "outage",
        [
            ClientError({"Error": {"Code": "AccessDeniedException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "P"),  # type: ignore[typeddict-item] # as botocore makes it
            EndpointConnectionError(endpoint_url="https://events"),
        ],
    )
    def test_a_call_that_is_refused_says_nothing_of_its_records(
        self, bus: Bus, context: FakeContext, failures: QueueInMemory, outage: Exception
    ) -> None:
        def refuse(data: dict[str, object]) -> None:
            raise outage

        bus.answer = refuse
        records = [placed(number) for number in range(1, 21)]
        assert change_publisher(OrderPlaced)(batch(records), context) == stopped_at("1")
        assert failures.messages == []

    def test_a_failures_queue_that_is_away_makes_the_record_come_again(self, bus: Bus, context: FakeContext) -> None:
        with queue_in_memory(outages=[True]):
            clients.use("events", SimpleNamespace(put_events=bus.put_events))
            records = [placed(1), placed(2, total={"S": "much"}), placed(3)]
            assert change_publisher(OrderPlaced)(batch(records), context) == stopped_at("2")

    @pytest.mark.usefixtures("bus")
    def test_what_is_no_event_is_the_handlers_fault_and_loses_nothing(
        self, context: FakeContext, failures: QueueInMemory, capsys: pytest.CaptureFixture[str]
    ) -> None:
        @change_publisher
        def handler(change: Change) -> object:
            return {"order_id": "1"}

        assert handler(batch([placed(1)]), context) == stopped_at("1")
        assert failures.messages == []
        assert "A value of the type dict was given as an event" in capsys.readouterr().out

    def test_where_partial_responses_mean_nothing_it_raises(
        self, bus: Bus, context: FakeContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FAILED_RECORDS_RAISE", "true")
        bus.answer = lambda _: THROTTLED
        with pytest.raises(FailedRecordError, match="The record 1 failed"):
            change_publisher(OrderPlaced)(batch([placed(1)]), context)


class TestErrors:
    def test_a_class_that_is_no_event_is_refused_at_once(self) -> None:
        with pytest.raises(UndeclaredEventError, match="dict is not declared"):
            change_publisher(dict)

    def test_a_handler_of_kinesis_is_refused_at_once(self) -> None:
        def handler(metadata: EventMetadata) -> None: ...

        with pytest.raises(InvalidHandlerError, match=r"'metadata' of the change publisher .* is of Kinesis"):
            change_publisher(handler)

    @pytest.mark.usefixtures("bus")
    def test_records_of_another_source_are_refused(self, context: FakeContext) -> None:
        with pytest.raises(ConfigurationError, match="reads records of aws:dynamodb"):
            change_publisher(OrderPlaced)(batch([kinesis_record({})]), context)

    @pytest.mark.usefixtures("bus")
    def test_without_a_bus_no_record_is_looked_at(self, context: FakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("EVENT_BUS_NAME")
        with pytest.raises(ConfigurationError, match="No bus to publish to"):
            change_publisher(OrderPlaced)(batch([placed(1)]), context)
