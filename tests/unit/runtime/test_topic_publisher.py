"""Publishing to topics: a bus's envelope, none dropped, in order where the topic is FIFO."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.runtime import (
    ConfigurationError,
    EventMetadata,
    EventTooLargeError,
    OutgoingEvent,
    PublishError,
    TopicPublisher,
    clients,
    queue_consumer,
)
from best_practice_constructs.runtime.invocation import invoked
from best_practice_constructs.runtime.topic_publisher import MAXIMUM_MESSAGE_BYTES
from tests.unit.runtime.support import FakeContext, OrderCancelled, OrderPlaced, batch, failures, message

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TOPIC = "arn:aws:sns:us-east-1:123456789012:notices"
FIFO_TOPIC = f"{TOPIC}.fifo"

Entry = dict[str, str]
# Of each entry: None (taken), or the code of its error and whether the sender is at fault.
Answer = Callable[[Sequence[Entry]], Sequence[tuple[str, bool] | None]]
BUSY = ("InternalError", False)
WRONG = ("InvalidParameter", True)


class FakeTopic:
    """Takes calls; the answer says of each entry with which error it is refused."""

    def __init__(self, answer: Answer = lambda entries: [None] * len(entries)) -> None:
        self.answer = answer
        self.calls: list[list[Entry]] = []
        self.accepted: list[Entry] = []
        self.arns: set[str] = set()
        clients.use("sns", SimpleNamespace(publish_batch=self._publish_batch))

    def _publish_batch(self, *, TopicArn: str, PublishBatchRequestEntries: list[Entry]) -> dict[str, object]:  # noqa: N803 -- the API's names
        entries = PublishBatchRequestEntries
        self.arns.add(TopicArn)
        self.calls.append(entries)
        codes = self.answer(entries)
        self.accepted += [entry for entry, code in zip(entries, codes, strict=True) if code is None]
        return {
            "Successful": [
                {"Id": entry["Id"], "MessageId": "m"}
                for entry, code in zip(entries, codes, strict=True)
                if code is None
            ],
            "Failed": [
                {"Id": entry["Id"], "Code": code[0], "Message": "no", "SenderFault": code[1]}
                for entry, code in zip(entries, codes, strict=True)
                if code is not None
            ],
        }

    def accepted_ids(self) -> list[str]:
        return [json.loads(entry["Message"])["id"] for entry in self.accepted]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    monkeypatch.setenv("SNS_TOPIC_ARN", TOPIC)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "orders")
    monkeypatch.setenv("SERVICE_STAGE", "test")
    monkeypatch.setenv("APPLICATION_VERSION", "1.2.3")
    taken: list[float] = []
    monkeypatch.setattr("best_practice_constructs.runtime.batched_sending.time.sleep", taken.append)
    return taken


def events(count: int) -> list[OutgoingEvent]:
    return [OutgoingEvent(event=OrderCancelled(order_id=str(n)), event_id=str(n)) for n in range(count)]


def order_id_of(entry: Entry) -> str:
    order_id: str = json.loads(entry["Message"])["detail"]["data"]["order_id"]
    return order_id


def test_the_message_is_what_a_bus_delivers(context: FakeContext) -> None:
    topic = FakeTopic()
    with invoked(context):
        event_id = TopicPublisher().publish(
            OrderPlaced(order_id="17", total=Decimal("12.30")),
            correlation_id="c",
            causation_id="b",
            changed=["order.state"],
            occurred_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        )
    (entry,) = topic.accepted
    assert topic.arns == {TOPIC}
    assert entry.keys() == {"Id", "Message"}
    assert json.loads(entry["Message"]) == {
        "id": event_id,
        "source": "com.example.orders",
        "detail-type": "OrderPlaced",
        "time": "2026-11-23T12:00:00Z",
        "resources": ["arn:aws:lambda:us-east-1:123456789012:function:issue-invoice:live"],
        "detail": {
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
        },
    }


@pytest.mark.usefixtures("consumer_environment")
def test_a_queue_consumer_reads_it_as_it_reads_a_buss(dynamodb: DynamoDBClient, context: FakeContext) -> None:
    topic, given_to_handler = FakeTopic(), list[tuple[OrderPlaced, str]]()

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced, metadata: EventMetadata) -> None:
        given_to_handler.append((placed, metadata.event_id))

    placed = OrderPlaced(order_id="17", total=Decimal("12.30"))
    event_id = TopicPublisher().publish(placed)
    raw = message(json.loads(topic.accepted[0]["Message"]))
    assert handler(batch([raw, raw]), context) == failures()
    assert given_to_handler == [(placed, event_id)]


def test_events_go_out_by_tens_in_their_order() -> None:
    topic = FakeTopic()
    assert TopicPublisher(resources=["order:1"]).publish_all(events(23)) == tuple(str(n) for n in range(23))
    assert [len(call) for call in topic.calls] == [10, 10, 3]
    assert topic.accepted_ids() == [str(n) for n in range(23)]
    assert json.loads(topic.accepted[0]["Message"])["resources"] == ["order:1"]
    assert all(len({entry["Id"] for entry in call}) == len(call) for call in topic.calls)
    assert TopicPublisher().publish_all([]) == ()


@pytest.mark.parametrize("most", [MAXIMUM_MESSAGE_BYTES, 1024 * 1024])
def test_an_event_of_exactly_the_limit_goes_out_and_one_byte_more_is_an_error_before_anything_is_sent(
    most: int,
) -> None:
    topic, publisher = FakeTopic(), TopicPublisher(maximum_bytes=most)
    publisher.publish(OrderCancelled(order_id=""), event_id="e")
    room = most - len(topic.accepted[0]["Message"].encode())
    publisher.publish(OrderCancelled(order_id="é" * (room // 2) + "x" * (room % 2)), event_id="e")
    assert len(topic.accepted[1]["Message"].encode()) == most
    topic.calls.clear()
    too_large = OutgoingEvent(event=OrderCancelled(order_id="x" * (room + 1)), event_id="e")
    with pytest.raises(EventTooLargeError, match=f"OrderCancelled e has {most + 1} bytes, and the topic takes {most}"):
        publisher.publish_all([*events(1), too_large])
    assert topic.calls == []


def test_only_refused_entries_are_sent_again(pauses: list[float]) -> None:
    topic = FakeTopic()
    topic.answer = lambda entries: [BUSY if len(topic.calls) == 1 and n % 2 else None for n, _ in enumerate(entries)]
    TopicPublisher().publish_all(events(10))
    assert [len(call) for call in topic.calls] == [10, 5]
    assert sorted(topic.accepted_ids(), key=int) == [str(n) for n in range(10)]
    assert len(pauses) == 1


@pytest.mark.parametrize(
    ("error", "calls"),
    [(BUSY, 5), (("KMSThrottling", True), 5), (("Throttled", True), 5), (WRONG, 1)],
    ids=str,
)
def test_attempts_are_bounded_and_the_error_names_what_was_not_sent(error: tuple[str, bool], calls: int) -> None:
    topic = FakeTopic(lambda entries: [error if order_id_of(entry) == "3" else None for entry in entries])
    with pytest.raises(PublishError, match=f"1 of 5 events were not sent: OrderCancelled 3: {error[0]} no") as raised:
        TopicPublisher().publish_all(events(5))
    assert raised.value.sent == ("0", "1", "2", "4")
    assert len(topic.calls) == calls


def test_an_answer_that_does_not_name_an_entry_counts_as_not_sent() -> None:
    clients.use("sns", SimpleNamespace(publish_batch=lambda **_: {"Successful": []}))
    with pytest.raises(PublishError, match="UnexpectedResponse the answer does not name it"):
        TopicPublisher().publish(OrderCancelled(order_id="1"))


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (EndpointConnectionError(endpoint_url="https://sns"), 5),
        (
            ClientError(
                {"Error": {"Code": "AuthorizationError"}, "ResponseMetadata": {"HTTPStatusCode": 403}},  # type: ignore[typeddict-item]  # as it comes
                "PublishBatch",
            ),
            1,
        ),
    ],
    ids=["network", "denied"],
)
def test_a_call_that_fails_as_a_whole_is_no_loss(error: Exception, calls: int) -> None:
    def fail(entries: Sequence[Entry]) -> list[None]:
        raise error

    topic = FakeTopic(fail)
    with pytest.raises(PublishError) as raised:
        TopicPublisher().publish_all(events(2))
    assert [failed.event_id for failed in raised.value.failed] == ["0", "1"]
    assert len(topic.calls) == calls


class TestFifo:
    def test_each_event_is_of_its_group_and_has_its_id_for_deduplication(self) -> None:
        topic = FakeTopic()
        publisher = TopicPublisher(topic_arn=FIFO_TOPIC, message_group_field="order_id")
        publisher.publish(OrderCancelled(order_id="17"), event_id="e-17")
        publisher.publish(OrderCancelled(order_id="18"), event_id="not for SNS: ü" * 20)
        TopicPublisher(topic_arn=FIFO_TOPIC, message_group_id="all").publish(OrderCancelled(order_id="19"))
        assert topic.arns == {FIFO_TOPIC}
        assert [entry["MessageGroupId"] for entry in topic.accepted] == ["17", "18", "all"]
        assert topic.accepted[0]["MessageDeduplicationId"] == "e-17"
        assert len(topic.accepted[1]["MessageDeduplicationId"]) == 64

    def test_what_is_refused_for_a_while_is_overtaken_by_none_of_its_group(self) -> None:
        topic = FakeTopic()
        topic.answer = lambda entries: [BUSY if len(topic.calls) == 1 else None for _ in entries]
        TopicPublisher(topic_arn=FIFO_TOPIC, message_group_id="all").publish_all(events(3))
        assert topic.accepted_ids() == ["0", "1", "2"]
        assert [len(call) for call in topic.calls] == [1, 1, 1, 1]

    def test_groups_do_not_wait_for_each_other(self) -> None:
        topic = FakeTopic()
        outgoing = [OutgoingEvent(event=OrderCancelled(order_id=n), event_id=f"{n}{k}") for k in "12" for n in "abc"]
        TopicPublisher(topic_arn=FIFO_TOPIC, message_group_field="order_id").publish_all(outgoing)
        assert [len(call) for call in topic.calls] == [3, 3]

    def test_what_is_behind_one_that_could_not_be_sent_is_not_sent(self) -> None:
        FakeTopic(lambda entries: [WRONG if order_id_of(entry) == "a" else None for entry in entries])
        outgoing = [OutgoingEvent(event=OrderCancelled(order_id=n), event_id=f"{n}{k}") for k in "123" for n in "ab"]
        publisher = TopicPublisher(topic_arn=FIFO_TOPIC, message_group_field="order_id")
        with pytest.raises(PublishError, match="an event before it in the message group a was not sent") as raised:
            publisher.publish_all(outgoing)
        assert [failed.event_id for failed in raised.value.failed] == ["a1", "a2", "a3"]
        assert raised.value.sent == ("b1", "b2", "b3")

    @settings(deadline=None)
    @given(
        groups=st.lists(st.sampled_from("abc"), max_size=25),
        refusals=st.lists(st.sampled_from([None, None, BUSY, WRONG]), max_size=60),
    )
    def test_of_each_group_a_beginning_arrives_in_order_and_the_rest_is_named(
        self, groups: list[str], refusals: list[tuple[str, bool] | None]
    ) -> None:
        answers = iter(refusals)
        topic = FakeTopic(lambda entries: [next(answers, None) for _ in entries])
        outgoing = [
            OutgoingEvent(event=OrderCancelled(order_id=group), event_id=str(n)) for n, group in enumerate(groups)
        ]
        failed: list[str] = []
        try:
            TopicPublisher(topic_arn=FIFO_TOPIC, message_group_field="order_id").publish_all(outgoing)
        except PublishError as error:
            failed = [each.event_id for each in error.failed]
        for group in set(groups):
            of_group = [str(n) for n, each in enumerate(groups) if each == group]
            arrived = [each for each in topic.accepted_ids() if each in of_group]
            assert arrived == of_group[: len(arrived)]
            assert (
                sorted(failed_of := [each for each in failed if each in of_group], key=int) == of_group[len(arrived) :]
            ), failed_of


class TestErrors:
    def test_without_a_topic_nothing_is_published(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SNS_TOPIC_ARN")
        with pytest.raises(ConfigurationError, match="the environment lacks SNS_TOPIC_ARN"):
            TopicPublisher().publish(OrderCancelled(order_id="1"))

    def test_topic_and_group_fit(self) -> None:
        with pytest.raises(ConfigurationError, match="nothing says which events keep their order"):
            TopicPublisher(topic_arn=FIFO_TOPIC).publish(OrderCancelled(order_id="1"))
        with pytest.raises(ConfigurationError, match="standard topic, which keeps no order"):
            TopicPublisher(message_group_id="all").publish(OrderCancelled(order_id="1"))
        with pytest.raises(ValueError, match="not both"):
            TopicPublisher(message_group_id="all", message_group_field="order_id")

    @pytest.mark.parametrize(
        ("field", "order_id", "error"),
        [
            ("customer.id", "1", "no field 'customer.id'"),
            ("order_id", "", "message group ''"),
            ("order_id", "ü", "'ü'"),
        ],
    )
    def test_every_event_has_a_group_that_sns_takes(self, field: str, order_id: str, error: str) -> None:
        topic = FakeTopic()
        with pytest.raises(ValueError, match=error):
            TopicPublisher(topic_arn=FIFO_TOPIC, message_group_field=field).publish(OrderCancelled(order_id=order_id))
        assert topic.calls == []


@settings(deadline=None)
@given(
    sizes=st.lists(st.sampled_from([1, 100, 60_000, 130_000, 250_000]), max_size=25),
    refusals=st.lists(st.sampled_from([None, None, BUSY, WRONG]), max_size=60),
)
def test_whatever_fails_each_event_is_sent_exactly_once_or_named(
    sizes: list[int], refusals: list[tuple[str, bool] | None]
) -> None:
    answers = iter(refusals)
    topic = FakeTopic(lambda entries: [next(answers, None) for _ in entries])
    outgoing = [
        OutgoingEvent(event=OrderCancelled(order_id="x" * size), event_id=str(n)) for n, size in enumerate(sizes)
    ]
    failed: list[str] = []
    try:
        sent = list(TopicPublisher().publish_all(outgoing))
    except PublishError as error:
        failed = [each.event_id for each in error.failed]
        sent = list(error.sent)
    all_ids = [str(n) for n in range(len(sizes))]
    assert sorted([*sent, *failed], key=int) == all_ids
    assert sorted([*topic.accepted_ids(), *failed], key=int) == all_ids
    for call in topic.calls:
        assert len(call) <= 10
        assert sum(len(entry["Message"].encode()) for entry in call) <= MAXIMUM_MESSAGE_BYTES
