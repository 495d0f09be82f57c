"""JSON Schema, draft 4, without references: what API Gateway's models and EventBridge's schemas take (S3, E4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import cast, get_type_hints

import msgspec

from best_practice_constructs.runtime.pydantic_models import is_pydantic_model

Schema = dict[str, object]

_DECIMAL = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_DROPPED = frozenset({"default", "title", "examples", "discriminator", "contentEncoding", "propertyNames", "$schema"})


class UnsupportedTypeError(TypeError):
    """A type that no JSON schema describes; the message names the field."""


def model_schema(model: type, *, read: bool = False) -> Schema:
    """Give the draft-4 schema of what the runtime writes of a dataclass, a ``msgspec.Struct`` or a Pydantic model.

    API Gateway validates by draft 4: bounds that exclude are flags, a constant is an enumeration of one. A decimal is a
    string, as the runtime writes it. What is not declared is allowed, so that clients may be newer.

    :param read: the schema of what the runtime reads: decimals may be numbers too.
    :raises UnsupportedTypeError: a field has no JSON form, or the type contains itself.
    """
    try:
        schema = (
            model.model_json_schema(mode="serialization")
            if is_pydantic_model(model)
            else msgspec.json.schema(model, schema_hook=_schema_of_anything)
        )
    except TypeError as error:
        raise UnsupportedTypeError(f"{_culprit(model)}: {error}") from error
    definitions = cast("Mapping[str, Schema]", schema.pop("$defs", {}))
    converted = _converted(schema, definitions, ())
    if read:
        converted = _with_numbers(converted)
    return {"$schema": "http://json-schema.org/draft-04/schema#", **cast("Schema", converted)}


def _schema_of_anything(value_type: type) -> Schema:
    if value_type is object:
        # msgspec takes no empty schema; titles are dropped afterwards.
        return {"title": "anything"}
    raise NotImplementedError


def _with_numbers(value: object) -> object:
    """Let decimals be numbers too, as people write them in requests."""
    if isinstance(value, list):
        return [_with_numbers(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    schema = cast("Schema", value)
    if schema.get("type") == "string" and schema.get("pattern") == _DECIMAL:
        return {**schema, "type": ["string", "number"]}
    return {key: _with_numbers(item) for key, item in schema.items()}


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
    if key == "format" and item == "decimal":
        return {"pattern": _DECIMAL}
    return {key: converted}


def _culprit(model: type) -> str:
    if dataclasses.is_dataclass(model):
        for name, hint in get_type_hints(model, include_extras=True).items():
            try:
                msgspec.json.schema(hint, schema_hook=_schema_of_anything)
            except TypeError:
                return f"{model.__name__}.{name}"
    return model.__name__
