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
    int: 1,
    float: 1.5,
    bool: True,
    type(None): None,
    decimal.Decimal: decimal.Decimal("9.90"),
    datetime.datetime: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    datetime.date: datetime.date(2026, 1, 1),
    datetime.time: datetime.time(12, 0),
    datetime.timedelta: datetime.timedelta(minutes=1),
    uuid.UUID: uuid.UUID(int=1),
}


def example(value_type: type[ValueT], **fields: object) -> ValueT:
    """Give an example of an event (or any dataclass or Pydantic model), the same each time.

    :param value_type: the class.
    :param fields: the fields that the test is about; the others are made from their types.
    :raises TypeError: a field that the class has not, or whose type has no example.

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


def _example(hint: object, name: str) -> object:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _example(arguments[0], name)
    if hint is str:
        return name
    if hint in _SCALARS:
        return _SCALARS[hint]
    if origin is typing.Literal:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):
        return None if type(None) in arguments else _example(arguments[0], name)
    if origin is tuple and Ellipsis not in arguments:
        return tuple(_example(each, name) for each in arguments)
    if origin in _LISTS:
        return _LISTS[origin]([_example(arguments[0], name)])
    return _other_example(hint, origin, arguments, name)


def _other_example(hint: object, origin: object, arguments: tuple[object, ...], name: str) -> object:
    if origin in (dict, collections.abc.Mapping):
        return {name: _example(arguments[1], name)}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if isinstance(hint, type) and declared_fields(hint) is not None:
        return example(hint)
    raise TypeError(f"The type {hint} of the field {name!r} has no example: pass {name}=…")
