"""Looks at the numbers and defaults of values of one type, as fast as the type allows.

What a value may hold is found out once for each type; most fields of most events need no look at all.
"""

from __future__ import annotations

import dataclasses
import enum
import math
import typing
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from decimal import Decimal
from types import UnionType
from typing import cast

import msgspec

from best_practice_constructs.runtime.event_fields import LISTS, MAPPINGS, declared_fields, is_typed_dict
from best_practice_constructs.runtime.pydantic_models import is_pydantic_model
from best_practice_constructs.runtime.value_parts import keep_defaults, parts_of, unusable_decimal, unusable_number

_DISORDERED = (*MAPPINGS, set, frozenset, AbstractSet)
Look = Callable[[object], bool]
"""Looks at one value, and tells whether a number or time of it cannot be used."""


def look_at_decoded(value_type: object) -> Look | None:
    """Make what looks at values that were read from JSON, and gives dataclasses their defaults; ``None`` for nothing.

    JSON has no NaN, so floats need no look.
    """
    return _Planner(decoded=True).plan(value_type)


def look_at_encoded(value_type: object) -> Look | None:
    """Make what looks at values that are to be written as JSON; ``None`` for nothing."""
    return _Planner(decoded=False).plan(value_type)


def look_at_times(value_type: object) -> Look | None:
    """Make what looks for points in time without a zone in values that were read from JSON; ``None`` for nothing.

    What is of no type was read as a text.
    """
    return _TimePlanner(decoded=False).plan(value_type)


def holds_anything(value_type: object) -> bool:
    """Tell whether a type leaves open what some part of it is."""
    return _OpenPlanner(decoded=False).plan(value_type) is not None


def has_no_order(value_type: object) -> bool:
    """Tell whether values of a type may hold sets or mappings, which Pydantic writes as they come."""
    return _DisorderPlanner(decoded=False).plan(value_type) is not None


def look_at_anything(value: object) -> bool:
    """Look at a value of whatever type."""
    return unusable_number(value) is not None


class _Planner:
    def __init__(self, *, decoded: bool) -> None:
        self._decoded = decoded
        self._under_way: dict[object, list[Look | None]] = {}

    def plan(self, hint: object) -> Look | None:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            return self.plan(arguments[0])
        if hint in (Decimal, float, int, datetime, typing.Any, object):
            return self._leaf(hint)
        if origin in (typing.Union, UnionType):
            return self._union(arguments)
        if origin in LISTS:
            return self._items([self.plan(each) for each in arguments if each is not Ellipsis])
        if origin in MAPPINGS:
            return self._values(self.plan(arguments[1]))
        if isinstance(hint, type) and (declared_fields(hint) is not None or issubclass(hint, msgspec.Struct)):
            return self._recursive(hint)
        return None if _is_scalar(hint) else self._anything()

    def _leaf(self, hint: object) -> Look | None:
        if hint is datetime:
            return None
        if self._decoded:
            return cast("Look", unusable_decimal) if hint is Decimal else None
        return look_at_anything if hint in (typing.Any, object) else _look_at_number

    def _anything(self) -> Look:
        if not self._decoded:
            return look_at_anything

        def look(value: object) -> bool:
            keep_defaults(value)
            return look_at_anything(value)

        return look

    def _recursive(self, hint: type) -> Look | None:
        if hint in self._under_way:
            found = self._under_way[hint]
            return lambda value: bool(found and found[0] and found[0](value))
        found = self._under_way[hint] = []
        look = self._fields(hint)
        found.append(look)
        del self._under_way[hint]
        return look

    def _fields(self, hint: type) -> Look | None:
        fields = declared_fields(hint)
        if fields is None:
            fields = typing.get_type_hints(hint)
        parts = tuple((name, look) for name, each in fields.items() if (look := self.plan(each)))
        if is_typed_dict(hint):
            return _looks_at_members(parts) if parts else None
        defaults = self._defaults(hint)
        if defaults:
            return _keeps_defaults(defaults, parts)
        return _looks_at_attributes(parts) if parts else None

    def _defaults(self, hint: type) -> tuple[tuple[str, object], ...]:
        if not self._decoded or not dataclasses.is_dataclass(hint) or is_pydantic_model(hint):
            return ()
        return tuple(
            (field.name, field.default)
            for field in dataclasses.fields(hint)
            if field.default is not dataclasses.MISSING and hasattr(hint, field.name) and "__slots__" not in vars(hint)
        )

    def _union(self, alternatives: tuple[object, ...]) -> Look | None:
        looks = {each: self.plan(each) for each in alternatives}
        if not any(looks.values()):
            return None
        if not all(isinstance(each, type) for each in looks):
            return self._anything()
        by_type = cast("Mapping[type, Look | None]", looks)
        # What is to be written may be of a subclass, or of another type than it should be.
        otherwise = None if self._decoded else look_at_anything

        def look(value: object) -> bool:
            found = by_type.get(type(value), otherwise)
            return found is not None and found(value)

        return look

    def _items(self, looks: list[Look | None]) -> Look | None:
        if not any(looks):
            return None
        (look, *others) = looks
        if others or look is None:
            return self._anything()
        return lambda value: any(map(look, cast("list[object]", value)))

    def _values(self, look: Look | None) -> Look | None:
        if look is None:
            return None
        return lambda value: any(map(look, cast("Mapping[str, object]", value).values()))


