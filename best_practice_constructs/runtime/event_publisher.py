"""Publish events: enriched, in batches, none dropped (E6, H1, H6)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from best_practice_constructs.runtime import clients, environment
from best_practice_constructs.runtime.batched_sending import EntryError, batches, send
from best_practice_constructs.runtime.claim_check_writing import claim_check_store, unwritten_events
from best_practice_constructs.runtime.enriched_event import running_function
from best_practice_constructs.runtime.errors import ConfigurationError, FailedEvent, PublishError
from best_practice_constructs.runtime.event_entry import EventEntry, event_entry
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES
from best_practice_constructs.runtime.outgoing_event import OutgoingEvent, outgoing_events

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import PutEventsResultEntryTypeDef

_PERMANENT_ENTRY_ERRORS = frozenset(
    {
        "InvalidArgument",
        "MalformedDetail",
        "NotAuthorizedForDetailType",
        "NotAuthorizedForDetailTypeException",
        "NotAuthorizedForSource",
        "NotAuthorizedForSourceException",
    }
)


class EventPublisher:
    """Publishes declared events to a bus, in the enriched envelope (E6).

    ``source`` and ``detail-type`` come from the event's declaration, ``resources`` names the function,
    ``detail.metadata`` says where the event comes from, ``detail.data`` is the event. Entries that EventBridge refuses
    for a while are sent again, those alone, up to five times with full jitter, as long as the invocation has time; a
    call that fails as a whole is one of the five. An answer that gets lost sends events twice, under the same id.

    Of an event that is large, the fields that it declares for it (``claim_check``) are put into S3 before, where the
    function has a ``ClaimCheckStore``; consumers read it whole (E7).

    :param bus_name: the name or ARN of the bus; by default that of the environment (``EVENT_BUS_NAME``).
    :param resources: the event's ``resources``; by default the ARN of the running function, as it was invoked.

    ```python
    import os
    from types import SimpleNamespace

    from best_practice_constructs.runtime import EventPublisher, EventSource, clients

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderCancelled:
        order_id: str


    os.environ["EVENT_BUS_NAME"] = "orders"
    sent = []


    def put_events(*, Entries):
        sent.extend(Entries)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in Entries]}


    clients.use("events", SimpleNamespace(put_events=put_events))
    EventPublisher().publish(OrderCancelled(order_id="17"), changed=["order.state"])
    assert sent[0]["DetailType"] == "OrderCancelled"
    clients.forget()
    ```
    """

    def __init__(self, *, bus_name: str | None = None, resources: Sequence[str] | None = None) -> None:
        self._bus_name = bus_name
        self._resources = resources

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
        :raises EventTooLargeError: it is more than EventBridge takes.
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
        """Publish events, in calls of at most 10 entries and 1 MB, and return their ids in the order given.

        All are checked before the first is sent, and what is put aside of them is written before their call; one that
        cannot be sent does not keep the others back.

        :raises PublishError: some could not be sent; the error names them.
        :raises EventTooLargeError: one alone is more than EventBridge takes; nothing was sent.
        :raises UndeclaredEventError: one is no :class:`OutgoingEvent` of a declared class; nothing was sent.
        :raises InvalidEventDataError: a value is none of its declared type; nothing was sent.
        """
        entries = self.prepare(events)
        failed = [
            failure for batch in batches(entries, most_bytes=MAXIMUM_EVENT_BYTES) for failure in send_entries(batch)
        ]
        if failed:
            failed_ids = {failure.event_id for failure in failed}
            raise PublishError(failed=failed, sent=[e.event_id for e in entries if e.event_id not in failed_ids])
        return tuple(entry.event_id for entry in entries)

    def prepare(self, events: Sequence[OutgoingEvent]) -> list[EventEntry]:
        """Enrich events with what is known now, and make them what EventBridge takes; nothing is sent.

        :raises EventTooLargeError: one alone is more than EventBridge takes.
        :raises InvalidEventDataError: a value is none of its declared type.
        """
        bus_name = self._bus_name or os.environ.get(environment.EVENT_BUS_NAME)
        if not bus_name:
            raise ConfigurationError(
                f"No bus to publish to: the environment lacks {environment.EVENT_BUS_NAME}. "
                "Call bus.add_publisher(function) in the stack, or give EventPublisher(bus_name=…)."
            )
        listed = outgoing_events(events)
        resources = self._resources if self._resources is not None else running_function()
        store = claim_check_store()
        return [event_entry(event, bus_name=bus_name, resources=resources, store=store) for event in listed]


def send_entries(batch: Sequence[EventEntry]) -> list[FailedEvent]:
    """Send what one call may carry, after what is put aside of it is written; give what could not be sent."""
    unwritten = unwritten_events(batch)
    ready = [entry for entry in batch if id(entry) not in unwritten]
    return [*unwritten.values(), *(send(ready, put=_put) if ready else ())]


def _put(entries: Sequence[EventEntry]) -> list[EntryError | None]:
    response = clients.single_attempt_client("events").put_events(Entries=[entry.request for entry in entries])
    return [_entry_error(result) for result in response["Entries"]]


def _entry_error(result: PutEventsResultEntryTypeDef) -> EntryError | None:
    code = result.get("ErrorCode")
    if not code:
        return None
    message = result.get("ErrorMessage", "")
    return EntryError(code=code, message=message, is_permanent=code in _PERMANENT_ENTRY_ERRORS)
