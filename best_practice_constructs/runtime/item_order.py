"""Tell whether the items of a set can be put in order."""

from __future__ import annotations

import decimal
import typing

from best_practice_constructs.runtime.event_fields import alternatives

_NUMBER = "number"


def has_order(item: object) -> bool:
    """Tell whether any two values of a type are compared with ``<``."""
    kinds = {kind for each in alternatives(item) for kind in _kinds(each)}
    return None not in kinds and len(kinds) == 1


def _kinds(item: object) -> set[object]:
    """Give what the values of a type are compared as, ``None`` for those that are not."""
    origin, arguments = typing.get_origin(item), typing.get_args(item)
    if origin is typing.Literal:
        return {_kind_of_class(type(each)) for each in arguments}
    if origin is tuple:
        return {tuple if all(has_order(each) for each in arguments if each is not Ellipsis) else None}
    return {_kind_of_class(item if isinstance(item, type) else object)}


def _kind_of_class(item: type) -> object:
    if issubclass(item, int | float | decimal.Decimal):
        return _NUMBER
    if issubclass(item, str):
        return str
    return item if getattr(item, "__lt__") is not getattr(object, "__lt__") else None  # noqa: B009 -- of the class
