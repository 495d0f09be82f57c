"""Publish events to a topic of SNS: enriched, in batches, none dropped, in order where the topic is FIFO (E2, E6)."""

from __future__ import annotations

import functools
import operator
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypedDict, cast

from best_practice_constructs.runtime import clients, environment
from best_practice_constructs.runtime.batched_sending import THROTTLED, EntryError, batches, send
from best_practice_constructs.runtime.claim_check_writing import claim_check_store, unwritten_events
from best_practice_constructs.runtime.enriched_event import running_function
from best_practice_constructs.runtime.errors import ConfigurationError, FailedEvent, PublishError
from best_practice_constructs.runtime.outgoing_event import OutgoingEvent, outgoing_events
from best_practice_constructs.runtime.topic_entry import TopicEntry, topic_entry

MAXIMUM_MESSAGE_BYTES = 256 * 1024
"""What a topic takes in one call, unless its ``MaximumMessageSize`` says more."""

_PASSES_BY = THROTTLED | {"Throttled", "ThrottledException", "KMSThrottling", "KMSThrottlingException"}


class _Failure(TypedDict):
    Id: str
    Code: str
    Message: str
    SenderFault: bool


class _Success(TypedDict):
    Id: str


class _Response(TypedDict, total=False):
    Successful: list[_Success]
    Failed: list[_Failure]


class _SnsClient(Protocol):
    def publish_batch(self, *, TopicArn: str, PublishBatchRequestEntries: list[dict[str, str]]) -> _Response: ...  # noqa: N803 -- the API's names


