"""The event pattern of a rule, from a declared event class (E4)."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.runtime.event_type import event_declaration


def event_pattern(scope: Construct, event: type | Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Give a readable name and the pattern of a declared event class, or of a pattern given as it is.

    :raises InvalidArgumentError: the class is not declared as an event, or the pattern matches everything or nothing.
    """
    if not isinstance(event, type):
        if not event or any(value in ([], {}) for value in event.values()):
            raise InvalidArgumentError(
                scope,
                given=f"the event pattern {dict(event)!r}",
                reason="an empty pattern is refused by EventBridge, and an empty list in it matches nothing",
                remedy="pass a declared event class, or a pattern such as {'source': ['com.example.orders']}",
            )
        return "Pattern", dict(event)
    try:
        declaration = event_declaration(event)
    except (TypeError, ValueError, LookupError):
        raise InvalidArgumentError(
            scope,
            given=f"the class {event.__qualname__}",
            reason="it is not declared as an event, so it has no source and no detail-type (E4)",
            remedy="declare it: orders = EventSource('com.example.orders'), then @orders.event above class "
            f"{event.__name__}",
        ) from None
    return declaration.detail_type, {"source": [declaration.source], "detail-type": [declaration.detail_type]}
