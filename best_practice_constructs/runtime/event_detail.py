"""The detail of an event as it fits into what carries it: whole, or with its large fields put aside (E7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from best_practice_constructs.runtime.enriched_event import EnrichedEvent

if TYPE_CHECKING:
    from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings
    from best_practice_constructs.runtime.put_aside import PutAside


@dataclass(frozen=True, kw_only=True, slots=True)
class EventDetail:
    """The detail of an event.

    :param text: as JSON.
    :param size: the bytes of the whole entry.
    :param put_aside: what has to be written before the event is sent; ``None`` of an event that is whole.
    """

    text: bytes
    size: int
    put_aside: PutAside | None = None


def fitting_detail(
    event: EnrichedEvent, *, overhead: int, most_bytes: int, carrier: str, store: ClaimCheckSettings | None
) -> EventDetail:
    """Give the detail of an event, thin where the event is large.

    :param overhead: the bytes of the entry beside the detail.
    :param most_bytes: what the carrier takes.
    :param carrier: what it is called.
    :param store: where fields can be put aside; ``None`` for nowhere.
    :raises EventTooLargeError: the carrier does not take it, whatever is put aside.
    """
    text = event.detail
    detail = EventDetail(text=text, size=overhead + len(text))
    threshold = most_bytes if store is None else min(store.threshold_bytes, most_bytes)
    if detail.size > threshold:
        # Most handlers never publish a large event.
        from best_practice_constructs.runtime.put_aside import thin_detail, too_large

        if store is not None and event.declaration.claim_check:
            detail = thin_detail(event, whole=detail, most_bytes=threshold, store=store)
        if detail.size > most_bytes:
            raise too_large(event, detail, most_bytes=most_bytes, carrier=carrier, has_store=store is not None)
    return detail
