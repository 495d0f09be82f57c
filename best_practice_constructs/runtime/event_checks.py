"""What the fields of an event cannot be, checked when it is declared (E3, E7)."""

from __future__ import annotations

import dataclasses
import difflib
import typing
from collections.abc import Iterator, Mapping, Sequence

from best_practice_constructs.runtime.codec import Decoder
from best_practice_constructs.runtime.errors import InvalidEventError
from best_practice_constructs.runtime.event_fields import MAPPINGS, declared_fields
from best_practice_constructs.runtime.event_size_check import check_size
from best_practice_constructs.runtime.json_types import reason_not_json
from best_practice_constructs.runtime.pydantic_checks import check_model
from best_practice_constructs.runtime.pydantic_models import is_pydantic_model
from best_practice_constructs.runtime.secret_names import looks_secret


def check_fields(event_class: type, *, not_secret: Sequence[str], claim_check: Sequence[str]) -> None:
    """Refuse fields that do not arrive as they were sent or look like secrets, and a class that can never be sent.

    :raises InvalidEventError: naming class and field.
    """
    try:
        fields = declared_fields(event_class) or {}
        _check_travels(event_class, fields)
    except NameError as error:
        raise InvalidEventError(
            f"The types of the event {event_class.__qualname__} cannot be found: {error}. "
            "Import them, and not under TYPE_CHECKING, or define them in the same module."
        ) from error
    for each in _classes(event_class):
        _check_cannot_change(each, event_class=event_class)
    _check_secrets(event_class, not_secret=not_secret)
    _check_claim_check(event_class, fields, claim_check=claim_check)
    check_size(event_class, claim_check=claim_check)


def _check_travels(event_class: type, fields: Mapping[str, object]) -> None:
    if is_pydantic_model(event_class):
        check_model(event_class, event_class=event_class)
    for name, hint in fields.items():
        if reason := reason_not_json(hint, within=event_class):
            raise _not_json(event_class, name, reason)
    if is_pydantic_model(event_class):
        for each in _classes(event_class):
            if is_pydantic_model(each):
                check_model(each, event_class=event_class)
        return
    # A bound may not go with its type: the consumer would learn it at its first cold start.
    for name, hint in fields.items():
        try:
            Decoder(typing.cast("type[object]", hint))
        except TypeError as error:
            raise _not_json(event_class, name, str(error).replace("\n", " ")) from error


def _not_json(event_class: type, name: str, reason: str) -> InvalidEventError:
    return InvalidEventError(
        f"The field {name!r} of the event {event_class.__qualname__} cannot travel as JSON: {reason}."
    )


def _check_cannot_change(value_type: type, *, event_class: type) -> None:
    if is_pydantic_model(value_type):
        remedy = None if value_type.model_config.get("frozen") else "model_config = ConfigDict(frozen=True)"
    elif dataclasses.is_dataclass(value_type):
        remedy = None if value_type.__dict__["__dataclass_params__"].frozen else "@dataclass(frozen=True)"
    else:
        remedy = None
    if remedy is not None:
        raise InvalidEventError(
            f"The class {value_type.__qualname__} within the event {event_class.__qualname__} can be changed, and "
            f"facts cannot: write {remedy}."
        )


def _check_claim_check(event_class: type, fields: Mapping[str, object], *, claim_check: Sequence[str]) -> None:
    name = event_class.__qualname__
    for given in claim_check:
        if given not in fields:
            close = difflib.get_close_matches(given, fields, n=1)
            raise InvalidEventError(
                f"The event {name} has no field {given!r}, which claim_check names: "
                + (f"did you mean {close[0]!r}?" if close else f"it has {', '.join(sorted(fields))}.")
            )
    if claim_check and fields.keys() <= set(claim_check):
        raise InvalidEventError(
            f"claim_check names every field of the event {name}, and nothing would be left that a rule can ask for: "
            "name the large ones only."
        )


def _check_secrets(event_class: type, *, not_secret: Sequence[str]) -> None:
    paths = dict.fromkeys(path for path, _ in _fields(event_class, path=(), within=()))
    if unknown := sorted(set(not_secret) - paths.keys()):
        raise InvalidEventError(
            f"The event {event_class.__qualname__} has no field {unknown[0]!r}, which not_secret names; it has "
            f"{', '.join(sorted(paths))}."
        )
    for path in sorted(paths.keys() - set(not_secret)):
        if looks_secret(path.rpartition(".")[2]):
            raise InvalidEventError(
                f"The field {path!r} of the event {event_class.__qualname__} looks like a secret, and events are kept "
                f"in queues, archives and logs: leave it out, or say that it is none with not_secret=({path!r},)."
            )


def _classes(event_class: type) -> Iterator[type]:
    """Give the classes with fields that lie in an event, its own first."""
    yield event_class
    seen = {event_class}
    for _, hint in _fields(event_class, path=(), within=()):
        for each in _parts(hint):
            if isinstance(each, type) and each not in seen and declared_fields(each) is not None:
                seen.add(each)
                yield each


def _fields(hint: object, *, path: tuple[str, ...], within: tuple[object, ...]) -> Iterator[tuple[str, object]]:
    """Give the paths and types of all fields, at any depth: the values of a mapping lie at ``*``, items at the list."""
    fields = declared_fields(hint)
    if fields is not None:
        for name, each in () if hint in within else fields.items():
            yield ".".join((*path, name)), each
            yield from _fields(each, path=(*path, name), within=(*within, hint))
        return
    arguments = typing.get_args(hint) if typing.get_origin(hint) is not typing.Literal else ()
    if typing.get_origin(hint) in MAPPINGS:
        path, arguments = (*path, "*"), arguments[1:]
    for each in arguments:
        yield from _fields(each, path=path, within=within)


def _parts(hint: object) -> Iterator[object]:
    yield hint
    if typing.get_origin(hint) is not typing.Literal:
        for each in typing.get_args(hint):
            yield from _parts(each)
