"""The event pattern of a rule: from a declared event class, from a filter of its data, or as it is given (E4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.events.pattern_checks import pattern_faults
from best_practice_constructs.runtime.event_filter import EventFilter
from best_practice_constructs.runtime.event_type import EventDeclaration, event_declaration

RoutedEvents: TypeAlias = "type | EventFilter | Mapping[str, object]"


def event_pattern(scope: Construct, events: RoutedEvents) -> tuple[EventDeclaration | None, dict[str, object]]:
    """Give the pattern, and the declared event, if it is one.

    :param events: a declared class, a filter made by ``OrderPlaced.where(…)``, or a pattern.
    :raises InvalidArgumentError: the class is not declared as an event, or the pattern is none that EventBridge takes.
    """
    if isinstance(events, EventFilter):
        declaration = declared_event(scope, events.event)
        return declaration, {**_pattern_of(declaration), "detail": events.detail_pattern()}
    if isinstance(events, type):
        declaration = declared_event(scope, events)
        return declaration, _pattern_of(declaration)
    given: object = events
    if not isinstance(given, Mapping):
        raise InvalidArgumentError(
            scope,
            given=f"a route of {named(given)}",
            reason="an event is named by its class",
            remedy="pass a class declared with @source.event, a filter of it, or a pattern as a mapping",
        )
    pattern = _with_lists(events)
    for fault in pattern_faults(pattern):
        raise InvalidArgumentError(scope, given=fault.given, reason=fault.reason, remedy=fault.remedy)
    return None, pattern


def _with_lists(pattern: Mapping[str, object]) -> dict[str, object]:
    """Write tuples as the lists that they become, so that equal patterns are equal."""
    return {key: _listed(value) for key, value in pattern.items()}


def _listed(value: object) -> object:
    if isinstance(value, Mapping):
        return _with_lists(cast("Mapping[str, object]", value))
    if isinstance(value, list | tuple):
        return [_listed(each) for each in cast("Iterable[object]", value)]
    return value


def _pattern_of(declaration: EventDeclaration) -> dict[str, object]:
    return {"source": [declaration.source], "detail-type": [declaration.detail_type]}


def declared_event(scope: Construct, event: type) -> EventDeclaration:
    """Give what was declared of an event class.

    :raises InvalidArgumentError: the class is not declared as an event.
    """
    try:
        return event_declaration(event)
    except (TypeError, ValueError, LookupError):
        raise InvalidArgumentError(
            scope,
            given=f"the class {event.__qualname__}",
            reason="it is not declared as an event, so it has no source and no detail-type (E4)",
            remedy="declare it: orders = EventSource('com.example.orders'), then @orders.event above class "
            f"{event.__name__}",
        ) from None
