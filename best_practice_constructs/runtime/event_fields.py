"""The fields of an event class: what lies at a path, and of which type it is."""

from __future__ import annotations

import collections.abc
import dataclasses
import difflib
import functools
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from best_practice_constructs.runtime.plain_types import plain_type
from best_practice_constructs.runtime.pydantic_models import is_pydantic_model

LISTS = (
    list,
    tuple,
    set,
    frozenset,
    collections.abc.Sequence,
    collections.abc.Collection,
    collections.abc.Set,
)
MAPPINGS = (dict, collections.abc.Mapping)


class UnknownFieldError(LookupError):
    """The class has no field at a path; the message says what it has."""


@dataclass(frozen=True, kw_only=True)
class EventField:
    """A field of an event, at any depth.

    :param path: the names that lead to it.
    :param types: what it may be beside ``None``: classes and ``Literal``.
    :param is_optional: whether it may be ``None``, or be missing with what it lies in.
    :param is_nullable: whether it may be ``None`` itself.
    :param lists: the paths of the lists that it lies in, the outermost first; its own when it is one of scalars.
    """

    path: tuple[str, ...]
    types: tuple[object, ...]
    is_optional: bool
    is_nullable: bool
    lists: tuple[tuple[str, ...], ...]

    @property
    def is_nested(self) -> bool:
        """Whether it holds fields itself."""
        return any(declared_fields(each) is not None or typing.get_origin(each) in MAPPINGS for each in self.types)


def whole_event(event_class: type) -> EventField:
    """Give the event itself as what holds its fields."""
    return EventField(path=(), types=(event_class,), is_optional=False, is_nullable=False, lists=())


def find_field(event_class: type, path: Sequence[str]) -> EventField:
    """Give the field at ``path``.

    :raises UnknownFieldError: there is none.
    """
    field = whole_event(event_class)
    for name in path:
        members = field_members(field)
        if name not in members:
            raise UnknownFieldError(_unknown(event_class, field, name, members))
        field = members[name]
    return field


def field_members(field: EventField) -> Mapping[str, EventField]:
    """Give the fields that lie in a field, by their names; none of a scalar."""
    found: dict[str, EventField] = {}
    for each in field.types:
        may_be_missing = optional_members(each)
        for name, hint in (declared_fields(each) or {}).items():
            found[name] = _field(
                (*field.path, name),
                hint,
                is_optional=field.is_optional or len(field.types) > 1 or name in may_be_missing,
                lists=field.lists,
            )
    return found


def _field(path: tuple[str, ...], hint: object, *, is_optional: bool, lists: tuple[tuple[str, ...], ...]) -> EventField:
    all_types = alternatives(hint)
    is_nullable = type(None) in all_types
    within = [each for each in all_types if each is not type(None)]
    scalars: list[object] = []
    for each in within:
        origin, arguments = typing.get_origin(each), typing.get_args(each)
        if origin in LISTS or each in LISTS:
            items = [item for argument in arguments if argument is not Ellipsis for item in alternatives(argument)]
            scalars.extend(item for item in items if item is not type(None))
            lists = (*lists, path) if path not in lists else lists
        else:
            scalars.append(each)
    return EventField(
        path=path,
        types=tuple(scalars),
        is_optional=is_optional or is_nullable,
        is_nullable=is_nullable,
        lists=lists,
    )


def alternatives(hint: object) -> tuple[object, ...]:
    """Give the types that a value may have, those of a union one by one."""
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return alternatives(typing.get_args(hint)[0])
    if origin in (typing.Union, types.UnionType):
        return tuple(each for argument in typing.get_args(hint) for each in alternatives(argument))
    return (hint,)


def declared_fields(value_type: object) -> Mapping[str, object] | None:
    """Give the types of a dataclass's, ``TypedDict``'s or Pydantic model's fields by name; ``None`` of other types."""
    if not isinstance(value_type, type):
        return None
    if dataclasses.is_dataclass(value_type):
        hints = _hints(value_type)
        return {field.name: hints[field.name] for field in dataclasses.fields(value_type)}
    if is_typed_dict(value_type):
        return _hints(value_type)
    if is_pydantic_model(value_type):
        hints = {name: plain_type(info.annotation) for name, info in value_type.model_fields.items()}
        return {
            # Bounds may be said in the annotation or in Field(…).
            name: typing.Annotated[(hints[name], *info.metadata)] if info.metadata else hints[name]
            for name, info in value_type.model_fields.items()
        }
    return None


def is_typed_dict(value_type: object) -> typing.TypeGuard[type]:
    """Tell whether a type is a ``TypedDict``, also of ``typing_extensions``, which Pydantic asks for before 3.12."""
    return isinstance(value_type, type) and issubclass(value_type, dict) and hasattr(value_type, "__required_keys__")


def optional_members(value_type: object) -> frozenset[str]:
    """Give the names of what a ``TypedDict`` may lack; of other types nothing."""
    if not is_typed_dict(value_type):
        return frozenset()
    typed_dict = value_type
    # Of annotations that are texts, __optional_keys__ knows no NotRequired.
    origins = {name: typing.get_origin(hint) for name, hint in _written_hints(typed_dict).items()}
    by_totality = typing.cast("frozenset[str]", getattr(typed_dict, "__optional_keys__", frozenset()))
    return frozenset(
        name
        for name, origin in origins.items()
        if origin is typing.NotRequired or (name in by_totality and origin is not typing.Required)
    )


@functools.cache
def _hints(field_type: type) -> Mapping[str, object]:
    return {name: plain_type(hint) for name, hint in _written_hints(field_type).items()}


@functools.cache
def _written_hints(field_type: type) -> Mapping[str, object]:
    return typing.get_type_hints(field_type, include_extras=True)


def _unknown(event_class: type, field: EventField, name: str, members: Mapping[str, EventField]) -> str:
    where = "__".join(field.path) or event_class.__name__
    if not members and field.is_nested:
        return f"{where} is a mapping, whose keys are no fields; what is asked for needs a field of its own"
    if not members:
        return f"{where} is a single value, and has no field {name!r}"
    close = difflib.get_close_matches(name, members, n=1)
    has = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(sorted(members))}"
    return f"{where} has no field {name!r}; {has}"
