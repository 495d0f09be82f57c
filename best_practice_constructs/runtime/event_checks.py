"""What the fields of an event cannot be, checked when it is declared (E3, E7)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from best_practice_constructs.runtime.errors import InvalidEventError
from best_practice_constructs.runtime.event_fields import EventField, declared_fields, field_members, whole_event
from best_practice_constructs.runtime.event_size import event_size
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES
from best_practice_constructs.runtime.json_types import reason_not_json
from best_practice_constructs.runtime.secret_names import looks_secret


def check_fields(event_class: type, *, not_secret: Sequence[str], claim_check: Sequence[str]) -> None:
    """Refuse fields that are not JSON or look like secrets, and a class that can never be sent.

    :raises InvalidEventError: naming class and field.
    """
    try:
        fields = declared_fields(event_class) or {}
        reasons = {name: reason for name, hint in fields.items() if (reason := reason_not_json(hint))}
    except NameError as error:
        raise InvalidEventError(
            f"The types of the event {event_class.__qualname__} cannot be found: {error}. "
            "Import them, and not under TYPE_CHECKING, or define them in the same module."
        ) from error
    for name, reason in reasons.items():
        raise InvalidEventError(f"The field {name!r} of the event {event_class.__qualname__} is not JSON: {reason}.")
    _check_secrets(event_class, not_secret=not_secret)
    _check_claim_check(event_class, fields, claim_check=claim_check)
    smallest = event_size(event_class).smallest
    if smallest > MAXIMUM_EVENT_BYTES:
        raise InvalidEventError(
            f"The event {event_class.__qualname__} has at least {smallest} bytes, and EventBridge takes "
            f"{MAXIMUM_EVENT_BYTES}: leave fields out."
        )


def _check_claim_check(event_class: type, fields: Mapping[str, object], *, claim_check: Sequence[str]) -> None:
    name = event_class.__qualname__
    if isinstance(claim_check, str):
        raise InvalidEventError(
            f"claim_check={claim_check!r} of the event {name} is a text, and names fields: write "
            f"claim_check=({claim_check!r},)."
        )
    for given in claim_check:
        if given not in fields:
            close = difflib.get_close_matches(given, fields, n=1)
            raise InvalidEventError(
                f"The event {name} has no field {given!r}, which claim_check names: "
                + (f"did you mean {close[0]!r}?" if close else f"it has {', '.join(sorted(fields))}.")
            )
    if claim_check and fields.keys() <= set(claim_check):
        raise InvalidEventError(
            f"claim_check names every field of the event {name}, and nothing would be left that a rule can ask for: "
            "name the large ones only."
        )


def _check_secrets(event_class: type, *, not_secret: Sequence[str]) -> None:
    paths = {".".join(field.path) for field in _fields(whole_event(event_class), within=())}
    if unknown := sorted(set(not_secret) - paths):
        raise InvalidEventError(
            f"The event {event_class.__qualname__} has no field {unknown[0]!r}, which not_secret names; it has "
            f"{', '.join(sorted(paths))}."
        )
    for path in sorted(paths - set(not_secret)):
        if looks_secret(path.rpartition(".")[2]):
            raise InvalidEventError(
                f"The field {path!r} of the event {event_class.__qualname__} looks like a secret, and events are kept "
                f"in queues, archives and logs: leave it out, or say that it is none with not_secret=({path!r},)."
            )


def _fields(field: EventField, *, within: tuple[object, ...]) -> Iterator[EventField]:
    if any(each in within for each in field.types):
        return
    for member in field_members(field).values():
        yield member
        yield from _fields(member, within=(*within, *field.types))
