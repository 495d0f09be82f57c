"""What EventBridge is given of an event: the enriched envelope (E6) and its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from best_practice_constructs.runtime.enriched_event import enriched_event
from best_practice_constructs.runtime.event_detail import fitting_detail
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES
from best_practice_constructs.runtime.outgoing_event import OutgoingEvent

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

    from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings
    from best_practice_constructs.runtime.put_aside import PutAside

_BYTES_OF_TIME = 14


@dataclass(frozen=True, kw_only=True)
class EventEntry:
    """An event as EventBridge takes it.

    :param size: its size in bytes, counted as EventBridge does.
    :param put_aside: what has to be written before it is sent.
    """

    event_id: str
    detail_type: str
    request: PutEventsRequestEntryTypeDef
    size: int
    put_aside: PutAside | None = None


def event_entry(
    outgoing: OutgoingEvent, *, bus_name: str, resources: Sequence[str], store: ClaimCheckSettings | None = None
) -> EventEntry:
    """Enrich an event with its metadata and make it what EventBridge takes.

    :param store: where the large fields of large events are put aside; ``None`` for nowhere.
    :raises UndeclaredEventError: the event's class is not declared.
    :raises EventTooLargeError: the event alone is more than one call may carry.
    :raises InvalidEventDataError: a value of the event is none of its declared type.
    :raises ValueError: ``occurred_at`` has no time zone.
    """
    event = enriched_event(outgoing)
    declaration, metadata = event.declaration, event.metadata
    named = (declaration.source, declaration.detail_type, *resources)
    detail = fitting_detail(
        event,
        overhead=_BYTES_OF_TIME + sum(len(text.encode()) for text in named),
        most_bytes=MAXIMUM_EVENT_BYTES,
        carrier="EventBridge",
        store=store,
    )
    return EventEntry(
        event_id=metadata.event_id,
        detail_type=declaration.detail_type,
        request={
            "Source": declaration.source,
            "DetailType": declaration.detail_type,
            "Detail": detail.text.decode(),
            "Resources": list(resources),
            "EventBusName": bus_name,
            "Time": metadata.occurred_at,
        },
        size=detail.size,
        put_aside=detail.put_aside,
    )
