"""The operators of filters: how they are written, and which was meant."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import cast

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
TEXT_MATCHES = {
    "prefix": "prefix",
    "suffix": "suffix",
    "equals_ignore_case": "equals-ignore-case",
    "wildcard": "wildcard",
}
OPERATORS = (*COMPARISONS, *TEXT_MATCHES, "anything_but", "exists")
# As other libraries call them, where no spelling tells it.
_CALLED_ELSEWHERE = {
    "startswith": "prefix",
    "starts_with": "prefix",
    "endswith": "suffix",
    "ends_with": "suffix",
    "iexact": "equals_ignore_case",
    "ignore_case": "equals_ignore_case",
    "contains": "wildcard",
    "like": "wildcard",
    "ne": "anything_but",
    "neq": "anything_but",
    "not": "anything_but",
    "not_in": "anything_but",
    "exclude": "anything_but",
    "isnull": "exists",
    "is_null": "exists",
    "ge": "gte",
    "min": "gte",
    "le": "lte",
    "max": "lte",
}
_NONE_NEEDED = ("", "eq", "equals", "exact", "in", "is")


def which_operator(name: str, given: str) -> str:
    """Say what to write for an operator that there is not.

    :param name: the field's name, with ``__`` between the names of fields in fields.
    :param given: what stands in the operator's place.
    """
    normal = given.lower().strip("_")
    if normal in _NONE_NEEDED:
        return f"write {name}=… with a value, or a list of values"
    if normal == "between":
        return f"write {name}__gte=… and {name}__lte=…"
    close = difflib.get_close_matches(normal, OPERATORS, n=1)
    nearest = _CALLED_ELSEWHERE.get(normal) or (close[0] if close else None)
    value = "'*…*'" if nearest == "wildcard" else "…"
    meant = f"did you mean {name}__{nearest}={value}? The" if nearest else "the"
    return f"{meant} operators are {', '.join(OPERATORS[:-1])} and {OPERATORS[-1]}"


def as_parameters(name: str, operator: str, pattern: Mapping[str, object]) -> str:
    """Say how a pattern of EventBridge is written as conditions."""
    found = [(key.replace("-", "_"), value) for key, value in pattern.items() if isinstance(cast("object", key), str)]
    if not operator and found and all(key in OPERATORS for key, _ in found):
        return "write " + ", ".join(f"{name}__{key}={value!r}" for key, value in found)
    return f"pass a value or a list of values; operators come after the field, as in {name}__prefix=…"
