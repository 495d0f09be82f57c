"""JSON objects of pieces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.template_node import Assign, Choice, Node, Text, Value, joined


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of a JSON object.

    :param value: JSON.
    :param condition: when it is there at all; ``None`` for always.
    """

    value: Node
    condition: str | None = None


def json_object(members: Mapping[str, Member | Node], *, separator: str = "separator") -> Node:
    """Give a JSON object; members that are always there come first.

    :param separator: the name of a variable, used where each member may be missing; of its own for objects in objects.
    """
    given = {name: each if isinstance(each, Member) else Member(value=each) for name, each in members.items()}
    always = {name: each.value for name, each in given.items() if each.condition is None}
    sometimes = {name: each for name, each in given.items() if each.condition is not None}
    parts: list[Node | str] = ["{"]
    for index, (name, value) in enumerate(always.items()):
        parts += ["," if index else "", json_text(name), ":", value]
    if not always and sometimes:
        parts.append(Assign(separator, '""'))
    for name, each in sometimes.items():
        before: Node = Text(",") if always else Value(separator)
        after: Node = Text("") if always else Assign(separator, '","')
        parts.append(Choice(each.condition or "", joined(before, json_text(name), ":", each.value, after)))
    return joined(*parts, "}")


def json_text(text: str) -> Node:
    """Give literal text as a JSON text."""
    return json_string(Text(text))


def json_literal(value: object) -> Node:
    """Give a value that is known at synth as JSON.

    :param value: of ``json.loads``'s types.
    """
    if isinstance(value, str):
        return json_text(value)
    if isinstance(value, Mapping):
        return json_object({str(name): json_literal(each) for name, each in value.items()})
    if isinstance(value, list | tuple):
        parts: list[Node | str] = []
        for each in value:
            parts += ["," if parts else "", json_literal(each)]
        return joined("[", *parts, "]")
    return Text(json.dumps(value))
