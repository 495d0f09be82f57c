"""Filters of events by their data, checked against the event's class (E4)."""

from __future__ import annotations

import datetime
import decimal
import enum
import re
import typing
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.runtime.errors import InvalidFilterError
from best_practice_constructs.runtime.event_fields import EventField, UnknownFieldError, find_field
from best_practice_constructs.runtime.event_type import event_declaration

DATA, NUMBERS = "data", "numbers"
LARGEST_NUMBER = decimal.Decimal(5_000_000_000)
DECIMAL_PLACES = 6
_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_LOWER, _UPPER = ("gt", "gte"), ("lt", "lte")
_TEXT_MATCHES = {
    "prefix": "prefix",
    "suffix": "suffix",
    "equals_ignore_case": "equals-ignore-case",
    "wildcard": "wildcard",
}
_OPERATORS = frozenset({*_COMPARISONS, *_TEXT_MATCHES, "anything_but", "exists"})
# A backslash in a wildcard makes the * or the backslash behind it a plain character, and nothing else.
_LONE_BACKSLASH = re.compile(r"(?:[^\\]|\\[*\\])*\\(?![*\\])")
_ESCAPED = re.compile(r"\\[*\\]")
_NUMBERS = (int, float, decimal.Decimal)
NUMBER_TYPES = frozenset(_NUMBERS)
"""The types of fields that EventBridge compares as numbers."""
_MOMENTS = (datetime.datetime, datetime.time)

Scalar = str | int | float | bool | None
Pattern = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a filter asks of one field.

    :param field: the field.
    :param alternatives: what EventBridge matches, any of it: values, and comparisons such as ``{"prefix": "A"}``.
    """

    field: EventField
    alternatives: tuple[object, ...]

    @property
    def pattern_path(self) -> tuple[str, ...]:
        """Where in the event's ``detail`` EventBridge looks: numbers are compared beside the data."""
        return ((NUMBERS if self._is_numeric else DATA), *self.field.path)

    @property
    def _is_numeric(self) -> bool:
        return any(isinstance(each, dict) and "numeric" in each for each in self.alternatives)


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """The events of one class that fulfil every one of some conditions; made by :func:`where`.

    :param event: the class of the events.
    :param conditions: one for each field.
    """

    event: type
    conditions: tuple[Condition, ...]

    def detail_pattern(self) -> Pattern:
        """Give the pattern of the event's ``detail``, as EventBridge takes it."""
        pattern: Pattern = {}
        for condition in self.conditions:
            inner = pattern
            *path, name = condition.pattern_path
            for step in path:
                inner = cast("Pattern", inner.setdefault(step, {}))
            inner[name] = list(condition.alternatives)
        return pattern


def where(event: type, /, **conditions: object) -> EventFilter:
    """Give the events of one class whose data fulfil conditions; ``OrderPlaced.where(…)`` is the same.

    Each condition names a field, with ``__`` between the names of fields in fields: ``total__currency="EUR"``. A list
    of values means any of them. An operator comes after the field: ``gt``, ``gte``, ``lt``, ``lte`` (numbers, decimals
    too), ``prefix``, ``suffix``, ``equals_ignore_case``, ``wildcard`` (text), ``anything_but`` and ``exists`` (``None``
    is no value). All conditions must be fulfilled; of a list, one item must.

    :raises InvalidFilterError: a field that the event has not or that may be put aside, a value of another type than
        the field's, an empty list, or what EventBridge cannot compare.

    ```python
    from decimal import Decimal

    from best_practice_constructs.runtime import EventSource, where

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderPlaced:
        country: str
        total: Decimal


    large = where(OrderPlaced, country=["DE", "FR"], total__gte=100)
    assert large.detail_pattern() == {
        "data": {"country": ["DE", "FR"]},
        "numbers": {"total": [{"numeric": [">=", 100]}]},
    }
    ```
    """
    event_declaration(event)
    if not conditions:
        raise InvalidFilterError(
            f"A filter of {event.__name__} without conditions is none: pass a condition, as in country='DE', or route "
            "the class itself."
        )
    by_field: dict[tuple[str, ...], dict[str, object]] = {}
    fields: dict[tuple[str, ...], EventField] = {}
    for given, value in conditions.items():
        field, operator = _field_and_operator(event, given)
        _check_stays(event, field, given=given)
        fields[field.path] = field
        by_field.setdefault(field.path, {})[operator] = value
    made = tuple(
        Condition(field=fields[path], alternatives=_Compiler(event, fields[path]).alternatives(operators))
        for path, operators in by_field.items()
    )
    _check_lists(event, made)
    return EventFilter(event=event, conditions=made)


def _field_and_operator(event: type, given: str) -> tuple[EventField, str]:
    path, operator = tuple(given.split("__")), ""
    if len(path) > 1 and path[-1] in _OPERATORS:
        path, operator = path[:-1], path[-1]
    try:
        return find_field(event, path), operator
    except UnknownFieldError as error:
        raise InvalidFilterError(f"The condition {given!r} of {event.__name__} cannot work: {error}.") from None


