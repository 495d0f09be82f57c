"""Read what a stream consumer's handler asks for out of a record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.runtime.codec import Decoder
from best_practice_constructs.runtime.errors import (
    DecodingError,
    InvalidHandlerError,
    MalformedMessageError,
    TypeMismatchError,
    UndeclaredEventError,
)
from best_practice_constructs.runtime.event_type import event_declaration
from best_practice_constructs.runtime.json_types import reason_not_read
from best_practice_constructs.runtime.queue_message import MessageReader, identity_of
from best_practice_constructs.runtime.stream_parameters import Given
from best_practice_constructs.runtime.stream_record import DYNAMODB, StreamPosition, StreamRecord, change_of, data_of

_body_reader = MessageReader(event=None, wants_metadata=False)


@dataclass(frozen=True, kw_only=True)
class ReadRecord:
    """What a handler can be given of a record, and what follows from it for the events that it publishes."""

    values: dict[Given, object]
    correlation_id: str | None
    causation_id: str


class RecordReader:
    """Reads the records of one consumer; made once, when the handler is decorated.

    :param record: the class of the data, a declared event or any other; ``None`` for a JSON object.
    :param wanted: what the handler asks for.

    :raises InvalidHandlerError: the class has no JSON form.
    """

    def __init__(self, *, record: type | None, wanted: Collection[Given]) -> None:
        self._record = record
        self._wanted = frozenset(wanted)
        wants_metadata = Given.METADATA in self._wanted
        self._is_event = record is not None and _is_declared(record)
        reads_event = self._is_event or wants_metadata
        self._event_reader = (
            MessageReader(event=record if self._is_event else None, wants_metadata=wants_metadata)
            if reads_event
            else None
        )
        if record is not None and not self._is_event:
            _check_is_json(record)
        self._decoder: Decoder[object] = Decoder(dict[str, object] if record is None else record)

    def read(self, record: StreamRecord, *, position: StreamPosition) -> ReadRecord:
        """Read a record.

        :raises MalformedMessageError: it is not what the handler asks for.
        :raises UnexpectedEventError: it is another event.
        """
        values: dict[Given, object] = {Given.POSITION: position}
        if record["eventSource"] == DYNAMODB:
            if Given.CHANGE in self._wanted:
                values[Given.CHANGE] = change_of(record, position=position)
            return _of_record(values, position)
        data = data_of(record)
        values[Given.DATA] = data
        if self._event_reader is not None:
            return self._read_event(self._event_reader, data, values=values, position=position)
        if self._record is not None:
            values[Given.RECORD] = self._decode(data)
        elif Given.BODY in self._wanted:
            body = cast("dict[str, object]", self._decode(data))
            values[Given.BODY] = _body_reader.whole(data.decode(), body=body).body
        return _of_record(values, position)

    def _read_event(
        self, reader: MessageReader, data: bytes, *, values: dict[Given, object], position: StreamPosition
    ) -> ReadRecord:
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise MalformedMessageError(f"The record's data are not JSON: {error}.") from error
        body = reader.body(text)
        identity = identity_of(body)
        whole = reader.whole(text, body=body)
        message = reader.typed(whole.text, body=whole.body)
        values |= {Given.RECORD: message.event, Given.BODY: whole.body, Given.METADATA: message.metadata}
        return ReadRecord(
            values=values,
            correlation_id=identity.correlation_id,
            causation_id=identity.event_id or position.record_id,
        )

    def _decode(self, data: bytes) -> object:
        try:
            return self._decoder.decode(data)
        except TypeMismatchError as error:
            name = self._record.__name__ if self._record else "a JSON object"
            raise MalformedMessageError(f"The record's data do not fit {name}: {error}.") from error
        except DecodingError as error:
            raise MalformedMessageError(f"The record's data are not JSON: {error}.") from error


def _of_record(values: dict[Given, object], position: StreamPosition) -> ReadRecord:
    # Events that the handler publishes get the same ids whenever the record comes again.
    return ReadRecord(values=values, correlation_id=None, causation_id=position.record_id)


def _check_is_json(record: type) -> None:
    try:
        reason = reason_not_read(record)
    except NameError as error:
        reason = f"its types cannot be found at run time ({error})"
    if reason is not None:
        raise InvalidHandlerError(f"stream_consumer(record={record.__qualname__}) cannot read such records: {reason}.")


def _is_declared(record: type) -> bool:
    try:
        event_declaration(record)
    except UndeclaredEventError:
        return False
    return True
