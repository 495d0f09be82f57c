"""Compile the conditions on one field to what EventBridge matches (E4)."""

from __future__ import annotations

import decimal
import enum
import re
from collections.abc import Collection, Mapping, Sequence
from typing import cast

from best_practice_constructs.runtime.compared_numbers import DECIMAL_PLACES, LARGEST_NUMBER, NUMBER_TYPES, NUMBERS
from best_practice_constructs.runtime.errors import InvalidFilterError
from best_practice_constructs.runtime.event_fields import EventField
from best_practice_constructs.runtime.filter_operators import COMPARISONS, TEXT_MATCHES, as_parameters
from best_practice_constructs.runtime.filter_values import (
    MOMENTS,
    Scalar,
    enum_member,
    is_of,
    is_text,
    is_text_in_json,
    plain,
)

_LOWER, _UPPER = ("gt", "gte"), ("lt", "lte")
# A backslash in a wildcard makes the * or the backslash behind it a plain character, and nothing else.
_LONE_BACKSLASH = re.compile(r"(?:[^\\]|\\[*\\])*\\(?![*\\])")
_ESCAPED = re.compile(r"\\[*\\]")


class ConditionCompiler:
    """Makes of the operators on one field what EventBridge matches.

    :param event: the class of the events.
    :param field: the field.
    """

    def __init__(self, event: type, field: EventField) -> None:
        self._event = event
        self._field = field
        self._name = "__".join(field.path)

    def alternatives(self, operators: Mapping[str, object]) -> tuple[object, ...]:
        """Return what EventBridge matches, any of it.

        :param operators: the values by their operators; the empty one is equality.
        :raises InvalidFilterError: what cannot work.
        """
        if operators.keys() <= COMPARISONS.keys():
            return (self._numeric_range(operators),)
        if len(operators) > 1:
            raise self._refusal(
                f"{' and '.join(name or 'a value' for name in operators)}",
                "EventBridge matches any of several alternatives of one field, never all of them",
                "keep one; only gt, gte, lt and lte go together",
            )
        ((operator, value),) = operators.items()
        if operator == "exists":
            return self._exists(value)
        if self._field.is_nested:
            raise self._refusal(repr(value), "the field holds others", f"name one of them, as in {self._name}__…")
        values = self._listed(operator, value)
        if operator == "":
            return self._equal_ones(values)
        if operator == "anything_but":
            return ({"anything-but": self._different_ones(values)},)
        return tuple({TEXT_MATCHES[operator]: self._text(operator, each)} for each in values)

    def _numeric_range(self, operators: Mapping[str, object]) -> dict[str, object]:
        if self._field.is_nested or NUMBER_TYPES.isdisjoint(self._field.types):
            given = " and ".join(f"{name}={value!r}" for name, value in operators.items())
            raise self._refusal(given, "only numbers are compared", self._instead_of_comparing())
        self._check_not_in_list()
        self._check_single_values(operators)
        for side in (_LOWER, _UPPER):
            if all(name in operators for name in side):
                raise self._refusal(" and ".join(side), "one of them says less than the other", "keep one")
        numeric: list[object] = []
        for name in (*_LOWER, *_UPPER):
            if name in operators:
                numeric += [COMPARISONS[name], self._number(operators[name], operator=name)]
        if len(numeric) == 4 and not cast("float", numeric[1]) < cast("float", numeric[3]):
            raise self._refusal(repr(operators), "no number lies between", "put the smaller one below")
        return {"numeric": numeric}

    def _instead_of_comparing(self) -> str:
        types = self._field.types
        if self._field.is_nested:
            return f"name one of the fields in it, as in {self._name}__…"
        if any(is_text(each) for each in types):
            return (
                f"the field is {self._type_names}: ask for values, as in {self._name}=[…], or for a part of the text, "
                f"as in {self._name}__prefix=…"
            )
        if any(each in MOMENTS for each in types):
            return f"the field is {self._type_names}: compare it in the consumer"
        return f"the field is {self._type_names}: ask for values, as in {self._name}=[…]"

    @property
    def _type_names(self) -> str:
        return " or ".join(each.__name__ if isinstance(each, type) else str(each) for each in self._field.types)

    def _check_single_values(self, operators: Mapping[str, object]) -> None:
        for name, value in operators.items():
            if isinstance(value, Collection) and not isinstance(value, str | bytes):
                raise self._refusal(
                    f"{name}={value!r}",
                    "a number is compared with one number",
                    f"pass one; what lies between two is {self._name}__gte=… and {self._name}__lte=…, any of several "
                    f"{self._name}=[…]",
                )

    def _exists(self, value: object) -> tuple[object, ...]:
        if not isinstance(value, bool):
            raise self._refusal(f"exists={value!r}", "a field is there or not", "pass True or False")
        if self._field.is_nested:
            raise self._refusal(
                f"exists={value!r}", "EventBridge asks it of single values only", f"ask it of {self._name}__…"
            )
        if not self._field.is_nullable:
            return ({"exists": value},)
        # What is None is published as null, and to EventBridge a null is there.
        return self._any_value() if value else (None, {"exists": False})

    def _any_value(self) -> tuple[object, ...]:
        types = self._field.types
        if types == (bool,):
            return (True, False)
        if NUMBER_TYPES.issuperset(types) and not self._field.lists:
            return ({"numeric": [">=", -int(LARGEST_NUMBER)]},)
        if all(is_text_in_json(each) for each in types):
            return ({"wildcard": "*"},)
        raise self._refusal(
            "exists=True", "of these types EventBridge cannot tell a value from null", "list the values that you want"
        )

    def _listed(self, operator: str, value: object) -> Sequence[object]:
        if isinstance(value, Mapping):
            raise self._refusal(
                repr(cast("object", value)),
                "conditions are written as parameters, never as EventBridge's patterns",
                as_parameters(self._name, operator, cast("Mapping[str, object]", value)),
            )
        if isinstance(value, str | bytes) or not isinstance(value, Collection):
            return [value]
        values = sorted(value, key=repr) if isinstance(value, set | frozenset) else list(value)
        if not values:
            raise self._refusal(repr(value), "an empty list matches nothing, ever", "list a value, or leave it out")
        return values

    def _equal_ones(self, values: Sequence[object]) -> tuple[object, ...]:
        equal = tuple(self._equal(each) for each in values)
        others = [each for each in equal if not isinstance(each, dict)]
        # Beside the data, what is no number is null: of numbers alone, that is None itself.
        is_null = NUMBER_TYPES.issuperset(self._field.types) and others.count(None) == len(others)
        if 0 < len(others) < len(equal) and not is_null:
            raise self._refusal(
                repr(list(values)),
                "EventBridge looks for numbers beside the data, and for all else in them",
                "make one route for the numbers and one for the others",
            )
        return equal

    def _equal(self, value: object) -> object:
        has_fractions = bool({float, decimal.Decimal} & set(self._field.types))
        if has_fractions and isinstance(value, NUMBERS) and not isinstance(value, bool):
            # As numbers and not as texts: 9.9 and 9.90 are one amount.
            self._check_not_in_list()
            return {"numeric": ["=", self._number(value)]}
        return self._value(value)

    def _different_ones(self, values: Sequence[object]) -> list[object]:
        different = [self._different(each) for each in values]
        if len({isinstance(each, str) for each in different}) > 1:
            raise self._refusal(
                f"anything_but={list(values)!r}",
                "EventBridge takes only texts there, or only numbers",
                "list values of one kind, and leave the others out in the consumer",
            )
        return different

    def _different(self, value: object) -> object:
        if self._field.is_optional:
            raise self._refusal(
                f"anything_but={value!r}", "the field may be missing", "ask for the values that you want instead"
            )
        if value is None or isinstance(value, bool | float | decimal.Decimal):
            raise self._refusal(
                f"anything_but={value!r}", "EventBridge takes texts and whole numbers there", "compare, or list values"
            )
        if isinstance(value, int) and abs(value) >= LARGEST_NUMBER:
            return self._number(value)
        return self._value(value)

    def _text(self, operator: str, value: object) -> str:
        if not isinstance(value, str) or not value or not any(is_text(each) for each in self._field.types):
            remedy = "pass a text, not empty"
            if NUMBER_TYPES.issuperset(self._field.types):
                remedy = f"compare numbers with gt, gte, lt and lte, or ask for values, as in {self._name}=[…]"
            raise self._refusal(f"{operator}={value!r}", "it compares texts", remedy)
        if operator == "wildcard" and "**" in _ESCAPED.sub("", value):
            raise self._refusal(f"{operator}={value!r}", "EventBridge refuses two * in a row", "write one *")
        if operator == "wildcard" and _LONE_BACKSLASH.match(value):
            raise self._refusal(
                f"{operator}={value!r}",
                r"behind a backslash EventBridge takes a * or another backslash",
                r"write \\ for a backslash, and \* for a star",
            )
        return value

    def _value(self, value: object) -> Scalar:
        if value is None and self._field.is_nullable:
            return None
        for each in self._field.types:
            if is_of(value, each):
                return cast("Scalar", value.value if isinstance(value, enum.Enum) else plain(value))
        raise self._mismatch(value)

    def _number(self, value: object, *, operator: str = "") -> int | float:
        if isinstance(value, bool) or not isinstance(value, NUMBERS):
            raise self._mismatch(value, operator=operator)
        number = decimal.Decimal(str(value))
        if (
            not number.is_finite()
            or abs(number) >= LARGEST_NUMBER
            or number != round(number, DECIMAL_PLACES)
            or (float not in self._field.types and decimal.Decimal not in self._field.types and number != int(number))
        ):
            raise self._refusal(
                repr(value),
                f"EventBridge compares numbers between -5,000,000,000 and 5,000,000,000 with {DECIMAL_PLACES} decimal "
                "places at most, and whole numbers with whole ones",
                "pass such a number",
            )
        return int(number) if number == int(number) else float(number)

    def _check_not_in_list(self) -> None:
        if self._field.lists:
            raise self._refusal(
                "a comparison",
                "numbers in lists stay as they are, and EventBridge misses those of more than "
                f"{DECIMAL_PLACES} decimal places or beyond 5,000,000,000",
                "compare in the consumer",
            )

    def _mismatch(self, value: object, *, operator: str = "") -> InvalidFilterError:
        given = f"{operator}={value!r}" if operator else repr(value)
        if isinstance(value, MOMENTS):
            return self._refusal(given, "one moment is written in many ways (time zones)", "compare it in the consumer")
        member = enum_member(value, self._field.types)
        if member is not None:
            return self._refusal(
                given, f"the field is {type(member).__name__}", f"write {type(member).__name__}.{member.name}"
            )
        names = self._type_names
        if {float, decimal.Decimal} & set(self._field.types) and NUMBER_TYPES.issuperset(self._field.types):
            # As numbers, whatever the field's own type.
            return self._refusal(given, f"the field is {names}", "pass a number: an int, a float or a Decimal")
        return self._refusal(given, f"the field is {names}", f"pass {names}")

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidFilterError:
        return InvalidFilterError(
            f"The condition {self._name!r} of {self._event.__name__} cannot work with {given}: {reason}; {remedy}."
        )