def _check_stays(event: type, field: EventField, *, given: str) -> None:
    name = field.path[0]
    if name in event_declaration(event).claim_check:
        raise InvalidFilterError(
            f"The condition {given!r} of {event.__name__} cannot work: {name!r} is put aside when the event is large "
            "(claim_check), where EventBridge does not see it, and the event would be missed. Ask for a field that "
            "stays in the event, or ask in the consumer."
        )


def _check_lists(event: type, conditions: Sequence[Condition]) -> None:
    seen: dict[tuple[str, ...], Condition] = {}
    for condition in conditions:
        for path in condition.field.lists:
            if path in seen:
                raise InvalidFilterError(
                    f"Two conditions of {event.__name__} ask of the list {'__'.join(path)!r}: whether one item must "
                    "fulfil both is not said by them. Ask one of the list, and the other in the consumer."
                )
            seen[path] = condition


class _Compiler:
    """Makes of the operators on one field what EventBridge matches."""

    def __init__(self, event: type, field: EventField) -> None:
        self._event = event
        self._field = field
        self._name = "__".join(field.path)

    def alternatives(self, operators: Mapping[str, object]) -> tuple[object, ...]:
        if operators.keys() <= _COMPARISONS.keys():
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
        return tuple({_TEXT_MATCHES[operator]: self._text(operator, each)} for each in values)

    def _numeric_range(self, operators: Mapping[str, object]) -> Pattern:
        if self._field.is_nested or NUMBER_TYPES.isdisjoint(self._field.types):
            raise self._refusal(
                " and ".join(operators), "only numbers are compared", "compare an int, a float or a Decimal"
            )
        self._check_not_in_list()
        for side in (_LOWER, _UPPER):
            if all(name in operators for name in side):
                raise self._refusal(" and ".join(side), "one of them says less than the other", "keep one")
        numeric: list[object] = []
        for name in (*_LOWER, *_UPPER):
            if name in operators:
                numeric += [_COMPARISONS[name], self._number(operators[name])]
        if len(numeric) == 4 and not cast("float", numeric[1]) < cast("float", numeric[3]):
            raise self._refusal(repr(operators), "no number lies between", "put the smaller one below")
        return {"numeric": numeric}

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
        if all(_is_text_in_json(each) for each in types):
            return ({"wildcard": "*"},)
        raise self._refusal(
            "exists=True", "of these types EventBridge cannot tell a value from null", "list the values that you want"
        )

    def _listed(self, operator: str, value: object) -> Sequence[object]:
        if isinstance(value, Mapping):
            raise self._refusal(
                repr(cast("object", value)),
                "conditions are written as parameters, never as EventBridge's patterns",
                _as_parameters(self._name, operator, cast("Mapping[str, object]", value)),
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
        if has_fractions and isinstance(value, _NUMBERS) and not isinstance(value, bool):
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
        if not isinstance(value, str) or not value or not any(_is_text(each) for each in self._field.types):
            raise self._refusal(f"{operator}={value!r}", "it compares texts", "pass a text, not empty")
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
            if _is_of(value, each):
                return cast("Scalar", value.value if isinstance(value, enum.Enum) else _plain(value))
        raise self._mismatch(value)

    def _number(self, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, _NUMBERS):
            raise self._mismatch(value)
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

    def _mismatch(self, value: object) -> InvalidFilterError:
        if isinstance(value, _MOMENTS):
            return self._refusal(
                repr(value), "one moment is written in many ways (time zones)", "compare it in the consumer"
            )
        names = " or ".join(each.__name__ if isinstance(each, type) else str(each) for each in self._field.types)
        return self._refusal(repr(value), f"the field is {names}", f"pass {names}")

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidFilterError:
        return InvalidFilterError(
            f"The condition {self._name!r} of {self._event.__name__} cannot work with {given}: {reason}; {remedy}."
        )


def _is_text(field_type: object) -> bool:
    if typing.get_origin(field_type) is typing.Literal:
        return any(isinstance(each, str) for each in typing.get_args(field_type))
    if isinstance(field_type, type) and issubclass(field_type, enum.Enum):
        return any(isinstance(each.value, str) for each in field_type)
    return field_type in (str, uuid.UUID, datetime.date)


def _is_text_in_json(field_type: object) -> bool:
    if typing.get_origin(field_type) is typing.Literal:
        return all(isinstance(each, str) for each in typing.get_args(field_type))
    return field_type in (*_MOMENTS, decimal.Decimal, datetime.timedelta) or _is_text(field_type)


def _is_of(value: object, field_type: object) -> bool:
    if typing.get_origin(field_type) is typing.Literal:
        return any(value == each and type(value) is type(each) for each in typing.get_args(field_type))
    if field_type in (typing.Any, object):
        return isinstance(value, str | int | bool)
    if not isinstance(field_type, type) or field_type in _MOMENTS:
        return False
    if isinstance(value, bool) or field_type is bool:
        return isinstance(value, bool) and field_type is bool
    return type(value) is field_type


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | bool) else str(value)


def _as_parameters(name: str, operator: str, pattern: Mapping[str, object]) -> str:
    found = [(key.replace("-", "_"), value) for key, value in pattern.items() if isinstance(cast("object", key), str)]
    if not operator and found and all(key in _OPERATORS for key, _ in found):
        return "write " + ", ".join(f"{name}__{key}={value!r}" for key, value in found)
    return f"pass a value or a list of values; operators come after the field, as in {name}__prefix=…"
