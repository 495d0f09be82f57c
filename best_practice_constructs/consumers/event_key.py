"""The idempotency key of a consumer of declared events: where it is looked for (H2)."""

from __future__ import annotations

import re

import jmespath
from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.runtime.event_fields import UnknownFieldError, find_field
from best_practice_constructs.runtime.event_type import EventDeclaration
from best_practice_constructs.runtime.key_fields import fields_of_data

_DATA = "detail.data."
_PLAIN_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_OF_ENVELOPE = ("detail", "id", "source", "account", "region", "resources", "time", "version")


def check_event_key(scope: Construct, idempotency_key: str, event: EventDeclaration | None) -> None:
    """Refuse a key that none of the events has: every one of them would be a dead letter.

    Expressions that are more than a path are left to the runtime.

    :raises InvalidArgumentError: the path begins at none of the fields of the envelope, or ends at none of the event's
        own; or the key needs a field that may be put aside.
    """
    if event is not None and event.claim_check:
        _check_stays(scope, idempotency_key, event)
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


def _check_stays(scope: Construct, idempotency_key: str, event: EventDeclaration) -> None:
    fields = fields_of_data(jmespath.compile(idempotency_key).parsed) or frozenset()
    if aside := sorted(fields & set(event.claim_check)):
        raise InvalidArgumentError(
            scope,
            given=f"idempotency_key={idempotency_key!r} for {event.detail_type}",
            reason=f"{aside[0]!r} is put aside when the event is large (claim_check), and expires there: whether a "
            "message that comes again was handled could not be told any more (H2)",
            remedy="name a field that stays in the event, or leave idempotency_key out for the event's id",
        )
