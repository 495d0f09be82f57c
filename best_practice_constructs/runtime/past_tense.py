"""Tell whether a name says that something has happened (E3)."""

from __future__ import annotations

import re

_IRREGULAR = frozenset(
    (
        "begun bound bought broken brought built caught chosen cut done drawn driven fallen fed felt forbidden "
        "forgotten found  frozen given gone grown held hidden hit kept laid left lent lost made met overridden "
        "overwritten paid put read rebuilt  reset resent run seen sent set shown shut sold sought spent split "
        "spoken spun stolen struck sunk taken taught thrown  told undone understood upheld withdrawn withheld won "
        "written"
    ).split()
)
_ENDS_LIKE_PAST_TENSE = frozenset(
    "bed bleed breed embed exceed feed indeed need proceed red seed shed speed succeed weed".split()
)


def is_past_tense(name: str) -> bool:
    """Tell whether one of the words of ``name`` (``OrderPlaced``, ``order.placed``) is in the past tense."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return any(_is_past_tense_word(word.lower()) for word in words)


def _is_past_tense_word(word: str) -> bool:
    return word in _IRREGULAR or (word.endswith("ed") and word not in _ENDS_LIKE_PAST_TENSE)
