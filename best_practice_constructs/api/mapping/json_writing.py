"""Writes a parsed JSON value as JSON again, by its shape: what it should not be cannot break out of its place."""

from __future__ import annotations

from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.field_shape import FieldShape, Kind, UnmappableFieldError
from best_practice_constructs.api.mapping.json_pieces import json_literal, json_object
from best_practice_constructs.api.mapping.template_node import Assign, Choice, Loop, Node, Text, Value, joined
from best_practice_constructs.api.mapping.value_sources import checked_name, is_there


def write_json(shape: FieldShape, reference: str, *, depth: int = 0) -> Node:
    """Give what writes the value of an expression as JSON; what is missing is its default, or ``null``.

    :param reference: the expression, without its dollar.
    :param depth: how many loops it lies in.
    :raises UnmappableFieldError: a part may be any JSON: only a whole body can be copied unseen.
    """
    written = _write(shape, reference, depth)
    if not shape.is_optional:
        return written
    return Choice(is_there(Value(reference)), written, json_literal(shape.default))


def write_number(reference: str) -> Node:
    """Give what writes a number; anything else becomes ``null``, which no consumer takes for one."""
    number = Value("number")
    return joined(
        Assign("number", f'"$!{{{reference}}}"'),
        Choice('$number.matches("-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?")', number, Text("null")),
    )


def write_truth(reference: str) -> Node:
    """Give what writes a truth value; anything but ``true`` is ``false``."""
    return Choice(f'"$!{{{reference}}}" == "true"', Text("true"), Text("false"))


def _write(shape: FieldShape, reference: str, depth: int) -> Node:
    match shape.kind:
        case Kind.TEXT | Kind.DECIMAL:
            return json_string(Value(reference))
        case Kind.WHOLE_NUMBER | Kind.NUMBER:
            return write_number(reference)
        case Kind.BOOLEAN:
            return write_truth(reference)
        case Kind.OBJECT:
            return json_object(
                {
                    name: write_json(member, f"{reference}.get('{checked_name(name)}')", depth=depth)
                    for name, member in shape.members.items()
                }
            )
        case Kind.LIST:
            element = f"element{depth or ''}"
            return joined("[", Loop(element, reference, write_json(shape.listed(), element, depth=depth + 1)), "]")
        case Kind.ANY_JSON:
            raise UnmappableFieldError("any JSON cannot be written by its type")
