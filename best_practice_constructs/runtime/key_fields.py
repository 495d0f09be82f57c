"""Which fields of an event's data an idempotency key looks at: whether it needs those that may be put aside (E7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

_DATA = ("detail", "data")
_WITH_PARTS = ("multi_select_list", "multi_select_dict", "key_val_pair", "or_expression", "and_expression")


def fields_of_data(expression: Mapping[str, object]) -> frozenset[str] | None:
    """Give the fields of ``detail.data`` that an expression looks at; ``None`` where it may be any of them.

    :param expression: JMESPath, as ``jmespath.compile(…).parsed`` gives it.
    """
    paths = _paths(expression, ())
    if paths is None:
        return None
    fields: set[str] = set()
    for path in paths:
        if path[:1] == _DATA[:1] and path[1:2] != ("metadata",):
            if path[:2] != _DATA or len(path) == 2:
                return None
            fields.add(path[2])
    return frozenset(fields)


def _paths(node: Mapping[str, object], before: tuple[str, ...]) -> list[tuple[str, ...]] | None:
    kind, children = node["type"], cast("Sequence[Mapping[str, object]]", node["children"])
    if kind == "literal":
        return []
    if kind == "field":
        return [(*before, cast("str", node["value"]))]
    if kind == "subexpression":
        return _of_steps(children, before)
    if kind == "index_expression" and [each["type"] for each in children[1:]] == ["index"]:
        return _paths(children[0], before)
    return _of_parts(children, before) if kind in _WITH_PARTS else None


def _of_steps(steps: Sequence[Mapping[str, object]], before: tuple[str, ...]) -> list[tuple[str, ...]] | None:
    *first, last = steps
    for step in first:
        paths = _paths(step, before) if step["type"] in ("field", "subexpression", "index_expression") else None
        if paths is None or len(paths) != 1:
            return None
        (before,) = paths
    return _paths(last, before)


def _of_parts(parts: Sequence[Mapping[str, object]], before: tuple[str, ...]) -> list[tuple[str, ...]] | None:
    found: list[tuple[str, ...]] = []
    for part in parts:
        paths = _paths(part, before)
        if paths is None:
            return None
        found += paths
    return found
