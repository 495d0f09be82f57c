"""The types of fields without what only type checkers tell apart: ``NewType``, ``NotRequired``, ``Required``."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from typing import cast


def plain_type(hint: object) -> object:
    """Give the type that values of ``hint`` have, within lists, mappings and unions too."""
    supertype: object = getattr(hint, "__supertype__", None)
    if supertype is not None:
        return plain_type(supertype)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.NotRequired, typing.Required):
        return plain_type(arguments[0])
    if origin is None or origin is typing.Literal or not arguments:
        return hint
    if origin is typing.Annotated:
        inner = plain_type(arguments[0])
        return hint if inner is arguments[0] else typing.Annotated[(inner, *arguments[1:])]
    plain = tuple(each if each is Ellipsis else plain_type(each) for each in arguments)
    if all(new is old for new, old in zip(plain, arguments, strict=True)):
        return hint
    if origin in (typing.Union, types.UnionType):
        return typing.Union[plain]  # noqa: UP007 -- made of values
    subscript = cast("Callable[[object], object]", getattr(origin, "__class_getitem__"))  # noqa: B009 -- unknown to type checkers
    return subscript(plain)
