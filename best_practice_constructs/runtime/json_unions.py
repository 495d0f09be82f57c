"""Tell whether the JSON of a union's alternatives tells them apart, so that each is read back as what it was."""

from __future__ import annotations

import datetime
import decimal
import enum
import typing
import uuid
from collections.abc import Iterator, Sequence

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
_LITERALS: dict[type, str] = {str: _TEXT, int: _NUMBER, bool: _BOOLEAN, type(None): _NULL}


def reason_ambiguous(alternatives: Sequence[object]) -> str | None:
    """Say why a value of one of the types may be read as another of them, or ``None`` when it cannot."""
    for index, first in enumerate(alternatives):
        for second in alternatives[index + 1 :]:
            if reason := _reason(first, second):
                return reason
    return None


def _reason(first: object, second: object) -> str | None:
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
    if _can_be_one_another(first, second) or (shared is None and not _is_like_number(first, second)):
        return None
    return (
        f"{name_of(first)} and {name_of(second)} are both {shared or _NUMBER} in JSON, and nothing tells a consumer "
        "which one it reads: write a field for each, optional"
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


def _is_like_number(first: object, second: object) -> bool:
    """Tell whether one is a few numbers, and the other of a type that these are read as."""
    for few, other in ((first, second), (second, first)):
        is_literal = typing.get_origin(few) is typing.Literal
        is_few = is_literal or (isinstance(few, type) and issubclass(few, enum.Enum))
        if is_few and _NUMBER in forms(few) and other in (bool, decimal.Decimal):
            return True
        if is_literal and _BOOLEAN in forms(few) and other in (int, float):
            return True
    return False


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
