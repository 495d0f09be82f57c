"""The values of filters: which fit the types of a field, and how EventBridge sees them."""

from __future__ import annotations

import datetime
import decimal
import enum
import typing
import uuid
from collections.abc import Sequence

Scalar = str | int | float | bool | None
MOMENTS = (datetime.datetime, datetime.time)


def is_text(field_type: object) -> bool:
    """Tell whether texts are compared with what a field of the type holds."""
    if typing.get_origin(field_type) is typing.Literal:
        return any(isinstance(each, str) for each in typing.get_args(field_type))
    if isinstance(field_type, type) and issubclass(field_type, enum.Enum):
        return any(isinstance(each.value, str) for each in field_type)
    return field_type in (str, uuid.UUID, datetime.date)


def is_text_in_json(field_type: object) -> bool:
    """Tell whether what a field of the type holds is a text as it is published, whatever it is."""
    if typing.get_origin(field_type) is typing.Literal:
        return all(isinstance(each, str) for each in typing.get_args(field_type))
    return field_type in (*MOMENTS, decimal.Decimal, datetime.timedelta) or is_text(field_type)


def is_of(value: object, field_type: object) -> bool:
    """Tell whether a value is of the type of a field, exactly."""
    if typing.get_origin(field_type) is typing.Literal:
        return any(value == each and type(value) is type(each) for each in typing.get_args(field_type))
    if field_type in (typing.Any, object):
        return isinstance(value, str | int | bool)
    if not isinstance(field_type, type) or field_type in MOMENTS:
        return False
    if isinstance(value, bool) or field_type is bool:
        return isinstance(value, bool) and field_type is bool
    return type(value) is field_type


def plain(value: object) -> object:
    """Return a value as JSON has it."""
    return value if isinstance(value, str | int | bool) else str(value)


def enum_member(value: object, field_types: Sequence[object]) -> enum.Enum | None:
    """Give the member of the field's enums whose value or name it is, in whatever case."""
    for each in field_types:
        if isinstance(each, type) and issubclass(each, enum.Enum):
            for member in each:
                if value in (member, member.value):
                    return member
            for member in each:
                if str(value).lower() in (str(member.value).lower(), member.name.lower()):
                    return member
    return None
