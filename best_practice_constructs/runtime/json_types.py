"""Tell whether a Python type has one JSON form that is read back as the same value."""

from __future__ import annotations

import collections.abc
import datetime
import decimal
import enum
import types
import typing
import uuid

from best_practice_constructs.runtime.event_fields import LISTS, MAPPINGS, declared_fields

_SCALARS = (
    str,
    int,
    float,
    bool,
    type(None),
    decimal.Decimal,
    datetime.datetime,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    uuid.UUID,
)


def reason_not_json(field_type: object) -> str | None:
    """Say why ``field_type`` cannot travel as JSON, or ``None`` when it can."""
    return _reason(field_type, seen=set())


def _reason(field_type: object, *, seen: set[object]) -> str | None:
    if field_type in _SCALARS or field_type in (typing.Any, object, Ellipsis) or field_type in LISTS + MAPPINGS:
        return None
    origin = typing.get_origin(field_type)
    arguments = typing.get_args(field_type)
    if origin is typing.Literal:
        return None
    if origin is typing.Annotated:
        return _reason(arguments[0], seen=seen)
    if origin in (typing.Union, types.UnionType) or origin in LISTS:
        return _first_reason(arguments, seen=seen)
    if origin in MAPPINGS:
        if arguments[0] is not str:
            return (
                f"{_name(field_type)} has keys that are not str, and the members of a JSON object are named by strings"
            )
        return _reason(arguments[1], seen=seen)
    if isinstance(field_type, type):
        return _reason_of_class(field_type, seen=seen)
    return f"{_name(field_type)} has no JSON form"


def _reason_of_class(field_type: type, *, seen: set[object]) -> str | None:
    if field_type in seen or issubclass(field_type, enum.Enum):
        return None
    fields = declared_fields(field_type)
    if fields is not None:
        return _first_reason(fields.values(), seen=seen | {field_type})
    return f"{_name(field_type)} has no JSON form"


def _first_reason(field_types: collections.abc.Iterable[object], *, seen: set[object]) -> str | None:
    return next((reason for each in field_types if (reason := _reason(each, seen=seen))), None)


def _name(field_type: object) -> str:
    return field_type.__qualname__ if isinstance(field_type, type) else str(field_type)