class _TimePlanner(_Planner):
    def _leaf(self, hint: object) -> Look | None:
        return _is_zoneless if hint is datetime else None

    def _anything(self) -> Look:
        return _holds_zoneless


class _OpenPlanner(_Planner):
    def _leaf(self, hint: object) -> Look | None:
        return _never if hint in (typing.Any, object) else None

    def _anything(self) -> Look:
        return _never


class _DisorderPlanner(_OpenPlanner):
    def plan(self, hint: object) -> Look | None:
        is_disordered = hint in _DISORDERED or typing.get_origin(hint) in _DISORDERED or is_typed_dict(hint)
        return _never if is_disordered else super().plan(hint)


def _is_zoneless(value: object) -> bool:
    return cast("datetime", value).tzinfo is None


def _holds_zoneless(value: object) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is None
    return any(_holds_zoneless(each) for each, _ in parts_of(value))


def _never(value: object) -> bool:  # noqa: ARG001 -- a look
    return False


def _looks_at_attributes(parts: tuple[tuple[str, Look], ...]) -> Look:
    def look(value: object) -> bool:
        for name, part in parts:  # noqa: SIM110 -- a generator would double the cost
            if part(getattr(value, name)):
                return True
        return False

    return look


def _keeps_defaults(defaults: tuple[tuple[str, object], ...], parts: tuple[tuple[str, Look], ...]) -> Look:
    def look(value: object) -> bool:
        attributes = value.__dict__
        for name, default in defaults:
            if name not in attributes:
                attributes[name] = default
        for name, part in parts:  # noqa: SIM110 -- a generator would double the cost
            if part(attributes[name]):
                return True
        return False

    return look


def _looks_at_members(parts: tuple[tuple[str, Look], ...]) -> Look:
    def look(value: object) -> bool:
        members = cast("Mapping[str, object]", value)
        return any(part(members[name]) for name, part in parts if name in members)

    return look


def _look_at_number(value: object) -> bool:
    # Nothing holds a dataclass to its types: an int may stand for a Decimal, and a NaN for an int.
    kind = type(value)
    if kind is int:
        return False
    if kind is float:
        return not math.isfinite(cast("float", value))
    return unusable_decimal(cast("Decimal", value)) if kind is Decimal else look_at_anything(value)


def _is_scalar(hint: object) -> bool:
    if typing.get_origin(hint) is typing.Literal or hint is None:
        return True
    return (
        isinstance(hint, type)
        and (hint.__module__ in ("builtins", "datetime", "uuid") or issubclass(hint, enum.Enum))
        and hint not in (list, tuple, dict, set, frozenset)
    )
