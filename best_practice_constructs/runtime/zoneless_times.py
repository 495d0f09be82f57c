"""Points in time that say no zone: who reads them elsewhere takes them for others."""

from __future__ import annotations

from datetime import datetime

from best_practice_constructs.runtime.value_parts import parts_of
from best_practice_constructs.runtime.value_plan import Look, holds_anything, look_at_times

_plans: dict[type, tuple[Look | None, bool]] = {}


def zoneless_time(given: object, read: object) -> tuple[str, datetime] | None:
    """Give the JSON path of the first point in time without a zone in an event, and it; ``None`` when all have one.

    A time of day (``time``) may go without: it is that of the place that the event speaks of.

    :param given: the event as it was given; looked into where its class says nothing of what it holds.
    :param read: the event as its consumers read it, in which texts that stand for times are some.
    """
    event_class = type(read)
    plan = _plans.get(event_class)
    if plan is None:
        plan = _plans[event_class] = (look_at_times(event_class), holds_anything(event_class))
    look, is_open = plan
    if look is not None and look(read):
        return _first(read, path="$")
    return _first(given, path="$") if is_open else None


def _first(value: object, *, path: str) -> tuple[str, datetime] | None:
    if isinstance(value, datetime):
        return (path, value) if value.utcoffset() is None else None
    found = (_first(each, path=path + step) for each, step in parts_of(value))
    return next(filter(None, found), None)
