"""How large an event may become, as far as its class says it (E7)."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import types
import typing
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from best_practice_constructs.runtime.event_fields import LISTS, declared_fields, optional_members

# What JSON makes of one character at worst: \uXXXX.
_BYTES_OF_CHARACTER = 6
_SIZES: dict[object, tuple[int, int | None]] = {
    bool: (4, 5),
    type(None): (4, 4),
    int: (1, 20),
    float: (3, 24),
    # With exponents from -130 to 125, as the runtime takes them, the digits are still the user's.
    decimal.Decimal: (3, None),
    datetime.datetime: (22, 34),
    datetime.date: (12, 12),
    datetime.time: (10, 23),
    datetime.timedelta: (4, 32),
    uuid.UUID: (38, 38),
    str: (2, None),
}


@dataclass(frozen=True, kw_only=True)
class EventSize:
    """The bytes of an event's data as JSON.

    :param smallest: with empty texts and lists.
    :param largest: with texts and lists as long as they may be; ``None`` when some have no ``max_length``.
    :param unbounded: the paths of those.
    :param bounded: what the bounds alone let it have: what has none counts as empty.
    """

    smallest: int
    largest: int | None
    unbounded: tuple[str, ...]
    bounded: int


def event_size(event_class: type) -> EventSize:
    """Estimate the size of an event's data from the types of its fields.

    Texts and lists are bounded by ``Annotated[str, msgspec.Meta(max_length=…)]`` (Pydantic's ``Field(max_length=…)``
    too).
    """
    return _object(event_class, path="", within=())


def bounded_sizes(event_class: type) -> dict[str, int]:
    """Give what the bounds of each field of an event let it have, in bytes; texts without a bound count as empty."""
    return {
        name: _size(hint, path=name, within=(event_class,)).bounded
        for name, hint in (declared_fields(event_class) or {}).items()
    }


def _object(value_type: type, *, path: str, within: tuple[type, ...]) -> EventSize:
    fields = declared_fields(value_type) or {}
    sizes = {
        name: _size(hint, path=f"{path}.{name}".lstrip("."), within=(*within, value_type))
        for name, hint in fields.items()
    }
    # {"name":value,…}
    fixed = 2 + sum(len(json.dumps(name)) + 2 for name in fields) - bool(fields)
    size = _sum(sizes.values(), fixed=fixed)
    missing = sum(len(json.dumps(name)) + 2 + sizes[name].smallest for name in optional_members(value_type))
    return dataclasses.replace(size, smallest=max(2, size.smallest - missing))


def _size(hint: object, *, path: str, within: tuple[type, ...], max_length: int | None = None) -> EventSize:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _size(arguments[0], path=path, within=within, max_length=_max_length(arguments[1:]))
    if origin in (typing.Union, types.UnionType):
        return _any([_size(each, path=path, within=within, max_length=max_length) for each in arguments])
    if hint in _SIZES:
        smallest, largest = (2, 2 + max_length * _BYTES_OF_CHARACTER) if hint is str and max_length else _SIZES[hint]
        return EventSize(
            smallest=smallest,
            largest=largest,
            unbounded=(path,) if largest is None else (),
            bounded=smallest if largest is None else largest,
        )
    if constants := _constants(hint):
        return EventSize(smallest=min(constants), largest=max(constants), unbounded=(), bounded=max(constants))
    if origin is tuple and Ellipsis not in arguments:
        return _sum([_size(each, path=path, within=within) for each in arguments], fixed=2 + max(len(arguments) - 1, 0))
    if origin in LISTS:
        return _list(arguments[0], path=path, within=within, max_length=max_length)
    if isinstance(hint, type) and hint not in within and declared_fields(hint) is not None:
        return _object(hint, path=path, within=within)
    return EventSize(smallest=2, largest=None, unbounded=(path,), bounded=2)


def _constants(hint: object) -> list[int]:
    """Give the lengths of the only values that a type has, if it has few."""
    if typing.get_origin(hint) is typing.Literal:
        return [len(json.dumps(each)) for each in typing.get_args(hint)]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return [len(json.dumps(each.value)) for each in hint]
    return []


def _list(item: object, *, path: str, within: tuple[type, ...], max_length: int | None) -> EventSize:
    size = _size(item, path=f"{path}[]", within=within)
    if max_length is None:
        return EventSize(smallest=2, largest=None, unbounded=(path,), bounded=2)
    largest = None if size.largest is None else 2 + max_length * (size.largest + 1)
    bounded = 2 + max_length * (size.bounded + 1)
    return EventSize(smallest=2, largest=largest, unbounded=size.unbounded, bounded=bounded)


def _sum(sizes: Iterable[EventSize], *, fixed: int) -> EventSize:
    parts = list(sizes)
    largest = [part.largest for part in parts if part.largest is not None]
    return EventSize(
        smallest=fixed + sum(part.smallest for part in parts),
        largest=fixed + sum(largest) if len(largest) == len(parts) else None,
        unbounded=tuple(path for part in parts for path in part.unbounded),
        bounded=fixed + sum(part.bounded for part in parts),
    )


def _any(sizes: list[EventSize]) -> EventSize:
    largest = [size.largest for size in sizes if size.largest is not None]
    return EventSize(
        smallest=min(size.smallest for size in sizes),
        largest=max(largest) if len(largest) == len(sizes) else None,
        unbounded=tuple(path for size in sizes for path in size.unbounded),
        bounded=max(size.bounded for size in sizes),
    )


def _max_length(metadata: Iterable[object]) -> int | None:
    found = [bound for each in metadata if isinstance(bound := getattr(each, "max_length", None), int)]
    return min(found) if found else None
