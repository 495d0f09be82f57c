"""Publishing: enriched, in batches, none dropped and none sent twice without need."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypedDict, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.runtime import (
    ConfigurationError,
    EventMetadata,
    EventPublisher,
    EventTooLargeError,
    OutgoingEvent,
    PublishError,
    TopicPublisher,
    UndeclaredEventError,
    clients,
    codec,
    queue_consumer,
)
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES
from best_practice_constructs.runtime.invocation import invoked
from tests.unit.runtime.support import FakeContext, OrderCancelled, OrderPlaced, batch, message, order_placed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Entry(TypedDict):
    """An entry as the publisher sends it."""

    Source: str
    DetailType: str
    Detail: str
    Resources: list[str]
    EventBusName: str
    Time: datetime


Answer = Callable[[Sequence[Entry]], Sequence[str | None]]


class FakeBus:
    """Takes calls; the answer says of each entry with which error it is refused."""

    def __init__(self, answer: Answer = lambda entries: [None] * len(entries)) -> None:
        self.answer = answer
        self.calls: list[list[Entry]] = []
        self.accepted: list[Entry] = []
        clients.use("events", SimpleNamespace(put_events=self._put_events))

    def _put_events(self, *, Entries: list[Entry]) -> dict[str, object]:  # noqa: N803 -- the API's name
        self.calls.append(Entries)
        codes = self.answer(Entries)
        self.accepted += [entry for entry, code in zip(Entries, codes, strict=True) if code is None]
        results = [{"EventId": "e"} if code is None else {"ErrorCode": code, "ErrorMessage": "no"} for code in codes]
        return {"FailedEntryCount": len(codes) - codes.count(None), "Entries": results}

    def accepted_ids(self) -> list[str]:
        return [json.loads(entry["Detail"])["metadata"]["event_id"] for entry in self.accepted]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    monkeypatch.setenv("EVENT_BUS_NAME", "shop")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "orders")
    monkeypatch.setenv("SERVICE_STAGE", "test")
    monkeypatch.setenv("APPLICATION_VERSION", "1.2.3")
    taken: list[float] = []
    monkeypatch.setattr("best_practice_constructs.runtime.batched_sending.time.sleep", taken.append)
    return taken


def events(count: int) -> list[OutgoingEvent]:
    return [OutgoingEvent(event=OrderCancelled(order_id=str(n)), event_id=str(n)) for n in range(count)]


def size_of(entry: Entry) -> int:
    texts = (entry["Source"], entry["DetailType"], entry["Detail"], *entry["Resources"])
    return 14 + sum(len(text.encode()) for text in texts)


def test_an_event_is_enriched(context: FakeContext) -> None:
    bus = FakeBus()
    occurred_at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with invoked(context):
        event_id = EventPublisher().publish(
            OrderPlaced(order_id="17", total=Decimal("12.30")),
            correlation_id="c",
            causation_id="b",
            changed=["order.state"],
            occurred_at=occurred_at,
        )
    (entry,) = bus.accepted
    assert entry["Resources"] == ["arn:aws:lambda:us-east-1:123456789012:function:issue-invoice:live"]
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"], entry["Time"]) == (
        "com.example.orders",
        "OrderPlaced",
        "shop",
        occurred_at,
    )
    assert json.loads(entry["Detail"]) == {
        "metadata": {
            "event_id": event_id,
            "service": "orders",
            "stage": "test",
            "application_version": "1.2.3",
            "correlation_id": "c",
            "causation_id": "b",
            "schema_version": 1,
            "compatible_since": 1,
            "occurred_at": "2026-11-23T12:00:00Z",
            "changed": ["order.state"],
        },
        "data": {"order_id": "17", "total": "12.30"},
        "numbers": {"total": 12.3},
    }


def test_what_changed_is_by_default_what_the_declaration_says() -> None:
    bus = FakeBus()
    event_id = EventPublisher(resources=["order:1"]).publish(OrderCancelled(order_id="1"))
    metadata = json.loads(bus.accepted[0]["Detail"])["metadata"]
    assert metadata["changed"] == ["order.state"]
    assert metadata["correlation_id"] == metadata["event_id"] == event_id
    assert bus.accepted[0]["Resources"] == ["order:1"]


def test_events_go_out_by_tens_in_their_order() -> None:
    bus = FakeBus()
    assert EventPublisher().publish_all(events(23)) == tuple(str(n) for n in range(23))
    assert [len(call) for call in bus.calls] == [10, 10, 3]
    assert bus.accepted_ids() == [str(n) for n in range(23)]


def test_nothing_to_publish_is_no_call() -> None:
    bus = FakeBus()
    assert EventPublisher().publish_all([]) == ()
    assert bus.calls == []


def test_an_event_of_exactly_the_limit_goes_out_and_one_byte_more_is_an_error_before_anything_is_sent() -> None:
    bus = FakeBus()
    EventPublisher().publish(OrderCancelled(order_id=""), event_id="e")
    room = MAXIMUM_EVENT_BYTES - size_of(bus.accepted[0])
    bus.calls.clear()
    EventPublisher().publish(OrderCancelled(order_id="é" * (room // 2) + "x" * (room % 2)), event_id="e")
    assert size_of(bus.calls[0][0]) == MAXIMUM_EVENT_BYTES
    bus.calls.clear()
    too_large = OutgoingEvent(event=OrderCancelled(order_id="x" * (room + 1)), event_id="e")
    with pytest.raises(EventTooLargeError, match=f"OrderCancelled e has {MAXIMUM_EVENT_BYTES + 1} bytes"):
        EventPublisher().publish_all([*events(1), too_large])
    assert bus.calls == []


def test_only_refused_entries_are_sent_again(pauses: list[float]) -> None:
    bus = FakeBus()
    bus.answer = lambda entries: [
        "ThrottlingException" if len(bus.calls) == 1 and n % 2 else None for n, _ in enumerate(entries)
    ]
    EventPublisher().publish_all(events(10))
    assert [len(call) for call in bus.calls] == [10, 5]
    assert sorted(bus.accepted_ids(), key=int) == [str(n) for n in range(10)]
    assert len(pauses) == 1


def test_attempts_are_bounded_and_the_error_names_what_was_not_sent(pauses: list[float]) -> None:
    bus = FakeBus(lambda entries: ["InternalFailure" if '"order_id":"3"' in e["Detail"] else None for e in entries])
    with pytest.raises(
        PublishError, match="1 of 12 events were not sent: OrderCancelled 3: InternalFailure no"
    ) as raised:
        EventPublisher().publish_all(events(12))
    (failed,) = raised.value.failed
    assert (failed.event_id, failed.detail_type, failed.error_code) == ("3", "OrderCancelled", "InternalFailure")
    assert set(raised.value.sent) == {str(n) for n in range(12)} - {"3"}
    assert [len(call) for call in bus.calls] == [10, 1, 1, 1, 1, 2]
    assert len(pauses) == 4
    assert all(0 <= pause <= 2 for pause in pauses)


def test_what_is_refused_for_good_is_not_sent_again() -> None:
    bus = FakeBus(lambda entries: ["NotAuthorizedForSource" for _ in entries])
    with pytest.raises(PublishError):
        EventPublisher().publish(OrderCancelled(order_id="1"))
    assert len(bus.calls) == 1


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (EndpointConnectionError(endpoint_url="https://events"), 5),
        (
            ClientError(
                {"Error": {"Code": "InternalFailure"}, "ResponseMetadata": {"HTTPStatusCode": 500}},  # type: ignore[typeddict-item]  # as it comes
                "PutEvents",
            ),
            5,
        ),
        (
            ClientError(
                {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}},  # type: ignore[typeddict-item]  # as it comes
                "PutEvents",
            ),
            5,
        ),
        (
            ClientError(
                {"Error": {"Code": "AccessDeniedException"}, "ResponseMetadata": {"HTTPStatusCode": 400}},  # type: ignore[typeddict-item]  # as it comes
                "PutEvents",
            ),
            1,
        ),
        (NoCredentialsError(), 1),
    ],
    ids=["network", "server", "throttled", "denied", "credentials"],
)
def test_a_call_that_fails_as_a_whole_is_no_loss(error: Exception, calls: int) -> None:
    def fail_first_batch(entries: Sequence[Entry]) -> list[str | None]:
        if '"order_id":"0"' in entries[0]["Detail"]:
            raise error
        return [None] * len(entries)

    bus = FakeBus(fail_first_batch)
    with pytest.raises(PublishError) as raised:
        EventPublisher().publish_all(events(11))
    assert [failed.event_id for failed in raised.value.failed] == [str(n) for n in range(10)]
    assert raised.value.sent == ("10",)
    assert len(bus.calls) == calls + 1


def test_when_the_invocation_ends_no_more_attempts_are_made(context: FakeContext) -> None:
    context.remaining_milliseconds = 900
    bus = FakeBus(lambda entries: ["InternalFailure"] * len(entries))
    with invoked(context), pytest.raises(PublishError):
        EventPublisher().publish_all(events(1))
    assert len(bus.calls) == 1


def test_an_answer_that_does_not_match_counts_as_not_sent() -> None:
    clients.use("events", SimpleNamespace(put_events=lambda **_: {"Entries": []}))
    with pytest.raises(PublishError, match="UnexpectedResponse"):
        EventPublisher().publish(OrderCancelled(order_id="1"))


def test_without_a_bus_nothing_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVENT_BUS_NAME")
    with pytest.raises(ConfigurationError, match="add_publisher"):
        EventPublisher().publish(OrderCancelled(order_id="1"))


@pytest.mark.parametrize("publisher", [EventPublisher(bus_name="bus"), TopicPublisher(topic_arn="arn:aws:sns:::t")])
def test_what_is_no_event_is_told_with_what_to_write(publisher: EventPublisher | TopicPublisher) -> None:
    event = OrderCancelled(order_id="1")
    publish, publish_all = (cast("Callable[..., object]", each) for each in (publisher.publish, publisher.publish_all))
    outgoing = OutgoingEvent(event=event)
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: publish({"order_id": "1"}), r"type dict was given as an event, .* write OrderPlaced\(order_id=…\)"),
        (lambda: publish([event]), "type list was given as an event"),
        (lambda: publish(None), "type NoneType was given as an event"),
        (lambda: publish(OrderCancelled), r"class OrderCancelled was given .* write OrderCancelled\(…\)"),
        (lambda: publish(outgoing), r"An OutgoingEvent was given as an event: write publish_all\(\[…\]\)"),
        (
            lambda: publish_all(outgoing),
            r"takes a list of OutgoingEvent, .* write publish_all\(\[…\]\) with it in",
        ),
        (lambda: publish_all(event), r"was given OrderCancelled: write publish_all\(\[OutgoingEvent\(event=…\)\]\)"),
        (lambda: publish_all([outgoing, event]), "was given OrderCancelled"),
        (lambda: publish_all([OrderCancelled]), r"publish_all\(\[OutgoingEvent\(event=OrderCancelled\(…\)\)\]\)"),
        (lambda: publish_all([{"order_id": "1"}]), "was given dict"),
        (lambda: publish_all({"order_id": "1"}), "was given dict"),
        (lambda: publish_all("event"), "was given str"),
    ]
    for call, said in refused:
        with pytest.raises(UndeclaredEventError, match=said):
            call()
    with pytest.raises(TypeError, match=r"changed='order\.state' is a text, .* write changed=\['order\.state'\]"):
        publish(event, changed="order.state")


def test_events_may_come_from_a_generator() -> None:
    FakeBus()
    generator = (OutgoingEvent(event=OrderCancelled(order_id=order_id)) for order_id in "12")
    assert len(EventPublisher().publish_all(cast("Any", generator))) == 2


def test_only_declared_events_whose_numbers_are_numbers_and_times_have_zones_are_published() -> None:
    FakeBus()
    with pytest.raises(UndeclaredEventError):
        EventPublisher().publish(EventPublisher())
    with pytest.raises(ValueError, match="finite number, got `NaN` at total"):
        EventPublisher().publish(OrderPlaced(order_id="1", total=Decimal("NaN")))
    with pytest.raises(ValueError, match="time zone"):
        EventPublisher().publish(OrderCancelled(order_id="1"), occurred_at=datetime(2026, 1, 1))  # noqa: DTZ001 -- the fault


@pytest.mark.usefixtures("consumer_environment")
def test_events_that_follow_from_an_event_say_so_and_are_the_same_when_it_is_handled_again(
    dynamodb: DynamoDBClient, context: FakeContext
) -> None:
    bus = FakeBus()

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced, metadata: EventMetadata) -> None:
        publisher = EventPublisher()
        for order_id in ("same", "same", "other"):
            publisher.publish(OrderCancelled(order_id=order_id))
        if len(bus.accepted) == 3:
            raise RuntimeError("not today")
        publisher.publish(OrderCancelled(order_id="own"), correlation_id="own", causation_id="cause")

    for _ in range(2):
        handler(batch([message(order_placed("1"))]), context)
    details = [json.loads(entry["Detail"])["metadata"] for entry in bus.accepted]
    for metadata in details[:6]:
        assert (metadata["correlation_id"], metadata["causation_id"]) == ("correlation-1", "event-1")
    assert (details[6]["correlation_id"], details[6]["causation_id"]) == ("own", "cause")
    ids = bus.accepted_ids()
    assert ids[:3] == ids[3:6]
    assert len(set(ids)) == 4


def test_a_repetition_that_says_something_else_is_another_event(
    dynamodb: DynamoDBClient, context: FakeContext, consumer_environment: dict[str, str]
) -> None:
    bus = FakeBus()

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced) -> None:
        EventPublisher().publish(OrderCancelled(order_id=str(len(bus.accepted))))
        if len(bus.accepted) == 1:
            raise RuntimeError("not today")

    for _ in range(2):
        handler(batch([message(order_placed("1"))]), context)
    assert len(set(bus.accepted_ids())) == 2


@settings(deadline=None)
@given(
    sizes=st.lists(st.sampled_from([1, 100, 300_000, 500_000, 1_000_000]), max_size=25),
    refusals=st.lists(st.sampled_from([None, None, "ThrottlingException", "InvalidArgument"]), max_size=60),
)
def test_whatever_fails_each_event_is_sent_exactly_once_or_named(sizes: list[int], refusals: list[str | None]) -> None:
    answers = iter(refusals)
    bus = FakeBus(lambda entries: [next(answers, None) for _ in entries])
    outgoing = [
        OutgoingEvent(event=OrderCancelled(order_id="x" * size), event_id=str(n)) for n, size in enumerate(sizes)
    ]
    all_ids = [str(n) for n in range(len(sizes))]
    failed: list[str] = []
    try:
        sent = list(EventPublisher().publish_all(outgoing))
    except PublishError as error:
        failed = [each.event_id for each in error.failed]
        sent = list(error.sent)
    assert sorted([*sent, *failed], key=int) == all_ids
    assert sorted([*bus.accepted_ids(), *failed], key=int) == all_ids
    for call in bus.calls:
        assert len(call) <= 10
        assert sum(size_of(entry) for entry in call) <= MAXIMUM_EVENT_BYTES


def test_metadata_is_read_back_as_it_was_written() -> None:
    bus = FakeBus()
    EventPublisher().publish(OrderCancelled(order_id="1"), event_id="e", causation_id="c")
    written = codec.encode(json.loads(bus.accepted[0]["Detail"])["metadata"])
    assert codec.Decoder(EventMetadata).decode(written).causation_id == "c"
