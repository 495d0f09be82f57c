"""The idempotency key of a consumer of declared events: where it is looked for (H2)."""

from __future__ import annotations

import re

from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.runtime.event_fields import UnknownFieldError, find_field
from best_practice_constructs.runtime.event_type import EventDeclaration

_DATA = "detail.data."
_PLAIN_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_OF_ENVELOPE = ("detail", "id", "source", "account", "region", "resources", "time", "version")


def check_event_key(scope: Construct, idempotency_key: str, event: EventDeclaration | None) -> None:
    """Refuse a key that none of the events has: every one of them would be a dead letter.

    Expressions that are more than a path are left to the runtime.

    :raises InvalidArgumentError: the path begins at none of the fields of the envelope, or ends at none of the event's
        own.
    """
    if not _PLAIN_PATH.fullmatch(idempotency_key):
        return
    events = event.detail_type if event else "events"
    first, _, rest = idempotency_key.partition(".")
    if first not in _OF_ENVELOPE:
        raise InvalidArgumentError(
            scope,
            given=f"idempotency_key={idempotency_key!r} for {events}",
            reason="an event has its data under detail.data, so no event has this key and each would be a dead letter",
            remedy=f"write idempotency_key='{_DATA}{idempotency_key}'",
        )
    if event is not None and idempotency_key.startswith(_DATA):
        try:
            find_field(event.type, rest.split(".")[1:])
        except UnknownFieldError as error:
            raise InvalidArgumentError(
                scope,
                given=f"idempotency_key={idempotency_key!r} for {events}",
                reason=f"{error}, so each event would be a dead letter",
                remedy=f"name a field of {event.type.__name__}",
            ) from error
