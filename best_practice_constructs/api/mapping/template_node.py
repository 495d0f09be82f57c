"""The pieces of a mapping template, in the order in which it writes them.

A template is built as pieces and written out at last, so that whatever it maps can be escaped by its place: the pieces
know what is literal and what comes out of a request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

_SPECIAL = re.compile(r"[$#\n]")


@dataclass(frozen=True)
class Text:
    """Literal text, known at synth."""

    text: str


@dataclass(frozen=True)
class DeployedName:
    """A name or an ARN that only the deployment knows: of signs that mean nothing in JSON, forms and templates."""

    token: str


@dataclass(frozen=True)
class Value:
    """What a Velocity expression gives, as text; nothing where it is undefined.

    :param expression: without its dollar, such as ``body.get('name')``.
    """

    expression: str


@dataclass(frozen=True)
class Choice:
    """One of two pieces, by a Velocity condition."""

    condition: str
    then: Node
    otherwise: Node = Text("")


@dataclass(frozen=True)
class Loop:
    """A piece for each element of what an expression gives, with text between them.

    :param variable: the name of the element in the piece.
    :param over: the expression.
    """

    variable: str
    over: str
    each: Node
    between: Text = Text(",")


@dataclass(frozen=True)
class Assign:
    """Sets a variable, and writes nothing. What it is set to is never undefined: Velocity would keep the old value."""

    variable: str
    expression: str


@dataclass(frozen=True)
class Joined:
    """Pieces one behind the other."""

    parts: tuple[Node, ...]


Node: TypeAlias = Text | DeployedName | Value | Choice | Loop | Assign | Joined


def joined(*parts: Node | str) -> Joined:
    """Put pieces one behind the other; a ``str`` is literal text."""
    return Joined(tuple(Text(part) if isinstance(part, str) else part for part in parts))


def template_text(node: Node) -> str:
    """Write a template out, as API Gateway takes it: in one line, as white space would be part of what it writes.

    :raises ValueError: literal text that Velocity would take for its own.
    """
    match node:
        case Text(text):
            if found := _SPECIAL.search(text):
                raise ValueError(f"{text!r} has a {found[0]!r}, which Velocity takes for its own outside of JSON texts")
            return text
        case DeployedName(token):
            return token
        case Value(expression):
            return f"$!{{{expression}}}"
        case Choice(condition, then, otherwise):
            other = template_text(otherwise)
            return f"#if({condition}){template_text(then)}{f'#{{else}}{other}' if other else ''}#{{end}}"
        case Loop(variable, over, each, between):
            separator = f"#if($foreach.hasNext){template_text(between)}#{{end}}" if between.text else ""
            return f"#foreach(${variable} in ${over}){template_text(each)}{separator}#{{end}}"
        case Assign(variable, expression):
            return f"#set(${variable} = {expression})"
        case Joined(parts):
            return "".join(map(template_text, parts))
