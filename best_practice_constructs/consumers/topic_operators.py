"""The operators of SNS's filter policies: which there are, and what they are given."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import cast

from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError

_OPERATORS = ("anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix")
_WITHIN_ANYTHING_BUT = ("equals-ignore-case", "prefix", "suffix")
_COMPARISONS = ("=", "<", "<=", ">", ">=")


def check_topic_operator(scope: Construct, path: str, given: Mapping[str, object]) -> None:
    """Refuse an operator that SNS does not know, or what it cannot be given.

    :param path: of the field in the policy.
    :param given: the operator and its operand, such as ``{"prefix": "A"}``.
    :raises InvalidArgumentError: naming the field and what to write instead.
    """
    if len(given) != 1:
        raise InvalidArgumentError(
            scope,
            given=f"{dict(given)!r} at {path} of the filter policy",
            reason="each object of the list holds one operator",
            remedy="write [{'prefix': 'A'}, {'suffix': 'Z'}] for either; SNS has no way to ask both of one field",
        )
    ((operator, operand),) = given.items()
    _check_known(scope, path, operator, known=_OPERATORS)
    if operator == "anything-but" and isinstance(operand, Mapping):
        for inner, text in cast("Mapping[str, object]", operand).items():
            _check_known(scope, path, inner, known=_WITHIN_ANYTHING_BUT)
            _check_operand(scope, path, inner, text)
    else:
        _check_operand(scope, path, operator, operand)


def _check_known(scope: Construct, path: str, operator: str, *, known: tuple[str, ...]) -> None:
    if operator in known:
        return
    if operator == "wildcard":
        raise InvalidArgumentError(
            scope,
            given=f"wildcard at {path} of the filter policy",
            reason="SNS knows no wildcards, which EventBridge has",
            remedy="use prefix or suffix, or filter in the mapping with filters=",
        )
    close = difflib.get_close_matches(operator, known, n=1)
    raise InvalidArgumentError(
        scope,
        given=f"the operator {operator!r} at {path} of the filter policy",
        reason=f"SNS knows {', '.join(known)} there",
        remedy=f"write {close[0]!r}" if close else "write one of them",
    )


def _check_operand(scope: Construct, path: str, operator: str, operand: object) -> None:
    expected = _EXPECTED[operator]
    if operator == "numeric":
        fits = isinstance(operand, list | tuple) and _is_comparison(list(cast("list[object]", operand)))
    elif operator == "exists":
        fits = isinstance(operand, bool)
    elif operator == "anything-but":
        fits = _is_of_one_kind(operand)
    else:
        fits = isinstance(operand, str) and bool(operand)
    if not fits:
        raise InvalidArgumentError(
            scope,
            given=f"{operator}: {operand!r} at {path} of the filter policy",
            reason=f"{operator} takes {expected}",
            remedy=f"write {{{operator!r}: {_EXAMPLES[operator]}}}",
        )


_EXPECTED = {
    "anything-but": "a text, a number, or a list of only texts or only numbers",
    "cidr": "a text",
    "equals-ignore-case": "a text",
    "exists": "true or false",
    "numeric": "one or two comparisons",
    "prefix": "a text",
    "suffix": "a text",
}
_EXAMPLES = {
    "anything-but": "['A', 'B']",
    "cidr": "'10.0.0.0/24'",
    "equals-ignore-case": "'a'",
    "exists": "True",
    "numeric": "['>=', 100, '<', 500]",
    "prefix": "'A'",
    "suffix": "'Z'",
}


def _is_comparison(operand: list[object]) -> bool:
    if len(operand) not in (2, 4):
        return False
    return all(each in _COMPARISONS for each in operand[::2]) and all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in operand[1::2]
    )


def _is_of_one_kind(operand: object) -> bool:
    values = list(cast("list[object]", operand)) if isinstance(operand, list | tuple) else [operand]
    kinds = {str if isinstance(each, str) else float for each in values}
    return len(kinds) == 1 and all(
        isinstance(each, str | int | float) and not isinstance(each, bool) for each in values
    )
