"""The template by which EventBridge Pipes makes an enriched event of a change, from the event's class (E4, E6, S1).

What Pipes can do, as its user guide tells (*Amazon EventBridge Pipes input transformation*): copy the value at a path
of the record, and put quotes around texts. It does not turn DynamoDB's JSON into plain JSON, and leaves nothing at a
path that is not there. So a field that needs more than copying is refused. Paths stand without quotes: between quotes
that the template has itself Pipes puts texts as they are, and a quote in one would end it. That Pipes quotes and
escapes texts at bare paths is an assumption: the guide says both, and it was not run on AWS.
"""

from __future__ import annotations

import datetime
import enum
import json
import re
import typing
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from best_practice_constructs.events.kept_images import IMAGE_OF_FIELD
from best_practice_constructs.runtime.event_fields import (
    LISTS,
    MAPPINGS,
    alternatives,
    declared_fields,
    is_typed_dict,
)
from best_practice_constructs.runtime.event_images import image_fields
from best_practice_constructs.runtime.event_type import EventDeclaration

MOST_CHARACTERS = 8192
"""What Pipes takes of a template."""

_TEXTS = (str, datetime.datetime, datetime.date, datetime.time, datetime.timedelta, uuid.UUID)
_NAME = re.compile(r"[A-Za-z0-9_]+")


class UncopiableFieldError(ValueError):
    """Pipes cannot copy a field; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class PipeTemplate:
    """What Pipes makes of each record.

    :param text: the ``InputTemplate``.
    :param images: the images that it takes values from.
    """

    text: str
    images: frozenset[str]


def pipe_template(
    declaration: EventDeclaration,
    *,
    image: str,
    static_metadata: Mapping[str, str],
    correlation_id_attribute: str | None,
    occurred_at_attribute: str | None,
) -> PipeTemplate:
    """Make the template of an event in the enriched envelope, as ``runtime.queue_consumer`` reads it.

    :param image: where the fields that are not ``before`` and ``after`` come from.
    :param static_metadata: ``service``, ``stage`` and ``application_version``.
    :raises UncopiableFieldError: a field is of a type that Pipes cannot copy, or has a name that it cannot look up.
    """
    whole = image_fields(declaration.type)
    data: list[str] = []
    images: set[str] = set()
    for name, hint in (declared_fields(declaration.type) or {}).items():
        used = IMAGE_OF_FIELD[name] if name in whole else image
        images.add(used)
        path = (used,) if name in whole else (used, name)
        data.append(f"{_text(name)}:{_value(hint, path=path, field=(name,))}")
    attributes = [each for each in (correlation_id_attribute, occurred_at_attribute) if each is not None]
    if attributes:
        images.add(image)
    # An id of its own for each event that is told of one change.
    event_id = f'"<$.eventID>-{_text(f"{declaration.detail_type}-{declaration.version}")[1:]}'
    metadata = {
        "event_id": event_id,
        **{name: _text(value) for name, value in static_metadata.items()},
        "correlation_id": _attribute(image, correlation_id_attribute) if correlation_id_attribute else event_id,
        "causation_id": "<$.eventID>",
        "schema_version": str(declaration.version),
        "compatible_since": str(declaration.compatible_since),
        "occurred_at": _attribute(image, occurred_at_attribute)
        if occurred_at_attribute
        else "<aws.pipes.event.ingestion-time>",
        "changed": f"[{','.join(_text(each) for each in declaration.changed)}]",
    }
    return PipeTemplate(
        text=f'{{"metadata":{_object(f"{_text(name)}:{value}" for name, value in metadata.items())},'
        f'"data":{_object(data)}}}',
        images=frozenset(images),
    )


def _value(hint: object, *, path: tuple[str, ...], field: tuple[str, ...]) -> str:
    types = alternatives(hint)
    if type(None) in types:
        raise _uncopiable(field, "may be None", "leaves nothing where an attribute is missing, which is no JSON then")
    if len(types) != 1:
        raise _uncopiable(field, "is a union", "cannot look which type an attribute has")
    (kind,) = types
    members = declared_fields(kind)
    if members is not None:
        if is_typed_dict(kind) and getattr(kind, "__optional_keys__", None):
            raise _uncopiable(field, "has keys that may be missing", "leaves nothing where an attribute is missing")
        item = path if len(path) == 1 else (*path, "M")
        return _object(
            f"{_text(name)}:{_value(inner, path=(*item, name), field=(*field, name))}"
            for name, inner in members.items()
        )
    return f"<$.dynamodb.{'.'.join(_checked(path, field))}.{_descriptor(kind, field)}>"


def _descriptor(kind: object, field: tuple[str, ...]) -> str:
    """Say how DynamoDB's JSON calls the type: as text, number or truth value."""
    if kind is bool:
        return "BOOL"
    if kind is Decimal:
        # As text, with all its digits: so they stand in events.
        return "N"
    if kind in _TEXTS:
        return "S"
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        values: tuple[object, ...] = tuple(each.value for each in kind)
    elif typing.get_origin(kind) is typing.Literal:
        values = typing.get_args(kind)
    else:
        raise _uncopiable(field, *_why_not(kind))
    if not all(isinstance(each, str) for each in values):
        raise _uncopiable(field, "has values that are no texts", "writes DynamoDB's numbers as texts")
    return "S"


def _why_not(kind: object) -> tuple[str, str]:
    origin = typing.get_origin(kind) or kind
    if kind in (int, float):
        name = "an int" if kind is int else "a float"
        return f"is {name}", "writes DynamoDB's numbers as texts (a Decimal is read from one)"
    if origin in LISTS:
        return "is a list", "cannot turn DynamoDB's lists and sets into plain ones"
    if origin in MAPPINGS:
        return "is a mapping", "cannot turn DynamoDB's maps into plain ones, when it does not know their keys"
    return f"is of the type {kind}", "has to know the type of an attribute to copy it"


def _attribute(image: str, name: str) -> str:
    return f"<$.dynamodb.{'.'.join(_checked((image, name), (name,)))}.S>"


def _checked(path: tuple[str, ...], field: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_NAME.fullmatch(name) for name in path):
        raise _uncopiable(field, "has a name with other signs than letters, digits and _", "cannot look it up")
    return path


def _uncopiable(field: tuple[str, ...], what: str, why: str) -> UncopiableFieldError:
    return UncopiableFieldError(f"{'.'.join(field)} {what}, and EventBridge Pipes {why}")


def _object(members: typing.Iterable[str]) -> str:
    return f"{{{','.join(members)}}}"


def _text(value: str) -> str:
    # In a template, < and > begin and end a path, in texts too.
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e")
