"""Filters of events by their data, checked against the event's class (E4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.runtime.condition_compiler import ConditionCompiler
from best_practice_constructs.runtime.errors import InvalidFilterError
from best_practice_constructs.runtime.event_fields import EventField, UnknownFieldError, find_field
from best_practice_constructs.runtime.event_type import event_declaration
from best_practice_constructs.runtime.filter_operators import OPERATORS, which_operator

DATA, NUMBERS = "data", "numbers"
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
    of values means any of them; those of an enum are its members. An operator comes after the field: ``gt``, ``gte``,
    ``lt``, ``lte`` (numbers, decimals too), ``prefix``, ``suffix``, ``equals_ignore_case``, ``wildcard`` (text),
    ``anything_but`` and ``exists`` (``None`` is no value). All conditions must be fulfilled; of a list, one item must.

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
        Condition(field=fields[path], alternatives=ConditionCompiler(event, fields[path]).alternatives(operators))
        for path, operators in by_field.items()
    )
    _check_lists(event, made)
    return EventFilter(event=event, conditions=made)


def _field_and_operator(event: type, given: str) -> tuple[EventField, str]:
    path, operator = tuple(given.split("__")), ""
    if len(path) > 1 and path[-1] in OPERATORS:
        path, operator = path[:-1], path[-1]
    try:
        return find_field(event, path), operator
    except UnknownFieldError as error:
        remedy = _operator_meant(event, path, operator)
        raise InvalidFilterError(f"The condition {given!r} of {event.__name__} cannot work: {error}{remedy}.") from None


def _operator_meant(event: type, path: tuple[str, ...], operator: str) -> str:
    *before, last = path
    try:
        field = find_field(event, before)
    except UnknownFieldError:
        return ""
    if not before or field.is_nested:
        return ""
    if operator and last in OPERATORS:
        return f"; a condition has one operator: {last} or {operator}"
    return f", nor is there such an operator; {which_operator('__'.join(before), last)}"


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
