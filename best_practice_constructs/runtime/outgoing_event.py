"""An event on its way to the bus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from best_practice_constructs.runtime.errors import UndeclaredEventError


@dataclass(frozen=True, kw_only=True)
class OutgoingEvent:
    """An event, and what its metadata shall say where the publisher's own answer does not fit.

    :param event: an instance of a declared event class.
    :param event_id: the fact's id; by default a new one, derived from the message while a queue consumer handles it.
    :param correlation_id: by default that of the message or request being handled, else the event's own id.
    :param causation_id: by default the id of the event being handled, else none.
    :param changed: what the fact changed; by default what the event's declaration says.
    :param occurred_at: when it happened, with a time zone; by default now.
    """

    event: object
    event_id: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    changed: Sequence[str] | None = None
    occurred_at: datetime | None = None


def check_outgoing(outgoing: object) -> None:
    """Refuse what is no event, in the words of who called ``publish`` or ``publish_all``.

    :raises UndeclaredEventError: it is none.
    :raises TypeError: it says what changed as a text.
    """
    if not isinstance(outgoing, OutgoingEvent):
        raise _not_outgoing(outgoing)
    event: object = outgoing.event
    if isinstance(event, OutgoingEvent):
        raise UndeclaredEventError(
            "An OutgoingEvent was given as an event: write publish_all([…]) with it, or publish(…) with its event."
        )
    if isinstance(event, type):
        raise UndeclaredEventError(
            f"The class {event.__name__} was given as an event, and an event is an instance of it: write "
            f"{event.__name__}(…)."
        )
    if event is None or isinstance(event, Mapping | list | tuple | str | bytes | int | float):
        raise UndeclaredEventError(
            f"A value of the type {type(event).__name__} was given as an event, and an event is an instance of a "
            "declared class: write OrderPlaced(order_id=…), with @source.event above the class."
        )
    if isinstance(outgoing.changed, str):
        raise TypeError(
            f"changed={outgoing.changed!r} is a text, and a list of texts is meant: write "
            f"changed=[{outgoing.changed!r}]."
        )


def outgoing_events(events: object) -> list[OutgoingEvent]:
    """Give the events that a batch method was given as a list.

    :raises UndeclaredEventError: it was given something else.
    :raises TypeError: one says what changed as a text.
    """
    if not isinstance(events, Iterable) or isinstance(events, Mapping | str | bytes):
        raise _not_outgoing(events)
    listed = [*cast("Iterable[OutgoingEvent]", events)]
    for each in listed:
        check_outgoing(each)
    return listed


def _not_outgoing(given: object) -> UndeclaredEventError:
    name = given.__name__ if isinstance(given, type) else type(given).__name__
    if isinstance(given, OutgoingEvent):
        remedy = "write publish_all([…]) with it in a list"
    elif isinstance(given, type):
        remedy = f"write publish_all([OutgoingEvent(event={name}(…))])"
    else:
        remedy = "write publish_all([OutgoingEvent(event=…)]), or publish(…) with the event alone"
    return UndeclaredEventError(f"publish_all takes a list of OutgoingEvent, and was given {name}: {remedy}.")
