"""Expressions of Velocity: operators between values, as Velocity evaluates them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

from best_practice_constructs.local.mapping_templates.java_values import text_of


class Element(Protocol):
    """An element of a parsed template."""

    def my_text(self) -> str:
        """Return what stands in the template."""
        ...


class Calculated(Element, Protocol):
    """An element that has a value."""

    def calculate(self, namespace: object, loader: object) -> object:
        """Return the value."""
        ...


def is_true(value: object) -> bool:
    """Tell whether a value counts as true: everything but ``false`` does, the undefined too."""
    return value is not False


# From the loosest to the tightest.
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"||", "or"}),
    frozenset({"&&", "and"}),
    frozenset({"==", "eq", "!=", "ne"}),
    frozenset({"<", "lt", "<=", "le", ">", "gt", ">=", "ge"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)


class Calculation:
    """One evaluation of a row of values with operators between them, with Velocity's precedence, lazily.

    :param terms: the values and operators in turn.
    :param namespace: the engine's variables.
    :param loader: the engine's loader.
    """

    def __init__(self, terms: Sequence[Calculated], *, namespace: object, loader: object) -> None:
        self._terms = terms
        self._namespace = namespace
        self._loader = loader

    def result(self) -> object:
        """Return the value.

        :raises ValueError: an operator does not apply to its values.
        """
        return self._of(0, len(self._terms))

    def _of(self, start: int, end: int) -> object:
        if end - start == 1:
            return self._terms[start].calculate(self._namespace, self._loader)
        for level in _LEVELS:
            # The last operator of the loosest level is evaluated last: they associate to the left.
            for index in range(end - 2, start, -2):
                sign = self._terms[index].my_text().strip()
                if sign in level:
                    return self._apply(sign, start, index, end)
        raise ValueError(f"unknown operator {self._terms[start + 1].my_text().strip()!r}")

    def _apply(self, sign: str, start: int, index: int, end: int) -> object:
        left = self._of(start, index)
        if sign in ("||", "or"):
            return is_true(left) or is_true(self._of(index + 1, end))
        if sign in ("&&", "and"):
            return is_true(left) and is_true(self._of(index + 1, end))
        right = self._of(index + 1, end)
        if sign in ("==", "eq"):
            return _equal(left, right)
        if sign in ("!=", "ne"):
            return not _equal(left, right)
        return _calculated(sign, left, right)


def _equal(left: object, right: object) -> bool:
    # Null and undefined are empty texts by then; values of different types are compared as texts.
    if _is_number(left) and _is_number(right):
        return left == right
    if type(left) is type(right):
        return left == right
    return text_of(left) == text_of(right)


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "lt": operator.lt,
    "<=": operator.le,
    "le": operator.le,
    ">": operator.gt,
    "gt": operator.gt,
    ">=": operator.ge,
    "ge": operator.ge,
}


def _calculated(sign: str, left: object, right: object) -> object:
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return text_of(left) + text_of(right)
    if not (_is_number(left) and _is_number(right)):
        raise ValueError(f"{sign} needs numbers, not {text_of(left)!r} and {text_of(right)!r}.")
    first, second = cast("float", left), cast("float", right)
    if sign in _COMPARISONS:
        return _COMPARISONS[sign](first, second)
    if sign in ("/", "%") and second == 0:
        # Velocity's result is null.
        return ""
    return _arithmetic(sign, first, second)


def _arithmetic(sign: str, first: float, second: float) -> float:
    if sign == "+":
        return first + second
    if sign == "-":
        return first - second
    if sign == "*":
        return first * second
    whole = isinstance(first, int) and isinstance(second, int)
    # Java's division of whole numbers goes towards zero.
    quotient = abs(first) // abs(second) * (1 if (first < 0) == (second < 0) else -1) if whole else first / second
    return quotient if sign == "/" else first - second * int(quotient)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
