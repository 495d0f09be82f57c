"""JSON Schema, draft 4, without references: what API Gateway's models and EventBridge's schemas take (S3, E4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import cast, get_type_hints

import msgspec

from best_practice_constructs.runtime.pydantic_models import is_pydantic_model
from best_practice_constructs.schemas import text_forms
from best_practice_constructs.schemas.pydantic_schema import pydantic_schema

Schema = dict[str, object]

# Formats that draft 4 does not know, or that mean something else in other drafts.
_PATTERNS: Mapping[object, str] = {
    "decimal": text_forms.DECIMAL,
    "time": text_forms.TIME,
    "partial-time": text_forms.TIME_WITHOUT_ZONE,
}
_DROPPED = frozenset({"default", "title", "examples", "discriminator", "contentEncoding", "propertyNames", "$schema"})


class UnsupportedTypeError(TypeError):
    """A type that no JSON schema describes; the message names the field."""


def model_schema(model: type, *, read: bool = False) -> Schema:
    """Give the draft-4 schema of what the runtime writes of a dataclass, a ``msgspec.Struct`` or a Pydantic model.

    API Gateway validates by draft 4: bounds that exclude are flags, a constant is an enumeration of one. A decimal is a
    string, as the runtime writes it, and so is a time, with the format or pattern of the one form that it is written
    in. What is not declared is allowed, so that clients may be newer.

    :param read: the schema of what the runtime reads: decimals may be numbers too, and times have more than one form.
    :raises UnsupportedTypeError: a field has no JSON form, or the type contains itself.
    """
    try:
        schema = _schema_of_model(model)
    except TypeError as error:
        raise UnsupportedTypeError(f"{_culprit(model)}: {error}") from error
    definitions = cast("Mapping[str, Schema]", schema.pop("$defs", {}))
    converted = cast("Schema", _converted(schema, definitions, ()))
    if read:
        converted = cast("Schema", _as_read(converted))
    elif not is_pydantic_model(model):
        converted = text_forms.with_times(converted, model)
    return {"$schema": "http://json-schema.org/draft-04/schema#", **converted}


def _schema_of_model(model: type) -> Schema:
    if not is_pydantic_model(model):
        return msgspec.json.schema(model, schema_hook=_schema_of_anything)
    return pydantic_schema(model)


def _schema_of_anything(value_type: type) -> Schema:
    if value_type is object:
        # msgspec takes no empty schema; titles are dropped afterwards.
        return {"title": "anything"}
    raise NotImplementedError


def _as_read(value: object) -> object:
    """Let decimals be numbers too, as people write them in requests, and times of day have any form that is read."""
    if isinstance(value, list):
        return [_as_read(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    schema = cast("Schema", value)
    if schema.get("type") == "string" and schema.get("pattern") in text_forms.NAMES:
        if schema["pattern"] == text_forms.DECIMAL:
            return {**schema, "type": ["string", "number"]}
        return {key: item for key, item in schema.items() if key != "pattern"}
    return {key: _as_read(item) for key, item in schema.items()}


def _converted(value: object, definitions: Mapping[str, Schema], within: tuple[str, ...]) -> object:
    if isinstance(value, list):
        return [_converted(item, definitions, within) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    schema = cast("Schema", value)
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        if name in within:
            raise UnsupportedTypeError(f"{name} contains itself, which a schema without references cannot say")
        return _converted(definitions[name], definitions, (*within, name))
    converted: Schema = {}
    for key, item in schema.items():
        if key == "properties":
            properties = cast("Mapping[str, object]", item)
            converted[key] = {name: _converted(inner, definitions, within) for name, inner in properties.items()}
        elif key not in _DROPPED:
            converted |= _keyword(key, item, _converted(item, definitions, within))
    return converted


def _keyword(key: str, item: object, converted: object) -> Schema:
    if key == "exclusiveMinimum":
        return {"minimum": item, "exclusiveMinimum": True}
    if key == "exclusiveMaximum":
        return {"maximum": item, "exclusiveMaximum": True}
    if key == "const":
        return {"enum": [item]}
    if key == "prefixItems":
        return {"items": converted, "additionalItems": False}
    if key == "items" and item is False:
        return {}
    if key == "format" and item in _PATTERNS:
        return {"pattern": _PATTERNS[item]}
    return {key: converted}


def _culprit(model: type) -> str:
    if dataclasses.is_dataclass(model):
        for name, hint in get_type_hints(model, include_extras=True).items():
            try:
                msgspec.json.schema(hint, schema_hook=_schema_of_anything)
            except TypeError:
                return f"{model.__name__}.{name}"
    return model.__name__
