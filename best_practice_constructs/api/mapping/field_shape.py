"""What a template has to know of a type to write it: what JSON it is, and what may be missing."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import typing
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from best_practice_constructs.runtime.event_fields import (
    LISTS,
    MAPPINGS,
    alternatives,
    declared_fields,
    optional_members,
)

_TEXTS = (str, datetime.datetime, datetime.date, datetime.time, datetime.timedelta, uuid.UUID)


MOST_ROUNDS = 1000
"""After which API Gateway ends the loops of a template, without a word."""


class UnmappableFieldError(ValueError):
    """A template cannot write a field; the message says which and why."""


class Kind(enum.Enum):
    """What a field is in JSON."""

    TEXT = "a text"
    WHOLE_NUMBER = "a whole number"
    NUMBER = "a number"
    DECIMAL = "a decimal"
    """A text or a number; written as a text, with all its digits."""
    BOOLEAN = "a truth value"
    OBJECT = "an object"
    LIST = "a list"
    ANY_JSON = "any JSON"


class StoredAsJson:
    """Marks a field that lies in a table as JSON text: ``Annotated[tuple[Line, ...], StoredAsJson]``."""


@dataclass(frozen=True, kw_only=True)
class FieldShape:
    """A field, as templates see it.

    :param kind: what it is in JSON.
    :param is_optional: whether it may be missing or ``null``.
    :param default: what it is when it is missing, as ``json.loads`` would give it.
    :param members: of an object.
    :param element: of a list.
    :param most_elements: of a list, as far as its type says: ``Annotated[list[Line], msgspec.Meta(max_length=50)]``.
    :param is_stored_as_json: whether a table holds it as JSON text.
    """

    kind: Kind
    is_optional: bool = False
    default: object = None
    members: Mapping[str, FieldShape] = field(default_factory=dict)
    element: FieldShape | None = None
    most_elements: int | None = None
    is_stored_as_json: bool = False

    def listed(self) -> FieldShape:
        """Give the shape of a list's elements.

        :raises UnmappableFieldError: there may be more of them than a template's loop has rounds.
        """
        if self.element is None:
            raise UnmappableFieldError("a list of nothing in particular cannot be written")
        if self.most_elements is None or self.most_elements > MOST_ROUNDS:
            raise UnmappableFieldError(
                f"a list may have more than {MOST_ROUNDS} elements, where a template's loop ends without a word; say "
                "how many there are at most, as in Annotated[list[Line], msgspec.Meta(max_length=50)], or map the "
                "whole body"
            )
        return self.element

    def fits(self, other: FieldShape) -> bool:
        """Tell whether a value of this shape is one of the other."""
        if self.is_optional and not other.is_optional:
            return False
        if other.kind is Kind.ANY_JSON:
            return True
        if self.kind is not other.kind:
            return (self.kind, other.kind) in _WIDER
        if self.element is not None and other.element is not None:
            return self.element.fits(other.element)
        return all(
            wanted.is_optional if (given := self.members.get(name)) is None else given.fits(wanted)
            for name, wanted in other.members.items()
        )


_WIDER = frozenset(
    {
        (Kind.WHOLE_NUMBER, Kind.NUMBER),
        (Kind.WHOLE_NUMBER, Kind.DECIMAL),
        (Kind.NUMBER, Kind.DECIMAL),
    }
)


def shape_of(model: type, *, within: tuple[type, ...] = ()) -> FieldShape:
    """Give the shape of a dataclass, ``TypedDict`` or Pydantic model.

    :raises UnmappableFieldError: a field is of a type that a template cannot write, or the class contains itself.
    """
    fields = declared_fields(model)
    if fields is None:
        raise UnmappableFieldError(f"{model!r} has no declared fields: it is no dataclass")
    if model in within:
        raise UnmappableFieldError(f"{model.__name__} contains itself, and a template has an end")
    may_be_missing = optional_members(model)
    defaults = _defaults(model)
    members: dict[str, FieldShape] = {}
    for name, hint in fields.items():
        shape = _shape(hint, path=f"{model.__name__}.{name}", within=(*within, model))
        if name in defaults or name in may_be_missing:
            shape = dataclasses.replace(shape, is_optional=True, default=defaults.get(name))
        members[name] = shape
    return FieldShape(kind=Kind.OBJECT, members=members)


def _shape(hint: object, *, path: str, within: tuple[type, ...]) -> FieldShape:
    if typing.get_origin(hint) is typing.Annotated:
        inner, *notes = typing.get_args(hint)
        shape = _shape(inner, path=path, within=within)
        lengths = [each for note in notes if isinstance(each := getattr(note, "max_length", None), int)]
        if lengths and shape.kind is Kind.LIST:
            shape = dataclasses.replace(shape, most_elements=min(lengths))
        as_json = any(note is StoredAsJson or isinstance(note, StoredAsJson) for note in notes)
        return dataclasses.replace(shape, is_stored_as_json=True) if as_json else shape
    types = alternatives(hint)
    kinds = [each for each in types if each is not type(None)]
    if len(kinds) != 1:
        raise UnmappableFieldError(f"{path} may be of {len(kinds)} types, and a template cannot look which it is")
    shape = _single(kinds[0], path=path, within=within)
    return dataclasses.replace(shape, is_optional=True) if len(types) > 1 else shape


def _single(kind: object, *, path: str, within: tuple[type, ...]) -> FieldShape:
    simple = _simple(kind)
    if simple is not None:
        return FieldShape(kind=simple)
    origin = typing.get_origin(kind) or kind
    if origin in LISTS:
        arguments = [each for each in typing.get_args(kind) if each is not Ellipsis]
        if len(arguments) != 1:
            raise UnmappableFieldError(f"{path} is a list of no one type")
        element = _shape(arguments[0], path=f"{path}[]", within=within)
        if element.is_optional:
            raise UnmappableFieldError(f"{path} may have elements that are None")
        return FieldShape(kind=Kind.LIST, element=element)
    if kind is object or origin in MAPPINGS:
        return FieldShape(kind=Kind.ANY_JSON)
    if isinstance(kind, type) and declared_fields(kind) is not None:
        return shape_of(kind, within=within)
    raise UnmappableFieldError(f"{path} is of the type {kind}, which a template cannot write")


def _simple(kind: object) -> Kind | None:
    if kind in _TEXTS:
        return Kind.TEXT
    if kind is bool:
        return Kind.BOOLEAN
    if kind is int:
        return Kind.WHOLE_NUMBER
    if kind is float:
        return Kind.NUMBER
    if kind is Decimal:
        return Kind.DECIMAL
    values: tuple[object, ...] = ()
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        values = tuple(each.value for each in kind)
    elif typing.get_origin(kind) is typing.Literal:
        values = typing.get_args(kind)
    if values and all(isinstance(each, str) for each in values):
        return Kind.TEXT
    if values and all(isinstance(each, int) and not isinstance(each, bool) for each in values):
        return Kind.WHOLE_NUMBER
    return None


def _defaults(model: type) -> Mapping[str, object]:
    found: dict[str, object] = {}
    if dataclasses.is_dataclass(model):
        for each in dataclasses.fields(model):
            if each.default is not dataclasses.MISSING:
                found[each.name] = msgspec.to_builtins(each.default)
            elif each.default_factory is not dataclasses.MISSING:
                found[each.name] = msgspec.to_builtins(each.default_factory())
    else:
        for name, info in getattr(model, "model_fields", {}).items():
            if not info.is_required():
                found[name] = msgspec.to_builtins(info.get_default(call_default_factory=True))
    return found