class TopicPublisher:
    """Publishes declared events to a topic of SNS, in the envelope that EventBridge delivers (E2, E6).

    The message is ``source``, ``detail-type``, ``detail`` …, so that one consumer (``@queue_consumer(event=…)``)
    serves a bus and a topic. Entries that SNS refuses for a while are sent again, those alone, up to five times with
    full jitter, as long as the invocation has time.

    Of an event that is large, the fields that it declares for it (``claim_check``) are put into S3 before, where the
    function has a ``ClaimCheckStore``; consumers read it whole (E7).

    On a FIFO topic the events of a message group keep their order: of a group one is sent at a time, and what comes
    behind one that could not be sent is not sent. The event's id is its deduplication id.

    :param topic_arn: of the topic; by default that of the environment (``SNS_TOPIC_ARN``).
    :param resources: the event's ``resources``; by default the ARN of the running function, as it was invoked.
    :param message_group_id: of a FIFO topic: one group for all events.
    :param message_group_field: of a FIFO topic: the field of the event that names its group, such as ``"order_id"`` or
        ``"customer.id"``.
    :param maximum_bytes: what the topic takes in one call; more than the default only where its ``MaximumMessageSize``
        says so.

    :raises ValueError: both ``message_group_id`` and ``message_group_field`` are given.

    ```python
    import json
    from types import SimpleNamespace

    from best_practice_constructs.runtime import EventSource, TopicPublisher, clients

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderShipped:
        order_id: str


    sent = []


    def publish_batch(*, TopicArn, PublishBatchRequestEntries):
        sent.extend(PublishBatchRequestEntries)
        return {"Successful": [{"Id": entry["Id"]} for entry in PublishBatchRequestEntries]}


    clients.use("sns", SimpleNamespace(publish_batch=publish_batch))
    topic = "arn:aws:sns:eu-west-1:111122223333:notices"
    TopicPublisher(topic_arn=topic).publish(OrderShipped(order_id="17"))
    assert json.loads(sent[0]["Message"])["detail-type"] == "OrderShipped"
    clients.forget()
    ```
    """

    def __init__(
        self,
        *,
        topic_arn: str | None = None,
        resources: Sequence[str] | None = None,
        message_group_id: str | None = None,
        message_group_field: str | None = None,
        maximum_bytes: int = MAXIMUM_MESSAGE_BYTES,
    ) -> None:
        if message_group_id is not None and message_group_field is not None:
            raise ValueError("Pass message_group_id (one group for all) or message_group_field, not both.")
        self._topic_arn = topic_arn
        self._resources = resources
        self._group_id = message_group_id
        self._group_of = operator.attrgetter(message_group_field) if message_group_field else None
        self._group_field = message_group_field
        self._maximum_bytes = maximum_bytes

    def publish(
        self,
        event: object,
        *,
        event_id: str | None = None,
        correlation_id: str | None = None,
        causation_id: str | None = None,
        changed: Sequence[str] | None = None,
        occurred_at: datetime | None = None,
    ) -> str:
        """Publish one event and return its id; the parameters are those of :class:`OutgoingEvent`.

        :raises PublishError: it could not be sent.
        :raises EventTooLargeError: it is more than the topic takes.
        :raises UndeclaredEventError: it is no instance of a declared class.
        :raises InvalidEventDataError: its consumers could not read it.
        """
        outgoing = OutgoingEvent(
            event=event,
            event_id=event_id,
            correlation_id=correlation_id,
            causation_id=causation_id,
            changed=changed,
            occurred_at=occurred_at,
        )
        return self.publish_all([outgoing])[0]

    def publish_all(self, events: Sequence[OutgoingEvent]) -> tuple[str, ...]:
        """Publish events, in calls of at most 10 entries and ``maximum_bytes``, and return their ids, in their order.

        All are checked, and what is put aside of them is written, before the first is sent; one that cannot be sent
        keeps nothing back, except on a FIFO topic what is behind it in its group.

        :raises PublishError: some could not be sent; the error names them.
        :raises EventTooLargeError: one alone is more than the topic takes; nothing was sent.
        :raises UndeclaredEventError: one is no :class:`OutgoingEvent` of a declared class; nothing was sent.
        :raises InvalidEventDataError: a value is none of its declared type; nothing was sent.
        :raises ConfigurationError: no topic, a FIFO topic without a group, or a group for another topic.
        :raises ValueError: an event has no group that SNS takes; nothing was sent.
        """
        topic_arn = self._topic_arn or os.environ.get(environment.SNS_TOPIC_ARN)
        if not topic_arn:
            raise ConfigurationError(
                f"No topic to publish to: the environment lacks {environment.SNS_TOPIC_ARN}. Set it in the stack, "
                "function.add_environment('SNS_TOPIC_ARN', topic.topic_arn), or give TopicPublisher(topic_arn=…)."
            )
        is_fifo = topic_arn.endswith(".fifo")
        self._check_group(topic_arn, is_fifo=is_fifo)
        listed = outgoing_events(events)
        resources = self._resources if self._resources is not None else running_function()
        store = claim_check_store()
        entries = [
            topic_entry(
                event,
                resources=resources,
                message_group_id=self._group(event.event) if is_fifo else None,
                most_bytes=self._maximum_bytes,
                store=store,
            )
            for event in listed
        ]
        unwritten = unwritten_events(entries)
        send_all = self._send_in_order if is_fifo else self._send
        failed = send_all(entries, topic_arn, unwritten=unwritten)
        if failed:
            failed_ids = {failure.event_id for failure in failed}
            raise PublishError(failed=failed, sent=[e.event_id for e in entries if e.event_id not in failed_ids])
        return tuple(entry.event_id for entry in entries)

    def _check_group(self, topic_arn: str, *, is_fifo: bool) -> None:
        has_group = self._group_id is not None or self._group_of is not None
        if is_fifo and not has_group:
            raise ConfigurationError(
                f"{topic_arn} is a FIFO topic, and nothing says which events keep their order: give TopicPublisher "
                "message_group_field='order_id' (a field of the events) or message_group_id='…' (one group for all)."
            )
        if has_group and not is_fifo:
            raise ConfigurationError(
                f"{topic_arn} is a standard topic, which keeps no order: leave the message group out, or publish to a "
                "FIFO topic."
            )

    def _group(self, event: object) -> str | None:
        if self._group_of is None:
            return self._group_id
        try:
            return str(self._group_of(event))
        except AttributeError:
            raise ValueError(
                f"The event {type(event).__name__} has no field {self._group_field!r} that names its message group."
            ) from None

    def _send(
        self, entries: Sequence[TopicEntry], topic_arn: str, *, unwritten: Mapping[int, FailedEvent]
    ) -> list[FailedEvent]:
        put = functools.partial(_put, topic_arn=topic_arn)
        failed = [unwritten[id(entry)] for entry in entries if id(entry) in unwritten]
        ready = [entry for entry in entries if id(entry) not in unwritten]
        for batch in batches(ready, most_bytes=self._maximum_bytes):
            failed += send(batch, put=put)
        return failed

    def _send_in_order(
        self, entries: Sequence[TopicEntry], topic_arn: str, *, unwritten: Mapping[int, FailedEvent]
    ) -> list[FailedEvent]:
        # Of a call that is taken in part, what is refused would be sent again behind what it has to precede. So no call
        # holds two of a group, and a group that is stuck stays so.
        failed: list[FailedEvent] = []
        stuck: set[str | None] = set()
        waiting = list(entries)
        while waiting:
            first: dict[str | None, TopicEntry] = {}
            later: list[TopicEntry] = []
            for entry in waiting:
                if first.setdefault(entry.message_group_id, entry) is not entry:
                    later.append(entry)
            refused = self._send(list(first.values()), topic_arn, unwritten=unwritten)
            refused_ids = {failure.event_id for failure in refused}
            stuck |= {group for group, entry in first.items() if entry.event_id in refused_ids}
            failed += refused
            failed += [_behind(entry) for entry in later if entry.message_group_id in stuck]
            waiting = [entry for entry in later if entry.message_group_id not in stuck]
        return failed


def _behind(entry: TopicEntry) -> FailedEvent:
    return FailedEvent(
        event_id=entry.event_id,
        detail_type=entry.detail_type,
        error_code="BehindFailedEvent",
        error_message=f"an event before it in the message group {entry.message_group_id} was not sent",
    )


def _put(entries: Sequence[TopicEntry], *, topic_arn: str) -> list[EntryError | None]:
    response = cast("_SnsClient", clients.single_attempt_client("sns")).publish_batch(
        TopicArn=topic_arn, PublishBatchRequestEntries=[_request(entry, id=str(n)) for n, entry in enumerate(entries)]
    )
    # What the answer does not name was not taken, as far as anybody knows.
    unnamed = EntryError(code="UnexpectedResponse", message="the answer does not name it", is_permanent=False)
    outcomes: dict[str, EntryError | None] = {success["Id"]: None for success in response.get("Successful", [])}
    for failure in response.get("Failed", []):
        outcomes[failure["Id"]] = EntryError(
            code=failure["Code"],
            message=failure.get("Message", ""),
            is_permanent=failure["SenderFault"] and failure["Code"] not in _PASSES_BY,
        )
    return [outcomes.get(str(n), unnamed) for n in range(len(entries))]


def _request(entry: TopicEntry, *, id: str) -> dict[str, str]:
    request = {"Id": id, "Message": entry.message}
    if entry.message_group_id is not None:
        request |= {"MessageGroupId": entry.message_group_id, "MessageDeduplicationId": entry.deduplication_id}
    return request
