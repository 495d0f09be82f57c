"""Whether two patterns may match the same event, or one matches all that the other does (E5)."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import cast

from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.runtime.event_fields import UnknownFieldError, find_field
from best_practice_constructs.runtime.event_type import EventDeclaration

# Each event has one of each; what else an event has may be a list, of which two patterns may match two items.
_SINGLE = ("source", "detail-type", "account", "region", "id", "time", "version", "replay-name")
_SINGLE_METADATA = ("event_id", "correlation_id", "causation_id", "service", "stage", "application_version")
_DATA = ("data", "numbers")
_ANY_TEXT = {"prefix": ""}


class Overlap(enum.Enum):
    """How much of what one pattern matches another matches, as far as it is certain."""

    NONE = "none"
    SOME = "some"
    ALL = "all"


def overlap(
    pattern: Mapping[str, object], *, of: Mapping[str, object], event: EventDeclaration | None = None
) -> Overlap:
    """Tell how much of what ``of`` matches ``pattern`` matches; ``SOME`` where it cannot be told.

    :param event: what was declared of the events, where both are of one class: which of its fields are lists.
    """
    wide, narrow = dict(_leaves(pattern, ())), dict(_leaves(of, ()))
    if any(
        _is_single(path, event) and all(_are_apart(one, other) for one in wide[path] for other in narrow[path])
        for path in wide.keys() & narrow.keys()
    ):
        return Overlap.NONE
    return Overlap.ALL if all(_covers(path, values, narrow) for path, values in wide.items()) else Overlap.SOME


def _leaves(pattern: Mapping[str, object], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[object]]]:
    for key, value in pattern.items():
        if isinstance(value, Mapping):
            yield from _leaves(cast("Mapping[str, object]", value), (*path, key))
        else:
            # The alternatives of $or are alternatives like those of a field.
            yield (*path, key), list(cast("list[object]", value))


def _is_single(path: tuple[str, ...], event: EventDeclaration | None) -> bool:
    if len(path) == 1:
        return path[0] in _SINGLE
    if path[:2] == ("detail", "metadata"):
        return len(path) == 3 and path[2] in _SINGLE_METADATA
    if event is None or path[0] != "detail" or path[1] not in _DATA:
        return False
    try:
        return not find_field(event.type, path[2:]).lists
    except UnknownFieldError:
        return False


def _covers(path: tuple[str, ...], values: list[object], narrow: Mapping[tuple[str, ...], list[object]]) -> bool:
    if path[0] in _SINGLE and _ANY_TEXT in values:
        return True
    return path in narrow and all(any(_takes(value, each) for value in values) for each in narrow[path])


def _takes(value: object, other: object) -> bool:
    """Tell whether one alternative matches all that another one does."""
    if type(value) is type(other) and value == other:
        return True
    start, text = _prefix(value), other if isinstance(other, str) else _prefix(other)
    return start is not None and text is not None and text.startswith(start)


def _are_apart(value: object, other: object) -> bool:
    """Tell whether two alternatives have no value in common, for certain."""
    if any(map(is_deploy_time_value, _texts(value, other))):
        return False
    if not isinstance(value, Mapping) and not isinstance(other, Mapping):
        return value != other
    first, second = (each if isinstance(each, str) else _prefix(each) for each in (value, other))
    if first is None or second is None:
        return False
    if isinstance(value, str) or isinstance(other, str):
        text, start = (first, second) if isinstance(value, str) else (second, first)
        return not text.startswith(start)
    return not first.startswith(second) and not second.startswith(first)


def _texts(*values: object) -> list[object]:
    return [_prefix(value) if isinstance(value, Mapping) else value for value in values]


def _prefix(value: object) -> str | None:
    prefix = cast("Mapping[str, object]", value).get("prefix") if isinstance(value, Mapping) else None
    return prefix if isinstance(prefix, str) else None
