"""The JSON schema of an event as it arrives: the envelope of EventBridge, the metadata, the data (E4)."""

from __future__ import annotations

import inspect
from typing import cast

from best_practice_constructs.runtime.claim_check import PREFIX
from best_practice_constructs.runtime.compared_numbers import NUMBER_TYPES
from best_practice_constructs.runtime.event_fields import EventField, field_members, whole_event
from best_practice_constructs.runtime.event_type import EventDeclaration
from best_practice_constructs.schemas.json_schema import Schema, model_schema

_TEXT: Schema = {"type": "string"}
_METADATA: Schema = {
    "type": "object",
    "required": ["event_id", "service", "stage", "application_version", "correlation_id", "occurred_at"],
    "properties": {
        "event_id": _TEXT,
        "service": _TEXT,
        "stage": _TEXT,
        "application_version": _TEXT,
        "correlation_id": _TEXT,
        "causation_id": {"anyOf": [_TEXT, {"type": "null"}]},
        "schema_version": {"type": "integer"},
        "compatible_since": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "occurred_at": {"type": "string", "format": "date-time"},
        "changed": {"type": "array", "items": _TEXT},
    },
}


def data_schema(declaration: EventDeclaration) -> Schema:
    """Give the draft-4 schema of the event's data.

    :raises UnsupportedTypeError: a field has no JSON form, or the type contains itself.
    """
    return {name: value for name, value in model_schema(declaration.type).items() if name != "$schema"}


def event_schema(declaration: EventDeclaration) -> Schema:
    """Give the draft-4 schema of the whole event, as EventBridge's registry takes it."""
    detail: Schema = {
        "type": "object",
        "required": ["metadata", "data"],
        "properties": {"metadata": _METADATA, "data": data_schema(declaration)},
    }
    if numbers := _compared_numbers(declaration):
        cast("Schema", detail["properties"])["numbers"] = numbers
    if declaration.claim_check:
        detail = _with_claim_check(detail, put_aside=declaration.claim_check)
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": declaration.detail_type,
        "description": inspect.getdoc(declaration.type) or declaration.detail_type,
        "type": "object",
        "required": ["source", "detail-type", "detail"],
        "properties": {
            "version": _TEXT,
            "id": _TEXT,
            "source": {"enum": [declaration.source]},
            "detail-type": {"enum": [declaration.detail_type]},
            "account": _TEXT,
            "time": {"type": "string", "format": "date-time"},
            "region": _TEXT,
            "resources": {"type": "array", "items": _TEXT},
            "detail": detail,
        },
    }


def _with_claim_check(detail: Schema, *, put_aside: tuple[str, ...]) -> Schema:
    """Let fields be missing where there is a claim check, and nowhere else."""
    properties = cast("dict[str, Schema]", detail["properties"])
    data = dict(properties["data"])
    required = cast("list[str]", data.pop("required", []))
    # Draft 4 refuses a list of none.
    if stays := [name for name in required if name not in put_aside]:
        data["required"] = stays
    claim_check: Schema = {
        "type": "object",
        "description": "Where the fields lie that were put aside, as the event is large.",
        "required": ["bucket", "key", "sha256", "size", "fields"],
        "properties": {
            "bucket": _TEXT,
            "key": {"type": "string", "pattern": f"^{PREFIX}[0-9a-f]{{64}}$"},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "size": {"type": "integer", "minimum": 2},
            "fields": {"type": "array", "items": {"enum": list(put_aside)}, "minItems": 1, "uniqueItems": True},
            "expires_at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        },
    }
    changed: Schema = {**detail, "properties": {**properties, "data": data, "claim_check": claim_check}}
    if missing := [name for name in required if name in put_aside]:
        whole: Schema = {"properties": {"data": {"required": missing}}}
        changed["anyOf"] = [{"required": ["claim_check"]}, whole]
    return changed


def _compared_numbers(declaration: EventDeclaration) -> Schema:
    """Describe what ``runtime.event_numbers`` puts beside the data."""
    numbers = _numbers(whole_event(declaration.type), within=())
    properties = cast("Schema", numbers.get("properties", {}))
    compared = {name: inner for name, inner in properties.items() if name not in declaration.claim_check}
    return {"type": "object", "properties": compared} if compared else {}


def _numbers(field: EventField, *, within: tuple[object, ...]) -> Schema:
    properties: Schema = {}
    for name, member in field_members(field).items():
        if member.lists or any(each in within for each in member.types):
            continue
        if not NUMBER_TYPES.isdisjoint(member.types):
            properties[name] = {"type": ["number", "null"]}
        elif inner := _numbers(member, within=(*within, *field.types)):
            properties[name] = inner
    return {"type": "object", "properties": properties} if properties else {}
