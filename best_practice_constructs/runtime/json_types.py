"""Tell whether a Python type has one JSON form that is read back as the same value."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import types
import typing
import uuid

from best_practice_constructs.runtime.event_fields import LISTS, MAPPINGS, alternatives, declared_fields
from best_practice_constructs.runtime.json_unions import name_of, reason_ambiguous
from best_practice_constructs.runtime.pydantic_models import is_pydantic_model

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
_SETS = (set, frozenset, collections.abc.Set)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Check:
    is_model: bool
    may_contain_itself: bool
    within: tuple[type, ...]


def reason_not_json(field_type: object, *, within: type) -> str | None:
    """Say why ``field_type`` cannot travel as JSON and arrive as what it was, or ``None`` when it can.

    :param within: the event's class, whose field is of that type.
    """
    return _reason(
        field_type, check=_Check(is_model=is_pydantic_model(within), may_contain_itself=False, within=(within,))
    )


def reason_not_read(value_type: type) -> str | None:
    """Say why a class cannot be read from JSON, or ``None`` when it can; it may contain itself, as it has no schema."""
    return _reason(value_type, check=_Check(is_model=is_pydantic_model(value_type), may_contain_itself=True, within=()))


def _reason(field_type: object, *, check: _Check) -> str | None:
    if field_type in _SCALARS or field_type in (typing.Any, object, Ellipsis) or field_type in LISTS + MAPPINGS:
        return None
    if (origin := typing.get_origin(field_type)) is not None:
        if origin in LISTS + MAPPINGS and not typing.get_args(field_type) and field_type != tuple[()]:
            plain = name_of(origin)
            return f"{name_of(field_type)} does not say what it holds: write {plain}[…], or {plain} for any JSON"
        return _reason_of_form(field_type, check=check)
    if isinstance(field_type, type):
        return _reason_of_class(field_type, check=check)
    return f"{name_of(field_type)} has no JSON form"


def _reason_of_form(field_type: object, *, check: _Check) -> str | None:
    """Look at a type that is made of others."""
    origin = typing.get_origin(field_type)
    arguments = typing.get_args(field_type)
    if origin is typing.Literal:
        return _reason_of_literal(field_type)
    if origin is typing.Annotated:
        return _reason_of_zone(arguments) or _reason(arguments[0], check=check)
    if origin in (typing.Union, types.UnionType):
        return _first_reason(arguments, check=check) or reason_ambiguous(
            alternatives(field_type), is_model=check.is_model
        )
    if origin in LISTS:
        return _first_reason(arguments, check=check) or (
            _reason_of_items(field_type, arguments[0]) if origin in _SETS else None
        )
    if origin in MAPPINGS:
        if arguments[0] is not str:
            return (
                f"{name_of(field_type)} has keys that are not str, and the members of a JSON object are named by "
                "strings: write dict[str, …]"
            )
        return _reason(arguments[1], check=check)
    if dataclasses.is_dataclass(origin):
        return (
            f"{name_of(field_type)} is a generic dataclass, of which schemas and filters cannot be made: write a "
            f"dataclass of its own, with the fields of {name_of(origin)} and their types"
        )
    return f"{name_of(field_type)} has no JSON form"


def _reason_of_zone(arguments: tuple[object, ...]) -> str | None:
    if arguments[0] is not datetime.datetime or all(getattr(each, "tz", None) is not False for each in arguments[1:]):
        return None
    return (
        "a datetime without a zone (tz=False) is never published, for who reads it elsewhere takes it for another: "
        "write datetime, or a date and a time for what is local"
    )


def _reason_of_literal(field_type: object) -> str | None:
    for value in typing.get_args(field_type):
        if type(value) not in (str, int, bool, type(None)):
            return (
                f"{name_of(field_type)} has the value {value!r}, and only texts, whole numbers, True, False and None "
                "are read back as Literal; write the type itself, or an Enum of texts"
            )
    return None


def _reason_of_items(field_type: object, item: object) -> str | None:
    for each in alternatives(item):
        origin = typing.get_origin(each) or each
        is_unhashable = origin in (list, typing.Any, object, *MAPPINGS) or origin in _SETS
        if is_unhashable or (isinstance(each, type) and getattr(each, "__hash__", None) is None):
            return (
                f"the items of {name_of(field_type)} cannot be items of a set, which have to be hashable: write "
                "tuple[…, ...], or freeze the class of the items"
            )
    return None


def _reason_of_class(field_type: type, *, check: _Check) -> str | None:
    if field_type in check.within:
        if check.may_contain_itself:
            return None
        return (
            f"{name_of(field_type)} contains itself, and a schema without references cannot say how deep: write one "
            "list of all, each with the id of what it belongs to"
        )
    if issubclass(field_type, enum.Enum):
        return _reason_of_enum(field_type)
    fields = declared_fields(field_type)
    if fields is None:
        return f"{name_of(field_type)} has no JSON form"
    if is_pydantic_model(field_type) and not check.is_model:
        return (
            f"{name_of(field_type)} is a Pydantic model, which is not read within a dataclass: write the event as a "
            f"model too, or {name_of(field_type)} as a dataclass"
        )
    return _first_reason(fields.values(), check=dataclasses.replace(check, within=(*check.within, field_type)))


def _reason_of_enum(field_type: type[enum.Enum]) -> str | None:
    if issubclass(field_type, enum.Flag):
        return f"the flags of {name_of(field_type)} are combined to numbers without a name: write a tuple of an Enum"
    kinds = {type(each.value) for each in field_type}
    if kinds in ({str}, {int}):
        return None
    found = ", ".join(sorted(each.__name__ for each in kinds)) or "nothing"
    return (
        f"the values of {name_of(field_type)} are {found}, and an Enum is read back when all are texts or all are "
        "whole numbers: write such values"
    )


def _first_reason(field_types: collections.abc.Iterable[object], *, check: _Check) -> str | None:
    return next((reason for each in field_types if (reason := _reason(each, check=check))), None)
