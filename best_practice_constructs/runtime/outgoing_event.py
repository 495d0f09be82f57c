"""An event on its way to the bus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


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
