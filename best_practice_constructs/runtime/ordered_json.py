"""JSON of what has no order of its own, in the same order in each process: sets, and the names of objects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import cast

from best_practice_constructs.runtime.value_parts import parts_of


def in_order(value: object, text: bytes | str) -> bytes:
    """Write again what was written of a value: its sets ordered by their items' JSON, objects by the names in them.

    Python iterates over a set of texts in another order in each process, and not all items can be compared.

    :param value: what was written, which tells sets from lists.
    :param text: its JSON.
    """
    tree: object = json.loads(text)
    _order(value, tree)
    return _text(tree).encode()


def _order(value: object, tree: object) -> None:
    if isinstance(tree, dict):
        members = cast("dict[str, object]", tree)
        for part, step in parts_of(value):
            if (name := step.removeprefix(".")) in members:
                _order(part, members[name])
        return
    parts = [part for part, _ in parts_of(value)]
    # A serializer of one's own may have written anything.
    if isinstance(tree, list) and len(parts) == len(cast("Sequence[object]", tree)):
        items = cast("list[object]", tree)
        for part, item in zip(parts, items, strict=True):
            _order(part, item)
        if isinstance(value, AbstractSet):
            items.sort(key=_text)


def _text(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
