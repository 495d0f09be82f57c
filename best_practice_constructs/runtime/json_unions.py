"""Tell whether the JSON of a union's alternatives tells them apart, so that each is read back as what it was."""

from __future__ import annotations

import datetime
import decimal
import enum
import typing
import uuid
from collections.abc import Sequence

from best_practice_constructs.runtime.event_fields import LISTS, MAPPINGS, declared_fields
from best_practice_constructs.runtime.pydantic_models import is_pydantic_model

_TEXT, _NUMBER, _BOOLEAN, _NULL, _LIST, _OBJECT, _ANYTHING = (
    "texts", "numbers", "booleans", "null", "lists", "objects", "anything",
)  # fmt: skip
_FORMS: dict[object, tuple[str, ...]] = {
    str: (_TEXT,),
    datetime.datetime: (_TEXT,),
    datetime.date: (_TEXT,),
    datetime.time: (_TEXT,),
    datetime.timedelta: (_TEXT,),
    uuid.UUID: (_TEXT,),
    decimal.Decimal: (_TEXT,),
    int: (_NUMBER,),
    float: (_NUMBER,),
    bool: (_BOOLEAN,),
    type(None): (_NULL,),
    typing.Any: (_ANYTHING,),
    object: (_ANYTHING,),
}
# What Pydantic reads from numbers of Literal and Enum too, and from texts of Enum.
_READ_FROM_NUMBERS = (
    bool,
    decimal.Decimal,
    datetime.datetime,
    datetime.date,
    datetime.time,
    datetime.timedelta,
)
_LITERALS: dict[type, str] = {str: _TEXT, int: _NUMBER, bool: _BOOLEAN, type(None): _NULL}


_READ_FROM_TEXTS = (bool, int, float)


def reason_ambiguous(alternatives: Sequence[object], *, is_model: bool) -> str | None:
    """Say why a value of one of the types may be read as another of them, or ``None`` when it cannot.

    :param is_model: Pydantic reads it, which takes some texts for numbers, and some numbers for other things.
    """
    for index, first in enumerate(alternatives):
        for second in alternatives[index + 1 :]:
            if reason := _reason(first, second, is_model=is_model):
                return reason
    return None


def _reason(first: object, second: object, *, is_model: bool) -> str | None:
    shared = next((form for form in forms(first) if form in forms(second)), None)
    if shared == _OBJECT:
        if is_pydantic_model(first) and is_pydantic_model(second) and _told_apart(first, second):
            return None
        return (
            f"{name_of(first)} and {name_of(second)} are both JSON objects, and nothing tells a consumer which one it "
            "reads: write one class with the fields of both, optional, and a Literal field that says which it is; or "
            "an event for each"
        )
    if _ANYTHING in (*forms(first), *forms(second)):
        if type(None) in (first, second):
            return None
        return f"{name_of(first)} | {name_of(second)} is anything: write Any"
    is_read_as_other = is_model and (_is_taken_for(first, second) or _is_taken_for(second, first))
    if _can_be_one_another(first, second) or (shared is None and not is_read_as_other):
        return None
    why = f"are both {shared} in JSON" if shared else "are read from the same JSON by Pydantic"
    return (
        f"{name_of(first)} and {name_of(second)} {why}, and nothing tells a consumer which one it reads: write a field "
        "for each, optional"
    )


def _can_be_one_another(first: object, second: object) -> bool:
    """Tell whether it makes no difference as which of the two a value is read."""
    kinds = {_kind(first), _kind(second)}
    return kinds <= {int, float} or len(kinds) == 1 or kinds in ({str, (str,)}, {int, (int,)}, {bool, (bool,)})


def _kind(each: object) -> object:
    """Give a plain type as it is, and of a Literal the types of its values; nothing is like what else there is."""
    if typing.get_origin(each) is typing.Literal:
        return tuple(dict.fromkeys(type(value) for value in typing.get_args(each)))
    return each if each in (str, int, float, bool) else (each, "alone")


def _is_taken_for(few: object, other: object) -> bool:
    """Tell whether Pydantic may read a value of an Enum or a Literal as one of another type."""
    is_enum = isinstance(few, type) and issubclass(few, enum.Enum)
    is_literal = typing.get_origin(few) is typing.Literal
    if is_enum and _TEXT in forms(few):
        return other in _READ_FROM_TEXTS
    if (is_enum or is_literal) and _NUMBER in forms(few) and other in _READ_FROM_NUMBERS:
        return True
    return is_literal and _BOOLEAN in forms(few) and other in (int, float)


def _told_apart(first: type, second: type) -> bool:
    """Tell whether a field has other values in one model than in the other."""
    ones, others = declared_fields(first) or {}, declared_fields(second) or {}
    return any(
        typing.get_origin(hint) is typing.get_origin(others[name]) is typing.Literal
        and not {*typing.get_args(hint)} & {*typing.get_args(others[name])}
        for name, hint in ones.items()
        if name in others
    )


def forms(each: object) -> tuple[str, ...]:
    """Give what values of a type are in JSON."""
    origin = typing.get_origin(each)
    if origin is typing.Literal:
        return tuple(_LITERALS[type(value)] for value in typing.get_args(each) if type(value) in _LITERALS)
    if origin in LISTS or each in LISTS:
        return (_LIST,)
    if origin in MAPPINGS or each in MAPPINGS:
        return (_OBJECT,)
    if each in _FORMS:
        return _FORMS[each]
    if isinstance(each, type) and issubclass(each, enum.Enum):
        return tuple(_LITERALS[type(member.value)] for member in each if type(member.value) in _LITERALS)
    return (_OBJECT,) if declared_fields(each) is not None else ()


def name_of(field_type: object) -> str:
    """Give a type as it is written."""
    return (
        field_type.__qualname__ if isinstance(field_type, type) and not typing.get_args(field_type) else str(field_type)
    )
