"""The metadata that every event carries beside its data (E6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class EventMetadata:
    """Where an event comes from; ``detail.metadata`` of the event, under the same names.

    :param event_id: the fact's own id: the same in each repetition of the event.
    :param service: the service that published the event.
    :param stage: the stage of that service, such as ``production``.
    :param application_version: the version of that service.
    :param correlation_id: what all events that follow from one request have in common.
    :param causation_id: the id of the event that this one follows from, if it follows from one.
    :param schema_version: the version of the event's schema.
    :param compatible_since: the oldest version whose consumers can read this one; by default the version itself.
    :param occurred_at: when it happened, in UTC.
    :param changed: what the fact changed.
    """

    event_id: str
    service: str
    stage: str
    application_version: str
    correlation_id: str
    causation_id: str | None = None
    schema_version: int = 1
    compatible_since: int | None = None
    occurred_at: datetime
    changed: tuple[str, ...] = ()
