"""Escaping for the place where something lands: in a JSON text, in a form's field, or both (one in the other)."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol
from urllib.parse import quote

from best_practice_constructs.api.mapping.template_node import (
    Assign,
    Choice,
    DeployedName,
    Joined,
    Loop,
    Node,
    Text,
    Value,
    joined,
)

# escapeJavaScript writes a single quote as \', which is no JSON: API Gateway's guide says to take it back.
_QUOTES_BACK = """.replaceAll("\\\\'","'")"""


class Escape(Protocol):
    """How to write into a place."""

    def text(self, text: str) -> str:
        """Give literal text as it is written there."""
        ...

    def expression(self, text: str) -> str:
        """Give the Velocity expression of a text as it is written there, given that of the text."""
        ...


class _JsonString:
    def text(self, text: str) -> str:
        return "".join(map(_json_character, text))

    def expression(self, text: str) -> str:
        return f"util.escapeJavaScript({text}){_QUOTES_BACK}"


class _FormField:
    def text(self, text: str) -> str:
        return quote(text, safe="")

    def expression(self, text: str) -> str:
        return f"util.urlEncode({text})"


def _json_character(character: str) -> str:
    if character == '"':
        return '\\"'
    # Not \\: a backslash before a dollar or another backslash has a meaning of its own in Velocity.
    if character in "\\$#" or not " " <= character <= "~":
        units = character.encode("utf-16-be")
        return "".join(f"\\u{units[index]:02x}{units[index + 1]:02x}" for index in range(0, len(units), 2))
    return character


JSON_STRING: Escape = _JsonString()
"""Between the quotes of a JSON text."""

FORM_FIELD: Escape = _FormField()
"""The value of a field in a form (``application/x-www-form-urlencoded``), or one segment of a URL's path."""


def escaped(node: Node, escape: Escape) -> Node:
    """Give a piece as it is written into a place, whatever values it maps.

    What was escaped before is escaped again: so JSON in a JSON text in a form's field comes out as it went in.
    """
    match node:
        case Text(text):
            return Text(escape.text(text))
        case Value(expression):
            # The first time it becomes a text, which numbers are not, and what is undefined.
            is_text = expression.startswith("util.")
            return Value(escape.expression(f"${expression}" if is_text else f'"$!{{{expression}}}"'))
        case Choice(_, then, otherwise):
            return replace(node, then=escaped(then, escape), otherwise=escaped(otherwise, escape))
        case Loop(_, _, each, between):
            return replace(node, each=escaped(each, escape), between=Text(escape.text(between.text)))
        case Joined(parts):
            return Joined(tuple(escaped(part, escape) for part in parts))
        case DeployedName() | Assign():
            return node


def json_string(node: Node) -> Node:
    """Give what a piece writes as a JSON text, with its quotes."""
    return joined('"', escaped(node, JSON_STRING), '"')


def form(fields: dict[str, Node]) -> Node:
    """Give a form of these fields."""
    parts: list[Node | str] = []
    for name, node in fields.items():
        parts += [f"{'&' if parts else ''}{quote(name, safe='')}=", escaped(node, FORM_FIELD)]
    return joined(*parts)
