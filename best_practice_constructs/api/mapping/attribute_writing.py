"""Writes a value of a request as DynamoDB's JSON, by its shape."""

from __future__ import annotations

from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.field_shape import FieldShape, Kind, UnmappableFieldError
from best_practice_constructs.api.mapping.json_pieces import Member, json_object
from best_practice_constructs.api.mapping.json_writing import write_json, write_truth
from best_practice_constructs.api.mapping.template_node import Loop, Node, Text, Value, joined
from best_practice_constructs.api.mapping.value_sources import checked_name, is_there


def write_attribute(shape: FieldShape, reference: str, *, depth: int = 0) -> Node:
    """Give what writes the value of an expression as an attribute value.

    Numbers are texts in DynamoDB's JSON, so they are escaped as such: what is none, DynamoDB refuses.

    :param reference: the expression, without its dollar.
    :param depth: how many loops and objects it lies in.
    :raises UnmappableFieldError: a part may be any JSON.
    """
    if shape.is_stored_as_json:
        return attribute("S", json_string(write_json(shape, reference, depth=depth)))
    match shape.kind:
        case Kind.TEXT:
            return attribute("S", json_string(Value(reference)))
        case Kind.WHOLE_NUMBER | Kind.NUMBER | Kind.DECIMAL:
            return attribute("N", json_string(Value(reference)))
        case Kind.BOOLEAN:
            return attribute("BOOL", write_truth(reference))
        case Kind.OBJECT:
            members = attribute_members(shape, reference, depth=depth + 1)
            return attribute("M", json_object(members, separator=f"separator{depth}"))
        case Kind.LIST:
            element = f"element{depth or ''}"
            each = write_attribute(shape.listed(), element, depth=depth + 1)
            return attribute("L", joined("[", Loop(element, reference, each), "]"))
        case Kind.ANY_JSON:
            raise UnmappableFieldError("any JSON cannot be written by its type; store it as JSON text (StoredAsJson)")


def attribute_members(shape: FieldShape, reference: str, *, depth: int = 0) -> dict[str, Member]:
    """Give the attributes of an object's fields; what is missing, ``null`` or empty and optional is left out."""
    members: dict[str, Member] = {}
    for name, member in shape.members.items():
        inner = f"{reference}.get('{checked_name(name)}')"
        members[name] = Member(
            value=write_attribute(member, inner, depth=depth),
            condition=is_there(Value(inner)) if member.is_optional else None,
        )
    return members


def attribute(descriptor: str, value: Node) -> Node:
    """Give an attribute value of a type, such as ``{"S": …}``."""
    return joined(Text(f'{{"{descriptor}":'), value, "}")
