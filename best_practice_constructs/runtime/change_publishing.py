"""Publish the events of a batch of changes in few calls, and in the order of the changes (E6, H5, H6)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from best_practice_constructs.runtime import telemetry
from best_practice_constructs.runtime.batched_sending import batches
from best_practice_constructs.runtime.change import Change
from best_practice_constructs.runtime.errors import (
    EventTooLargeError,
    FailedEvent,
    InvalidEventDataError,
    MalformedMessageError,
    PermanentError,
    PublishError,
)
from best_practice_constructs.runtime.event_entry import EventEntry
from best_practice_constructs.runtime.event_publisher import EventPublisher, send_entries
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES, event_declaration
from best_practice_constructs.runtime.invocation import Cause, LambdaContext, caused_by
from best_practice_constructs.runtime.outgoing_event import OutgoingEvent, check_outgoing
from best_practice_constructs.runtime.record_handling import give_up
from best_practice_constructs.runtime.record_outcome import RecordOutcome
from best_practice_constructs.runtime.record_reader import RecordReader
from best_practice_constructs.runtime.stream_parameters import Given
from best_practice_constructs.runtime.stream_record import StreamPosition, StreamRecord, position_of

NOT_SENT = "NotSent"
"""The error code of an event that was not sent because one before it could not be."""


@dataclass(kw_only=True)
class _Told:
    """A record, and what became of its telling.

    :ivar error: why it cannot be told: for ever, or this time.
    """

    record: StreamRecord
    position: StreamPosition
    entries: Sequence[EventEntry] = field(default_factory=tuple)
    error: Exception | None = None


class ChangePublishing:
    """Handles the records of one change publisher; made at its first invocation.

    :param handler: maps a change to the events that tell of it.
    :param parameters: what its parameters stand for.
    :param failures_queue_url: where records go that can never be told.
    :param correlation_id_attribute: the attribute of the item that holds the correlation id.

    :raises ConfigurationError: the environment names no bus.
    """

    def __init__(
        self,
        *,
        handler: Callable[..., object],
        parameters: Mapping[str, Given],
        failures_queue_url: str,
        correlation_id_attribute: str | None,
    ) -> None:
        self._handler = handler
        self._parameters = parameters
        self._reader = RecordReader(record=None, wanted=(Given.CHANGE,))
        self._failures_queue_url = failures_queue_url
        self._correlation_id_attribute = correlation_id_attribute
        self._publisher = EventPublisher()
        # Without a bus nothing can be told of any change: said now, and not record by record.
        self._publisher.prepare(())

    def handle_in_order(
        self, records: Sequence[StreamRecord], *, context: LambdaContext, outcomes: Counter[RecordOutcome]
    ) -> str | None:
        """Tell of the records up to the first that shall come again; return its sequence number.

        All changes are mapped first, then the events of all of them are sent, as many in a call as it takes. Sending
        ends with the first call that fails; what of that call was sent comes again, with the same ids.

        :param outcomes: counts what became of the records.
        """
        told: list[_Told] = []
        for record, position in zip(records, [position_of(each) for each in records], strict=True):
            told.append(self._map(record, position=position, context=context))
            if told[-1].error is not None and not _is_for_ever(told[-1].error):
                break
        _send(told)
        for done, each in enumerate(told):
            outcome = self._settle(each, context=context)
            outcomes[outcome] += 1
            if outcome is RecordOutcome.FAILED:
                outcomes[RecordOutcome.DEFERRED] += len(records) - done - 1
                return each.position.sequence_number
        return None

    def _map(self, record: StreamRecord, *, position: StreamPosition, context: LambdaContext) -> _Told:
        told = _Told(record=record, position=position)
        with telemetry.logger().append_context_keys(**_keys(position)):
            try:
                told.entries = self._entries(record, position=position, context=context)
            except Exception as error:  # noqa: BLE001 -- whatever a handler raises, its record must end somewhere
                told.error = error
        return told

    def _entries(
        self, record: StreamRecord, *, position: StreamPosition, context: LambdaContext
    ) -> Sequence[EventEntry]:
        read = self._reader.read(record, position=position)
        change = cast("Change", read.values[Given.CHANGE])
        values = read.values | {Given.CONTEXT: context}
        cause = Cause(correlation_id=self._correlation_id(change), causation_id=read.causation_id)
        with caused_by(cause), telemetry.logger().append_context_keys(correlation_id=cause.correlation_id):
            answer = self._handler(**{name: values[given] for name, given in self._parameters.items()})
            return self._publisher.prepare([_outgoing(event, change) for event in _events_in(answer)])

    def _correlation_id(self, change: Change) -> str | None:
        if self._correlation_id_attribute is None:
            return None
        found = change.image.get(self._correlation_id_attribute)
        if found is not None and not isinstance(found, str):
            raise MalformedMessageError(
                f"The attribute {self._correlation_id_attribute} is no text, and correlation ids are texts."
            )
        return found

    def _settle(self, told: _Told, *, context: LambdaContext) -> RecordOutcome:
        logger = telemetry.logger()
        with logger.append_context_keys(**_keys(told.position)):
            error = told.error
            if error is None:
                logger.debug("Change published")
                return RecordOutcome.PROCESSED
            if _is_for_ever(error):
                return give_up(
                    told.record, error, position=told.position, queue_url=self._failures_queue_url, context=context
                )
            logger.warning("Change not published; it will come again", exc_info=error)
            return RecordOutcome.FAILED


def _send(told: Sequence[_Told]) -> None:
    """Send the events of all records, and tell each record of its first event that was not sent."""
    entries = [entry for each in told for entry in each.entries]
    failed: dict[str, FailedEvent] = {}
    is_stopped = False
    for batch in batches(entries, most_bytes=MAXIMUM_EVENT_BYTES):
        failures = [_not_sent(entry) for entry in batch] if is_stopped else send_entries(batch)
        is_stopped = is_stopped or any(not failure.is_refused for failure in failures)
        failed |= {failure.event_id: failure for failure in failures}
    for each in told:
        of_record = [failed[entry.event_id] for entry in each.entries if entry.event_id in failed]
        if of_record:
            sent = [entry.event_id for entry in each.entries if entry.event_id not in failed]
            each.error = PublishError(failed=of_record, sent=sent)


def _not_sent(entry: EventEntry) -> FailedEvent:
    return FailedEvent(
        event_id=entry.event_id,
        detail_type=entry.detail_type,
        error_code=NOT_SENT,
        error_message="an event before it could not be sent",
    )


def _is_for_ever(error: Exception | None) -> bool:
    """Whether the record would fail whenever it came: it is wrong itself, or EventBridge refuses an event of it."""
    if isinstance(error, PublishError):
        return all(failure.is_refused for failure in error.failed)
    return isinstance(error, PermanentError | EventTooLargeError | InvalidEventDataError)


def _events_in(answer: object) -> Iterator[object]:
    if answer is None:
        return
    if isinstance(answer, list | tuple):
        yield from cast("Sequence[object]", answer)
    else:
        yield answer


def _outgoing(event: object, change: Change) -> OutgoingEvent:
    """Say of an event what the change tells, where the handler did not.

    :raises UndeclaredEventError: what the handler returned is no event.
    """
    outgoing = event if isinstance(event, OutgoingEvent) else OutgoingEvent(event=event)
    check_outgoing(outgoing)
    changed = outgoing.changed
    if changed is None and not event_declaration(type(outgoing.event)).changed and change.tells_what_changed:
        changed = change.changed
    return dataclasses.replace(outgoing, changed=changed, occurred_at=outgoing.occurred_at or change.created_at)


def _keys(position: StreamPosition) -> dict[str, str]:
    return {"sequence_number": position.sequence_number, "record_id": position.record_id}
