"""The idempotency key of a consumer of declared events: where it is looked for (H2)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

import jmespath
from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.runtime.event_fields import (
    EventField,
    UnknownFieldError,
    field_members,
    find_field,
    whole_event,
)
from best_practice_constructs.runtime.event_type import EventDeclaration
from best_practice_constructs.runtime.key_fields import fields_of_data

_DATA = "detail.data."
_PLAIN_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_PARTS_OF_DETAIL: tuple[list[str], ...] = (["data"], ["metadata"], ["numbers"], [])
_DEEPEST = 3
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
    first, *rest = idempotency_key.split(".")
    if first not in _OF_ENVELOPE or (event is not None and first == "detail" and rest[:1] not in _PARTS_OF_DETAIL):
        raise InvalidArgumentError(
            scope,
            given=f"idempotency_key={idempotency_key!r} for {events}",
            reason="an event has its data under detail.data, so no event has this key and each would be a dead letter",
            remedy=_key_meant(event, [name for name in (first, *rest) if name not in ("detail", "data")]),
        )
    if event is not None and idempotency_key.startswith(_DATA):
        try:
            find_field(event.type, rest[1:])
        except UnknownFieldError as error:
            raise InvalidArgumentError(
                scope,
                given=f"idempotency_key={idempotency_key!r} for {events}",
                reason=f"{error}, so each event would be a dead letter",
                remedy=_key_meant(event, rest[1:]),
            ) from error


def _key_meant(event: EventDeclaration | None, path: Sequence[str]) -> str:
    """Say the key that was meant, if an event has it; else what it has."""
    wanted = ".".join(path)
    if event is None:
        return f"write idempotency_key='{_DATA}{wanted}', if that is where the events have it"
    has = list(_paths_in(whole_event(event.type)))
    # What was meant may lie deeper than it was written.
    close = [wanted] if wanted in has else [each for each in has if each.endswith(f".{wanted}")]
    close = close or difflib.get_close_matches(wanted, has, n=1)
    if close:
        return f"write idempotency_key='{_DATA}{close[0]}'"
    return (
        f"name a field of {event.type.__name__}, as in idempotency_key='{_DATA}{has[0]}': it has {', '.join(has)}; or "
        "leave idempotency_key out for the event's id"
        if has
        else f"leave idempotency_key out for the event's id: {event.type.__name__} has no fields"
    )


def _paths_in(field: EventField, *, depth: int = _DEEPEST) -> Iterator[str]:
    """Give the paths of single values, which alone can be compared; what lies in a list is none."""
    for each in field_members(field).values():
        if each.lists:
            continue
        if not each.is_nested:
            yield ".".join(each.path)
        elif depth:
            yield from _paths_in(each, depth=depth - 1)


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
