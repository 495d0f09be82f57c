"""The note in a function's description while its memory is another: which tuning, and what it was before.

It says all that is needed to put the function's configuration back, whoever does it, and it keeps a second tuning away:
it is written with the function's revision, so that only one can have written it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_DESCRIPTION = 256
"""What Lambda takes."""
_NOTE = r"^Power tuning ([0-9a-f]{8}): ([0-9]+) MB for a moment, ([0-9]+) MB before\. "
_END = " MB before. "
LONGEST_NOTE = len("Power tuning 12345678: 10240 MB for a moment, 10240 MB before. ")
ANY_TUNING = "any"
"""Stands for the tuning, where those of all are meant."""


@dataclass(frozen=True, kw_only=True)
class TuningNote:
    """What a note says.

    :param tuning: which one, in eight hexadecimal digits: see :func:`tuning_id`.
    :param memory_size: MB that the tuning has set.
    :param memory_before: MB that the function had before.
    :param description: that the function had before.
    """

    tuning: str
    memory_size: int
    memory_before: int
    description: str


def read_note(description: str) -> TuningNote | None:
    """Read the note in a function's description, or ``None`` where there is none."""
    found = re.match(_NOTE, description)
    if found is None:
        return None
    return TuningNote(
        tuning=found[1], memory_size=int(found[2]), memory_before=int(found[3]), description=description[found.end() :]
    )


def note_expression(*, tuning: str, memory_size: str, before: str, description: str) -> str:
    """Give the JSONata of a description with a note; the parameters are expressions."""
    return (
        f"'Power tuning ' & {tuning} & ': ' & $string({memory_size}) & ' MB for a moment, ' "
        f"& $string({before}) & '{_END}' & {description}"
    )


def found_note_expression(description: str) -> str:
    """Give the JSONata of what :data:`_NOTE` matches in a description: nothing, or its ``groups``."""
    return f"$match({description}, /{_NOTE}/)"


def is_noted_expression(description: str, *, tuning: str) -> str:
    """Give the JSONata that tells whether a description has the note of a tuning, or of any.

    :param description: an expression.
    :param tuning: an expression, of an id or of :data:`ANY_TUNING`.
    """
    return (
        f"($note := {found_note_expression(description)}; "
        f"$exists($note) and ({tuning} = '{ANY_TUNING}' or $note.groups[0] = {tuning}))"
    )


def description_before_expression(description: str) -> str:
    """Give the JSONata of the description that stands behind a note."""
    return f"$substringAfter({description}, '{_END}')"


def tuning_id_expression(execution_name: str) -> str:
    """Give the JSONata of the id of a tuning; the parameter is an expression that gives the execution's name."""
    return f"$substring($hash({execution_name}, 'SHA-256'), 0, 8)"
