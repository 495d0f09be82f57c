"""The forms of texts that stand for something else, as patterns that draft 4 knows: decimals and times of day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import msgspec.inspect as inspection

Schema = dict[str, object]

DECIMAL = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
_OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2})"
TIME = f"^{_TIME}{_OFFSET}?$"
TIME_WITH_ZONE = f"^{_TIME}{_OFFSET}$"
TIME_WITHOUT_ZONE = f"^{_TIME}$"

NAMES: Mapping[object, str] = {
    DECIMAL: "decimal",
    TIME: "time",
    TIME_WITH_ZONE: "time with zone",
    TIME_WITHOUT_ZONE: "time without zone",
}
"""What people call the texts of each pattern."""

# The format "time" is of JSON Schema's later drafts, and of times with a zone only; an own pattern holds everywhere.
_PATTERNS: Mapping[bool | None, str] = {None: TIME, True: TIME_WITH_ZONE, False: TIME_WITHOUT_ZONE}


def with_times(schema: Schema, value_type: object) -> Schema:
    """Give a schema of msgspec's, without references, in which all times have their forms.

    Of times whose type leaves the zone open it says nothing but that they are texts. What the runtime publishes always
    has one, apart from times of day.
    """
    _mark(schema, inspection.type_info(value_type))
    return schema


def _mark(schema: Schema, kind: inspection.Type) -> None:
    while isinstance(kind, inspection.Metadata):
        kind = kind.type
    if isinstance(kind, inspection.DateTimeType):
        schema["format"] = "date-time"
    elif isinstance(kind, inspection.TimeType):
        schema.pop("format", None)
        schema["pattern"] = _PATTERNS[kind.tz]
    else:
        for part, inner in _parts(schema, kind):
            _mark(part, inner)


def _parts(schema: Schema, kind: inspection.Type) -> Iterator[tuple[Schema, inspection.Type]]:
    """Give the schemas that lie in a schema, each with its type."""
    if isinstance(kind, inspection.CollectionType):
        if "items" in schema:
            yield cast("Schema", schema["items"]), kind.item_type
    elif isinstance(kind, inspection.TupleType):
        yield from zip(cast("list[Schema]", schema.get("items", [])), kind.item_types, strict=True)
    elif isinstance(kind, inspection.DictType):
        if "additionalProperties" in schema:
            yield cast("Schema", schema["additionalProperties"]), kind.value_type
    elif isinstance(kind, inspection.UnionType):
        yield from zip(_alternatives(schema), _in_order(kind), strict=False)
    elif isinstance(kind, inspection.DataclassType | inspection.TypedDictType | inspection.StructType):
        properties = cast("Mapping[str, Schema]", schema.get("properties", {}))
        yield from ((properties[f.encode_name], f.type) for f in kind.fields if f.encode_name in properties)


def _alternatives(schema: Schema) -> Iterator[Schema]:
    for each in cast("list[Schema]", schema.get("anyOf", [])):
        if "anyOf" in each:
            yield from _alternatives(each)
        else:
            yield each


def _in_order(union: inspection.UnionType) -> Iterator[inspection.Type]:
    """Give the types of a union as its schema lists them: structs behind the others, ``None`` last."""
    structs: list[inspection.Type] = []
    for kind in union.types:
        plain = kind
        while isinstance(plain, inspection.Metadata):
            plain = plain.type
        if isinstance(plain, inspection.StructType):
            structs.append(plain)
        elif not isinstance(plain, inspection.NoneType):
            yield plain
    yield from structs
