"""The numbers of an event as EventBridge can compare them.

In the event's data a ``Decimal`` is a text, with all its digits, and floats and whole numbers have as many as they
have; EventBridge compares numbers only, of six decimal places and up to 5,000,000,000, and misses all others. So they
stand a second time beside the data: ``detail.numbers`` has the form of the data, and of its fields the numbers that do
not lie in lists. What may be put aside (``claim_check``) is never compared, and left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import msgspec

from best_practice_constructs.runtime.compared_numbers import DECIMAL_PLACES, LARGEST_NUMBER, NUMBER_TYPES
from best_practice_constructs.runtime.event_fields import EventField, field_members, whole_event
from best_practice_constructs.runtime.event_type import event_declaration

_encoder = msgspec.json.Encoder(decimal_format="number")
_UNIT = Decimal(1).scaleb(-DECIMAL_PLACES)
_LARGEST = int(LARGEST_NUMBER)
_Plan = Mapping[str, "_Plan | None"]
_plans: dict[type, _Plan] = {}


def encoded_numbers(event: object) -> bytes | None:
    """Give the event's numbers as a JSON object, or ``None`` when its class has none to compare."""
    event_class = type(event)
    plan = _plans.get(event_class)
    if plan is None:
        plan = _plans[event_class] = _compared(event_class)
    return _encoder.encode(_numbers(event, plan)) if plan else None


def _compared(event_class: type) -> _Plan:
    put_aside = event_declaration(event_class).claim_check
    plan = _plan(whole_event(event_class), within=())
    return {name: inner for name, inner in plan.items() if name not in put_aside}


def _plan(field: EventField, *, within: tuple[object, ...]) -> _Plan:
    plan: dict[str, _Plan | None] = {}
    if any(each in within for each in field.types):
        return plan
    for name, member in field_members(field).items():
        if member.lists:
            continue
        if not NUMBER_TYPES.isdisjoint(member.types):
            plan[name] = None
        elif inner := _plan(member, within=(*within, *field.types)):
            plan[name] = inner
    return plan


def _numbers(value: object, plan: _Plan) -> dict[str, object]:
    numbers: dict[str, object] = {}
    is_mapping = isinstance(value, dict)
    members = cast("Mapping[str, object]", value if is_mapping else getattr(value, "__dict__", {}))
    for name, inner in plan.items():
        member = members[name] if name in members else None if is_mapping else getattr(value, name, None)
        if inner is None:
            numbers[name] = _number(member)
        elif member is not None:
            numbers[name] = _numbers(member, inner)
    return numbers


def _number(value: object) -> object:
    # Beyond what EventBridge compares, every comparison that a filter may ask has the same answer at the end.
    kind = type(value)
    if kind is int:
        number = cast("int", value)
        return number if -_LARGEST <= number <= _LARGEST else _end(number)
    if kind is float:
        ratio = cast("float", value)
        return round(ratio, DECIMAL_PLACES) if -_LARGEST <= ratio <= _LARGEST else _end(ratio)
    if isinstance(value, Decimal):
        if not -_LARGEST <= value <= _LARGEST:
            return _end(value)
        return value if value == value.to_integral_value() else value.quantize(_UNIT)
    # An IntEnum may stand for a number.
    return _number(int(value)) if isinstance(value, int) and kind is not bool else None


def _end(number: float | Decimal) -> int:
    return _LARGEST if number > 0 else -_LARGEST
