"""Examples of events and their parts, made from their types."""

from __future__ import annotations

import collections.abc
import datetime
import decimal
import enum
import types
import typing
import uuid
from typing import TypeVar, cast

from best_practice_constructs.runtime.event_fields import declared_fields
from best_practice_constructs.testing.example_bounds import Bounds, bounds_of

ValueT = TypeVar("ValueT")

_LISTS: dict[object, type] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    collections.abc.Sequence: list,
    collections.abc.Collection: list,
    collections.abc.Set: set,
}
_SCALARS: dict[object, object] = {
    bool: True,
    type(None): None,
    datetime.datetime: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    datetime.date: datetime.date(2026, 1, 1),
    datetime.time: datetime.time(12, 0),
    datetime.timedelta: datetime.timedelta(minutes=1),
    uuid.UUID: uuid.UUID(int=1),
}


def example(value_type: type[ValueT], **fields: object) -> ValueT:
    """Give an example of an event (or any dataclass or Pydantic model), within its bounds, the same each time.

    :param value_type: the class.
    :param fields: the fields that the test is about; the others are made from their types.
    :raises TypeError: a field that the class has not, or whose type has no example (a pattern, a set of several items).

    ```python
    from decimal import Decimal

    from best_practice_constructs.runtime import EventSource
    from best_practice_constructs.testing import example

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderPlaced:
        order_id: str
        total: Decimal
        tags: tuple[str, ...]


    assert example(OrderPlaced, total=Decimal(5)) == OrderPlaced(order_id="order_id", total=Decimal(5), tags=("tags",))
    ```
    """
    declared = declared_fields(value_type)
    if declared is None:
        raise TypeError(f"{value_type!r} is no dataclass and no model: write the value itself.")
    if unknown := sorted(fields.keys() - declared.keys()):
        raise TypeError(f"{value_type.__name__} has no field {unknown[0]!r}; it has {', '.join(declared)}.")
    made = {name: fields[name] if name in fields else _example(hint, name) for name, hint in declared.items()}
    return cast("typing.Callable[..., ValueT]", value_type)(**made)


def _example(hint: object, name: str, bounds: Bounds = Bounds()) -> object:  # noqa: B008 -- it cannot change
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _example(arguments[0], name, bounds_of(arguments[1:]))
    if hint in (str, int, float, decimal.Decimal):
        return _bounded_scalar(hint, name, bounds)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if origin is typing.Literal:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):
        return None if type(None) in arguments else _example(arguments[0], name, bounds)
    if origin is tuple and Ellipsis not in arguments:
        return tuple(_example(each, name) for each in arguments)
    if origin in _LISTS:
        return _example_list(_LISTS[origin], _example(arguments[0], name), name, bounds)
    return _other_example(hint, origin, arguments, name, bounds)


def _bounded_scalar(hint: object, name: str, bounds: Bounds) -> object:
    if bounds.pattern is not None:
        raise TypeError(f"The field {name!r} has the pattern {bounds.pattern!r}, which has no example: pass {name}=…")
    if hint is str:
        return bounds.text(name)
    if hint is int:
        return bounds.number(1)
    return bounds.number(1.5) if hint is float else bounds.number(decimal.Decimal("9.90"))


def _example_list(kind: type, item: object, name: str, bounds: Bounds) -> object:
    if issubclass(kind, set | frozenset) and bounds.items > 1:
        raise TypeError(f"The field {name!r} is a set of at least {bounds.items} different items: pass {name}=…")
    return kind([item] * bounds.items)


def _other_example(hint: object, origin: object, arguments: tuple[object, ...], name: str, bounds: Bounds) -> object:
    if origin in (dict, collections.abc.Mapping):
        value = _example(arguments[1], name)
        return {f"{name}{number or ''}": value for number in range(bounds.items)}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if isinstance(hint, type) and declared_fields(hint) is not None:
        return example(hint)
    raise TypeError(f"The type {hint} of the field {name!r} has no example: pass {name}=…")
