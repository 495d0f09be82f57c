"""The decimals of an event as numbers, which EventBridge can compare.

In the event's data a ``Decimal`` is a text, with all its digits; EventBridge compares numbers only, of six decimal
places. So they stand a second time beside the data: ``detail.numbers`` has the form of the data, and of its fields the
decimals that do not lie in lists. What may be put aside (``claim_check``) is never compared, and left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from best_practice_constructs.runtime.event_fields import EventField, field_members, whole_event
from best_practice_constructs.runtime.event_filter import DECIMAL_PLACES, LARGEST_NUMBER
from best_practice_constructs.runtime.event_type import event_declaration

_encoder = msgspec.json.Encoder(decimal_format="number")
_UNIT = Decimal(1).scaleb(-DECIMAL_PLACES)
_Plan = Mapping[str, "_Plan | None"]
_plans: dict[type, _Plan] = {}


def encoded_numbers(event: object) -> bytes | None:
    """Give the event's decimals as a JSON object, or ``None`` when its class has none to compare."""
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
        if Decimal in member.types:
            plan[name] = None
        elif inner := _plan(member, within=(*within, *field.types)):
            plan[name] = inner
    return plan


def _numbers(value: object, plan: _Plan) -> dict[str, object]:
    numbers: dict[str, object] = {}
    for name, inner in plan.items():
        member = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
        if inner is None:
            numbers[name] = _number(member)
        elif member is not None:
            numbers[name] = _numbers(member, inner)
    return numbers


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        # Beyond what EventBridge compares, every comparison that a filter may ask has the same answer at the end.
        within = max(-LARGEST_NUMBER, min(LARGEST_NUMBER, value))
        return within if within == within.to_integral_value() else within.quantize(_UNIT)
    return value if isinstance(value, int | float) else None
