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


def reason_not_json(field_type: object, *, within: type | None = None) -> str | None:
    """Say why ``field_type`` cannot travel as JSON and arrive as what it was, or ``None`` when it can.

    :param within: the class whose field is of that type; ``None`` for a type that is read by itself.
    """
    return _reason(field_type, within=(within,) if within else ())


def _reason(field_type: object, *, within: tuple[type, ...]) -> str | None:
    if field_type in _SCALARS or field_type in (typing.Any, object, Ellipsis) or field_type in LISTS + MAPPINGS:
        return None
    if typing.get_origin(field_type) is not None:
        return _reason_of_form(field_type, within=within)
    if isinstance(field_type, type):
        return _reason_of_class(field_type, within=within)
    return f"{name_of(field_type)} has no JSON form"


def _reason_of_form(field_type: object, *, within: tuple[type, ...]) -> str | None:
    """Look at a type that is made of others."""
    origin = typing.get_origin(field_type)
    arguments = typing.get_args(field_type)
    if origin is typing.Literal:
        return _reason_of_literal(field_type)
    if origin is typing.Annotated:
        return _reason(arguments[0], within=within)
    if origin in (typing.Union, types.UnionType):
        return _first_reason(arguments, within=within) or reason_ambiguous(
            alternatives(field_type), is_model=_is_of_model(within)
        )
    if origin in LISTS:
        return _first_reason(arguments, within=within) or (
            _reason_of_items(field_type, arguments[0]) if origin in _SETS else None
        )
    if origin in MAPPINGS:
        if arguments[0] is not str:
            return (
                f"{name_of(field_type)} has keys that are not str, and the members of a JSON object are named by "
                "strings: write dict[str, …]"
            )
        return _reason(arguments[1], within=within)
    if dataclasses.is_dataclass(origin):
        return (
            f"{name_of(field_type)} is a generic dataclass, of which schemas and filters cannot be made: write a class "
            "of its own for it"
        )
    return f"{name_of(field_type)} has no JSON form"


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


def _reason_of_class(field_type: type, *, within: tuple[type, ...]) -> str | None:
    if field_type in within:
        return (
            f"{name_of(field_type)} contains itself, and a schema without references cannot say how deep: write one "
            "list of all, each with the id of what it belongs to"
        )
    if issubclass(field_type, enum.Enum):
        return _reason_of_enum(field_type)
    fields = declared_fields(field_type)
    if fields is None:
        return f"{name_of(field_type)} has no JSON form"
    if is_pydantic_model(field_type) and not _is_of_model(within):
        return (
            f"{name_of(field_type)} is a Pydantic model, which is not read within a dataclass: write the event as a "
            f"model too, or {name_of(field_type)} as a dataclass"
        )
    return _first_reason(fields.values(), within=(*within, field_type))


def _is_of_model(within: tuple[type, ...]) -> bool:
    return not within or is_pydantic_model(within[0])


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


def _first_reason(field_types: collections.abc.Iterable[object], *, within: tuple[type, ...]) -> str | None:
    return next((reason for each in field_types if (reason := _reason(each, within=within))), None)
