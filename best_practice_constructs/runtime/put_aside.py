"""Put the large fields of an event aside, into S3, before the event is sent (E7)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from best_practice_constructs.runtime import clients, codec, telemetry
from best_practice_constructs.runtime.claim_check import ClaimCheck, object_key
from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings
from best_practice_constructs.runtime.enriched_event import EnrichedEvent
from best_practice_constructs.runtime.errors import EventTooLargeError, FailedEvent
from best_practice_constructs.runtime.event_detail import EventDetail
from best_practice_constructs.runtime.json_members import bytes_of, members_of, object_of

_LARGEST_NAMED = 3
# Two quotes, a colon and a comma.
_BYTES_AROUND_VALUE = 4


@dataclass(frozen=True, kw_only=True)
class PutAside:
    """Fields of an event as an object of S3.

    :param content: the object.
    """

    claim_check: ClaimCheck
    content: bytes


class CarriedEvent(Protocol):
    """An event that is about to be sent."""

    @property
    def event_id(self) -> str:
        """The id of the event."""
        ...

    @property
    def detail_type(self) -> str:
        """The name of the event."""
        ...

    @property
    def put_aside(self) -> PutAside | None:
        """What has to be written before."""
        ...


def thin_detail(event: EnrichedEvent, *, whole: EventDetail, most_bytes: int, store: ClaimCheckSettings) -> EventDetail:
    """Put as many of the declared fields aside as it takes, the largest first.

    When all of them do not suffice, all are put aside: what is left may still fit into what the carrier takes. An event
    that would only grow stays whole.

    :param whole: the detail with all its fields.
    :param most_bytes: the size of the entry that is wanted.
    """
    members = _members(event)
    declared = [name for name in event.declaration.claim_check if name in members]
    declared.sort(key=lambda name: bytes_of(members[name]), reverse=True)
    left = whole.size
    thin = whole
    for count, name in enumerate(declared, 1):
        left -= len(name.encode()) + bytes_of(members[name]) + _BYTES_AROUND_VALUE
        if left > most_bytes and count < len(declared):
            continue
        thin = _without(event, members, put_aside=declared[:count], whole=whole, store=store)
        if thin.size <= most_bytes:
            break
    return thin if thin.size < whole.size else whole


def write_put_aside(events: Sequence[CarriedEvent]) -> dict[int, FailedEvent]:
    """Write what was put aside of events, each object once.

    :return: the events that must not be sent, since an object of theirs could not be written, by their ``id()``.
    """
    failed: dict[int, FailedEvent] = {}
    faults: dict[str, tuple[str, str] | None] = {}
    for event in events:
        if event.put_aside is None:
            continue
        key = event.put_aside.claim_check.key
        if key not in faults:
            faults[key] = _write(event.put_aside)
        fault = faults[key]
        if fault is not None:
            failed[id(event)] = FailedEvent(
                event_id=event.event_id, detail_type=event.detail_type, error_code=fault[0], error_message=fault[1]
            )
            continue
        telemetry.logger().info(
            "Fields of a large event put aside",
            extra={
                "published_event_id": event.event_id,
                "detail_type": event.detail_type,
                "fields": event.put_aside.claim_check.fields,
                "bytes": event.put_aside.claim_check.size,
            },
        )
    return failed


def too_large(
    event: EnrichedEvent, detail: EventDetail, *, most_bytes: int, carrier: str, has_store: bool
) -> EventTooLargeError:
    """Make the error of an event that is too large, with its largest fields and what to declare."""
    put_aside = detail.put_aside.claim_check.fields if detail.put_aside else ()
    members = _members(event)
    sizes = {name: bytes_of(value) for name, value in members.items() if name not in put_aside}
    largest = sorted(sizes, key=lambda name: sizes[name], reverse=True)[:_LARGEST_NAMED]
    named = ", ".join(f"{name} ({sizes[name]} bytes)" for name in largest) or "not known"
    declared = event.declaration.claim_check
    without = f" without {', '.join(put_aside)}, which were put aside" if put_aside else ""
    if any(name in declared for name in largest[:1]) and not has_store:
        remedy = (
            f"{largest[0]} may be put aside, and there is no place for it: give the bus a ClaimCheckStore "
            "(EnrichedEventBus(claim_check=…)) and call bus.add_publisher(function), or call "
            "store.allow_publisher(function)"
        )
    elif members.keys() <= {*declared, *largest[:1]}:
        # Some field has to stay.
        remedy = "leave out what is large, or put it into S3 yourself and its key into the event"
    else:
        names = ", ".join(repr(name) for name in dict.fromkeys((*declared, *largest[:1])))
        remedy = f"declare the event with claim_check=({names},), so that they are put into S3 when it is large"
        if not has_store:
            remedy += ", and give the bus a ClaimCheckStore (EnrichedEventBus(claim_check=…))"
    return EventTooLargeError(
        f"The event {event.declaration.detail_type} {event.metadata.event_id} has {detail.size} bytes{without}, and "
        f"{carrier} takes {most_bytes}. Its largest fields are {named}: {remedy}."
    )


def _without(
    event: EnrichedEvent,
    members: Mapping[str, msgspec.Raw],
    *,
    put_aside: Sequence[str],
    whole: EventDetail,
    store: ClaimCheckSettings,
) -> EventDetail:
    content = object_of({name: value for name, value in members.items() if name in put_aside})
    digest = hashlib.sha256(content).hexdigest()
    expires_at = datetime.now(UTC).replace(microsecond=0) + store.expires_after if store.expires_after else None
    claim_check = ClaimCheck(
        bucket=store.bucket,
        key=object_key(digest),
        sha256=digest,
        size=len(content),
        fields=tuple(put_aside),
        expires_at=expires_at,
    )
    text = event.thin_detail(
        data=object_of({name: value for name, value in members.items() if name not in put_aside}),
        claim_check=codec.encode(claim_check),
    )
    return EventDetail(
        text=text,
        size=whole.size - len(whole.text) + len(text),
        put_aside=PutAside(claim_check=claim_check, content=content),
    )


def _members(event: EnrichedEvent) -> Mapping[str, msgspec.Raw]:
    try:
        return members_of(event.data)
    except msgspec.ValidationError:
        # A Pydantic model may be written as anything.
        return {}


def _write(put_aside: PutAside) -> tuple[str, str] | None:
    """Write an object; return what went wrong, after the client's own retries."""
    claim_check = put_aside.claim_check
    try:
        # Again when it is there already: it lives longer then.
        # sdk-calls: on CLAIM_CHECK_BUCKET_NAME if CLAIM_CHECK_BUCKET_NAME
        clients.client("s3").put_object(
            Bucket=claim_check.bucket,
            Key=claim_check.key,
            Body=put_aside.content,
            ContentType="application/json",
            ChecksumSHA256=base64.b64encode(bytes.fromhex(claim_check.sha256)).decode(),
        )
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "Unknown")
        return code, _not_written(claim_check, error)
    except BotoCoreError as error:
        return type(error).__name__, _not_written(claim_check, error)
    return None


def _not_written(claim_check: ClaimCheck, error: Exception) -> str:
    fields = ", ".join(claim_check.fields)
    return f"{fields} could not be put aside into s3://{claim_check.bucket}/{claim_check.key}: {error}"
