"""The operators of EventBridge's patterns and of SNS's filter policies: one table of what each service takes (E4)."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.consumers.disagreement import Disagreement
from best_practice_constructs.deploy_time_values import is_deploy_time_value

_LOWER, _UPPER = (">", ">="), ("<", "<=")
# A star stands alone, and a backslash makes a star or a backslash a plain character.
_WILDCARD = re.compile(r"(?:[^\\*]|\\[\\*]|\*(?!\*))+", re.DOTALL)
_EXPECTED = {
    "anything-but": "a text, a number, or a list of only texts or only numbers",
    "cidr": "a range of addresses",
    "equals-ignore-case": "a text",
    "exists": "true or false",
    "numeric": "one or two comparisons with numbers, of two the lower bound first",
    "prefix": "a text",
    "suffix": "a text",
    "wildcard": "a text with single stars, where \\ stands before a plain * or \\",
}
_EXAMPLES = {
    "anything-but": "['A', 'B']",
    "cidr": "'10.0.0.0/24'",
    "equals-ignore-case": "'a'",
    "exists": "True",
    "numeric": "['>=', 100, '<', 500]",
    "prefix": "'A'",
    "suffix": "'Z'",
    "wildcard": "'A*Z'",
}


@dataclass(frozen=True, kw_only=True)
class PatternLanguage:
    """What one service compares with.

    :param service: its name.
    :param policy: what it calls a pattern.
    :param operators: those that it knows.
    :param within_anything_but: those that ``anything-but`` takes in braces.
    :param has_empty_texts: whether an empty text is a prefix.
    :param has_nested_texts: whether prefixes and suffixes may ignore case, and ``anything-but`` take several of them.
    :param largest_number: that is compared; ``None`` where somebody else checks it.
    """

    service: str
    policy: str
    operators: tuple[str, ...]
    within_anything_but: tuple[str, ...]
    has_empty_texts: bool
    has_nested_texts: bool
    largest_number: float | None


EVENT_BRIDGE = PatternLanguage(
    service="EventBridge",
    policy="pattern",
    operators=(
        "prefix",
        "suffix",
        "equals-ignore-case",
        "wildcard",
        "anything-but",
        "numeric",
        "exists",
        "cidr",
    ),
    within_anything_but=("prefix", "suffix", "equals-ignore-case", "wildcard"),
    has_empty_texts=True,
    has_nested_texts=True,
    largest_number=5e9,
)
SNS = PatternLanguage(
    service="SNS",
    policy="filter policy",
    operators=("anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix"),
    within_anything_but=("equals-ignore-case", "prefix", "suffix"),
    has_empty_texts=False,
    has_nested_texts=False,
    largest_number=None,
)


def operator_fault(language: PatternLanguage, path: str, given: Mapping[str, object]) -> Disagreement | None:
    """Tell what the service would refuse of one comparison, or would never match.

    :param path: of the field in the pattern.
    :param given: the operator and its operand, such as ``{"prefix": "A"}``: one of each.
    """
    ((operator, operand),) = given.items()
    fault = _unknown(language, path, operator, known=language.operators)
    if fault is not None:
        return fault
    if operator != "anything-but" or not isinstance(operand, Mapping):
        return None if _fits(language, operator, operand) else _misfit(language, path, operator, operand)
    inner = cast("Mapping[str, object]", operand)
    if len(inner) != 1:
        return _misfit(language, path, operator, operand)
    ((name, texts),) = inner.items()
    fault = _unknown(language, path, name, known=language.within_anything_but)
    if fault is not None:
        return fault
    several = _listed(texts) if language.has_nested_texts else None
    listed = [texts] if several is None else several
    is_fine = bool(listed) and all(isinstance(each, str) and each and _fits(language, name, each) for each in listed)
    return None if is_fine else _misfit(language, path, name, texts)


def _unknown(language: PatternLanguage, path: str, operator: str, *, known: tuple[str, ...]) -> Disagreement | None:
    if operator in known:
        return None
    if operator == "wildcard" and operator not in language.operators:
        return Disagreement(
            given=f"wildcard at {path} of the {language.policy}",
            reason=f"{language.service} knows no wildcards, which EventBridge has",
            remedy="use prefix or suffix, or filter in the mapping with filters=",
        )
    close = difflib.get_close_matches(operator.replace("_", "-"), known, n=1)
    return Disagreement(
        given=f"the operator {operator!r} at {path} of the {language.policy}",
        reason=f"{language.service} knows {', '.join(known)} there",
        remedy=f"write {close[0]!r}" if close else "write one of them",
    )


def _misfit(language: PatternLanguage, path: str, operator: str, operand: object) -> Disagreement:
    return Disagreement(
        given=f"{operator}: {operand!r} at {path} of the {language.policy}",
        reason=f"{operator} takes {_EXPECTED[operator]}",
        remedy=f"write {{{operator!r}: {_EXAMPLES[operator]}}}",
    )


def _fits(language: PatternLanguage, operator: str, operand: object) -> bool:
    if is_deploy_time_value(operand):
        return True
    if operator == "exists":
        return isinstance(operand, bool)
    if operator == "numeric":
        return _is_comparison(language, _listed(operand) or [])
    if operator == "anything-but":
        several = _listed(operand)
        return _is_of_one_kind([operand] if several is None else several)
    if operator in ("prefix", "suffix") and isinstance(operand, Mapping):
        return language.has_nested_texts and _ignores_case(cast("Mapping[str, object]", operand))
    if not isinstance(operand, str) or not (operand or language.has_empty_texts):
        return False
    if operator == "cidr":
        return _is_range(operand)
    return operator != "wildcard" or _WILDCARD.fullmatch(operand) is not None


def _listed(operand: object) -> list[object] | None:
    return list(cast("Sequence[object]", operand)) if isinstance(operand, list | tuple) else None


def _ignores_case(operand: Mapping[str, object]) -> bool:
    return list(operand) == ["equals-ignore-case"] and isinstance(operand["equals-ignore-case"], str)


def _is_comparison(language: PatternLanguage, operand: list[object]) -> bool:
    signs, bounds = operand[::2], [each for each in operand[1::2] if _is_number(each)]
    if len(operand) not in (2, 4) or len(bounds) != len(signs):
        return False
    numbers = cast("list[float]", bounds)
    if any(map(is_deploy_time_value, numbers)):
        return set(signs) <= {"=", *_LOWER, *_UPPER}
    if language.largest_number is not None and any(abs(each) > language.largest_number for each in numbers):
        return False
    if len(signs) == 1:
        return signs[0] in ("=", *_LOWER, *_UPPER)
    return signs[0] in _LOWER and signs[1] in _UPPER and numbers[0] < numbers[1]


def _is_of_one_kind(values: list[object]) -> bool:
    return bool(values) and (all(isinstance(each, str) for each in values) or all(map(_is_number, values)))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_range(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
