"""What SNS is given of an event: the same envelope that EventBridge delivers, as the message (E2, E6)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from best_practice_constructs.runtime import codec
from best_practice_constructs.runtime.enriched_event import enriched_event
from best_practice_constructs.runtime.event_detail import fitting_detail
from best_practice_constructs.runtime.outgoing_event import OutgoingEvent

if TYPE_CHECKING:
    from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings
    from best_practice_constructs.runtime.put_aside import PutAside

_TOKEN = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, kw_only=True)
class TopicEntry:
    """An event as SNS takes it.

    :param message: the envelope, as JSON.
    :param size: its bytes.
    :param message_group_id: of a FIFO topic: the events of a group keep their order.
    :param put_aside: what has to be written before it is sent.
    """

    event_id: str
    detail_type: str
    message: str
    size: int
    message_group_id: str | None
    put_aside: PutAside | None = None

    @property
    def deduplication_id(self) -> str:
        """The event's id, as far as SNS takes such a text: a repetition within five minutes is dropped."""
        if _TOKEN.fullmatch(self.event_id):
            return self.event_id
        return hashlib.sha256(self.event_id.encode()).hexdigest()


def topic_entry(
    outgoing: OutgoingEvent,
    *,
    resources: Sequence[str],
    message_group_id: str | None,
    most_bytes: int,
    store: ClaimCheckSettings | None = None,
) -> TopicEntry:
    """Enrich an event with its metadata and make it what SNS takes.

    :param most_bytes: what the topic takes in one call.
    :param store: where the large fields of large events are put aside; ``None`` for nowhere.
    :raises UndeclaredEventError: the event's class is not declared.
    :raises EventTooLargeError: the event alone is more than one call may carry.
    :raises InvalidEventDataError: a value of the event is none of its declared type.
    :raises ValueError: ``occurred_at`` has no time zone, or SNS takes no such group.
    """
    event = enriched_event(outgoing)
    declaration, metadata = event.declaration, event.metadata
    envelope = codec.encode(
        {
            "id": metadata.event_id,
            "source": declaration.source,
            "detail-type": declaration.detail_type,
            "time": metadata.occurred_at,
            "resources": list(resources),
        }
    )
    around = b'%b,"detail":' % envelope[:-1]
    detail = fitting_detail(event, overhead=len(around) + 1, most_bytes=most_bytes, carrier="the topic", store=store)
    if message_group_id is not None and not _TOKEN.fullmatch(message_group_id):
        raise ValueError(
            f"The event {declaration.detail_type} {metadata.event_id} cannot go to the message group "
            f"{message_group_id!r}: SNS takes 1 to 128 letters, digits and punctuation marks of ASCII."
        )
    return TopicEntry(
        event_id=metadata.event_id,
        detail_type=declaration.detail_type,
        message=(b"%b%b}" % (around, detail.text)).decode(),
        size=detail.size,
        message_group_id=message_group_id,
        put_aside=detail.put_aside,
    )
