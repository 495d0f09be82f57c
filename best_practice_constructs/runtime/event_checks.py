"""What the fields of an event cannot be, checked when it is declared (E3, E7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from best_practice_constructs.runtime.errors import InvalidEventError
from best_practice_constructs.runtime.event_fields import EventField, declared_fields, field_members, whole_event
from best_practice_constructs.runtime.event_size import event_size
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES
from best_practice_constructs.runtime.json_types import reason_not_json
from best_practice_constructs.runtime.secret_names import looks_secret


def check_fields(event_class: type, *, not_secret: Sequence[str]) -> None:
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
    smallest = event_size(event_class).smallest
    if smallest > MAXIMUM_EVENT_BYTES:
        raise InvalidEventError(
            f"The event {event_class.__qualname__} has at least {smallest} bytes, and EventBridge takes "
            f"{MAXIMUM_EVENT_BYTES}: put the large part into S3 and its key into the event."
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
