"""Writes an item as DynamoDB gives it as plain JSON, by its shape: what ``api_handler`` would answer."""

from __future__ import annotations

from dataclasses import replace

from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.field_shape import FieldShape, Kind, UnmappableFieldError
from best_practice_constructs.api.mapping.json_pieces import json_literal, json_object
from best_practice_constructs.api.mapping.json_writing import write_json, write_number, write_truth
from best_practice_constructs.api.mapping.template_node import Assign, Choice, Loop, Node, Value, joined
from best_practice_constructs.api.mapping.value_sources import checked_name, is_there


def read_item(shape: FieldShape, reference: str, *, depth: int = 0) -> Node:
    """Give what writes an item, or a map in one, as a JSON object of the shape's fields.

    :param reference: the expression of the attributes by name, without its dollar.
    :param depth: how many loops it lies in.
    :raises UnmappableFieldError: a field may be any JSON.
    """
    return json_object(
        {
            name: _member(member, f"{reference}.get('{checked_name(name)}')", depth)
            for name, member in shape.members.items()
        }
    )


def _member(shape: FieldShape, reference: str, depth: int) -> Node:
    written = _read(shape, reference, depth)
    if not shape.is_optional:
        return written
    not_null = f'"$!{{{reference}.get(\'NULL\')}}" != "true"'
    return Choice(f"{is_there(Value(reference))} && {not_null}", written, json_literal(shape.default))


def _read(shape: FieldShape, reference: str, depth: int) -> Node:
    if shape.is_stored_as_json:
        parsed = f"parsed{depth or ''}"
        inner = replace(shape, is_stored_as_json=False, is_optional=False)
        return joined(
            Assign(parsed, f"$util.parseJson(${reference}.get('S'))"),
            write_json(inner, parsed, depth=depth + 1),
        )
    match shape.kind:
        case Kind.TEXT:
            return json_string(Value(f"{reference}.get('S')"))
        case Kind.DECIMAL:
            return json_string(Value(f"{reference}.get('N')"))
        case Kind.WHOLE_NUMBER | Kind.NUMBER:
            return write_number(f"{reference}.get('N')")
        case Kind.BOOLEAN:
            return write_truth(f"{reference}.get('BOOL')")
        case Kind.OBJECT:
            return read_item(shape, f"{reference}.get('M')", depth=depth)
        case Kind.LIST:
            element = f"element{depth or ''}"
            each = _read(shape.listed(), element, depth + 1)
            return joined("[", Loop(element, f"{reference}.get('L')", each), "]")
        case Kind.ANY_JSON:
            raise UnmappableFieldError("any JSON cannot be read by its type")
