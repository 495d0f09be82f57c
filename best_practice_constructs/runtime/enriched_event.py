"""An event with its metadata: the envelope that the services carry (E6)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from best_practice_constructs.runtime import codec, environment
from best_practice_constructs.runtime.event_data import event_data
from best_practice_constructs.runtime.event_metadata import EventMetadata
from best_practice_constructs.runtime.event_numbers import encoded_numbers
from best_practice_constructs.runtime.event_type import EventDeclaration, event_declaration
from best_practice_constructs.runtime.invocation import current_cause, current_context
from best_practice_constructs.runtime.outgoing_event import OutgoingEvent

_FACTS = uuid.UUID("6f0c0d4e-6a0b-5b5c-9d3e-6a1f1f6f7f11")


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrichedEvent:
    """An event that knows where it comes from.

    :param data: the event itself, as JSON.
    :param before: what its detail holds before the data: the metadata.
    :param after: what it holds behind the data: the numbers.
    """

    declaration: EventDeclaration
    metadata: EventMetadata
    data: bytes
    before: bytes
    after: bytes

    @property
    def detail(self) -> bytes:
        """The metadata, the data and the numbers, as JSON."""
        return b"%b%b%b" % (self.before, self.data, self.after)

    def thin_detail(self, *, data: bytes, claim_check: bytes) -> bytes:
        """Give the detail with some of the data, and with what tells where the others are."""
        return b'%b%b,"claim_check":%b%b' % (self.before, data, claim_check, self.after)


def enriched_event(outgoing: OutgoingEvent) -> EnrichedEvent:
    """Enrich an event with its metadata.

    :raises UndeclaredEventError: it is no instance of a declared class.
    :raises InvalidEventDataError: a value of the event is none of its declared type.
    :raises ValueError: ``occurred_at`` has no time zone.
    """
    declaration = event_declaration(type(outgoing.event))
    # The event's id is derived from what it says.
    data = event_data(outgoing.event)
    metadata = _metadata(outgoing, declaration=declaration, data=data.text)
    numbers = encoded_numbers(data.event)
    return EnrichedEvent(
        declaration=declaration,
        metadata=metadata,
        data=data.text,
        before=b'{"metadata":%b,"data":' % codec.encode(metadata),
        after=b',"numbers":%b}' % numbers if numbers else b"}",
    )


def running_function() -> Sequence[str]:
    """Give what stands in ``resources`` by default: the ARN of the running function, as it was invoked."""
    context = current_context()
    return [context.invoked_function_arn] if context else []


def _metadata(outgoing: OutgoingEvent, *, declaration: EventDeclaration, data: bytes) -> EventMetadata:
    cause = current_cause()
    causation_id = outgoing.causation_id or (cause.causation_id if cause else None)
    event_id = outgoing.event_id or _event_id(declaration, data=data)
    occurred_at = outgoing.occurred_at or datetime.now(UTC)
    if occurred_at.tzinfo is None:
        raise ValueError(
            f"The time {occurred_at} (occurred_at) of the event {declaration.detail_type} {event_id} has no time zone: "
            "pass datetime.now(UTC), or occurred_at.astimezone() if it is the time of this machine."
        )
    return EventMetadata(
        event_id=event_id,
        service=os.environ.get(environment.SERVICE_NAME, "service_undefined"),
        stage=os.environ.get(environment.SERVICE_STAGE, "undefined"),
        application_version=os.environ.get(environment.APPLICATION_VERSION, "undefined"),
        correlation_id=outgoing.correlation_id or (cause.correlation_id if cause else None) or event_id,
        causation_id=causation_id,
        schema_version=declaration.version,
        compatible_since=declaration.compatible_since,
        occurred_at=occurred_at.astimezone(UTC),
        changed=tuple(declaration.changed if outgoing.changed is None else outgoing.changed),
    )


def _event_id(declaration: EventDeclaration, *, data: bytes) -> str:
    """Make an id: while an event is handled, the same one whenever the handling is repeated and says the same.

    The data are part of it: a repetition that says something else is another fact, which nobody may take for a replay.
    """
    cause, context = current_cause(), current_context()
    if cause is None or cause.causation_id is None:
        return str(uuid.uuid4())
    function_name = context.function_name if context else ""
    fact = codec.encode(
        [cause.causation_id, function_name, declaration.detail_type, declaration.version, data.decode()]
    )
    return str(uuid.uuid5(_FACTS, f"{cause.occurrence(fact)}:{fact.decode()}"))
