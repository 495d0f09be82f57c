"""What EventBridge is given of an event: the enriched envelope (E6) and its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from best_practice_constructs.runtime.enriched_event import enriched_event
from best_practice_constructs.runtime.errors import EventTooLargeError
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES
from best_practice_constructs.runtime.outgoing_event import OutgoingEvent

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

_BYTES_OF_TIME = 14


@dataclass(frozen=True, kw_only=True)
class EventEntry:
    """An event as EventBridge takes it.

    :param size: its size in bytes, counted as EventBridge does.
    """

    event_id: str
    detail_type: str
    request: PutEventsRequestEntryTypeDef
    size: int


def event_entry(outgoing: OutgoingEvent, *, bus_name: str, resources: Sequence[str]) -> EventEntry:
    """Enrich an event with its metadata and make it what EventBridge takes.

    :raises UndeclaredEventError: the event's class is not declared.
    :raises EventTooLargeError: the event alone is more than one call may carry.
    :raises ValueError: a number of the event is none, or ``occurred_at`` has no time zone.
    """
    event = enriched_event(outgoing)
    declaration, metadata, detail = event.declaration, event.metadata, event.detail
    size = (
        _BYTES_OF_TIME
        + len(detail)
        + sum(len(text.encode()) for text in (declaration.source, declaration.detail_type, *resources))
    )
    if size > MAXIMUM_EVENT_BYTES:
        raise EventTooLargeError(
            f"The event {declaration.detail_type} {metadata.event_id} has {size} bytes, and EventBridge takes "
            f"{MAXIMUM_EVENT_BYTES}: put the large part into S3 and its key into the event."
        )
    return EventEntry(
        event_id=metadata.event_id,
        detail_type=declaration.detail_type,
        request={
            "Source": declaration.source,
            "DetailType": declaration.detail_type,
            "Detail": detail.decode(),
            "Resources": list(resources),
            "EventBusName": bus_name,
            "Time": metadata.occurred_at,
        },
        size=size,
    )
