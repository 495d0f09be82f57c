"""What EventBridge would refuse of a pattern, or what would never match, told when the pattern is written (E4)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from best_practice_constructs.consumers.pattern_operators import EVENT_BRIDGE, operator_fault

_Inner: TypeAlias = "Callable[[Mapping[str, object]], Iterator[PatternFault]]"

ENVELOPE = (
    "version",
    "id",
    "detail-type",
    "source",
    "account",
    "time",
    "region",
    "resources",
    "detail",
    # Only what comes out of an archive has it.
    "replay-name",
)
_OR = "$or"
_LEAST_ALTERNATIVES = 2


@dataclass(frozen=True, kw_only=True)
class PatternFault:
    """What cannot work in a pattern.

    :param given: the part, and where it is.
    :param reason: why it cannot work.
    :param remedy: what to write instead.
    """

    given: str
    reason: str
    remedy: str


def pattern_faults(pattern: Mapping[str, object]) -> Iterator[PatternFault]:
    """Give what cannot work in an event pattern, the first thing first."""
    if not pattern:
        yield PatternFault(
            given="an empty pattern",
            reason="EventBridge refuses it",
            remedy="pass a declared event class, or a pattern such as {'source': ['com.example.orders']}",
        )
    yield from _top(pattern)


def _top(pattern: Mapping[str, object]) -> Iterator[PatternFault]:
    for key, value in pattern.items():
        if key == _OR:
            yield from _alternatives(value, path="", inner=_top)
        elif key not in ENVELOPE:
            yield PatternFault(
                given=f"{key!r} in the pattern",
                reason="no event has such a field, so it matches nothing",
                remedy=_meant(key, ENVELOPE, otherwise="ask for fields of your own under 'detail'"),
            )
        else:
            yield from _value(value, path=key)


def _fields(pattern: Mapping[str, object], *, path: str) -> Iterator[PatternFault]:
    for key, value in pattern.items():
        if key == _OR:
            yield from _alternatives(value, path=path, inner=lambda each: _fields(each, path=path))
        else:
            yield from _value(value, path=f"{path}.{key}")


def _value(value: object, *, path: str) -> Iterator[PatternFault]:
    if isinstance(value, Mapping) and value:
        fields = cast("Mapping[str, object]", value)
        if _is_comparison(fields):
            yield PatternFault(
                given=f"{dict(fields)!r} at {path} of the pattern",
                reason="EventBridge takes braces outside of a list for a field of that name",
                remedy=f"write [{dict(fields)!r}]",
            )
        yield from _fields(fields, path=path)
    elif isinstance(value, list | tuple) and value:
        for each in cast("Iterable[object]", value):
            yield from _listed(each, path=path)
    elif isinstance(value, list | tuple | Mapping):
        yield PatternFault(
            given=f"{value!r} at {path} of the pattern",
            reason="an empty list in it matches nothing, and EventBridge refuses it",
            remedy="list a value, or leave the field out",
        )
    else:
        yield PatternFault(
            given=f"{value!r} at {path} of the pattern",
            reason="a pattern lists what it matches",
            remedy=f"write [{value!r}]",
        )


def _is_comparison(fields: Mapping[str, object]) -> bool:
    """Tell whether braces are meant as a comparison; fields may have the names of operators."""
    ((operator, operand), *others) = fields.items()
    if others or operator not in EVENT_BRIDGE.operators or isinstance(operand, Mapping):
        return False
    starts = cast("list[object]", operand)[:1] if isinstance(operand, list) else None
    return starts is None or (operator == "numeric" and starts in ([">"], [">="], ["<"], ["<="], ["="]))


def _listed(value: object, *, path: str) -> Iterator[PatternFault]:
    if isinstance(value, list | tuple):
        yield PatternFault(
            given=f"a list in a list at {path} of the pattern",
            reason="EventBridge looks into lists by itself, and refuses this",
            remedy="write one list of values",
        )
    elif isinstance(value, Mapping):
        comparison = cast("Mapping[str, object]", value)
        if len(comparison) != 1:
            yield PatternFault(
                given=f"{dict(comparison)!r} at {path} of the pattern",
                reason="a comparison has one operator",
                remedy="write each in braces of its own; they are alternatives then",
            )
            return
        fault = operator_fault(EVENT_BRIDGE, path, comparison)
        if fault is not None:
            yield PatternFault(given=fault.given, reason=fault.reason, remedy=fault.remedy)
    elif value is not None and not isinstance(value, str | int | float):
        yield PatternFault(
            given=f"{value!r} at {path} of the pattern",
            reason="JSON has no such value",
            remedy="write a text, a number, a truth value, None or a comparison",
        )


def _alternatives(value: object, *, path: str, inner: _Inner) -> Iterator[PatternFault]:
    alternatives = list(cast("Iterable[object]", value)) if isinstance(value, list | tuple) else []
    if len(alternatives) < _LEAST_ALTERNATIVES or not all(isinstance(each, Mapping) and each for each in alternatives):
        yield PatternFault(
            given=f"{value!r} as {_OR}{f' at {path}' if path else ''} of the pattern",
            reason="alternatives are two patterns or more",
            remedy="write {'$or': [{…}, {…}]}",
        )
        return
    for each in alternatives:
        yield from inner(cast("Mapping[str, object]", each))


def _meant(word: str, known: Iterable[str], *, otherwise: str) -> str:
    close = difflib.get_close_matches(word.replace("_", "-"), list(known), n=1)
    return f"write {close[0]!r}" if close else otherwise
