"""Find out, once, what a stream consumer's handler wants to be given."""

from __future__ import annotations

import collections.abc
import enum
import typing
from collections.abc import Callable, Mapping

from best_practice_constructs.runtime.change import Change
from best_practice_constructs.runtime.decorator_arguments import CHANGE_PUBLISHER, STREAM_CONSUMER, HandlerDecorator
from best_practice_constructs.runtime.errors import InvalidHandlerError
from best_practice_constructs.runtime.event_metadata import EventMetadata
from best_practice_constructs.runtime.handler_annotations import handler_name, parameters_by_annotation
from best_practice_constructs.runtime.invocation import LambdaContext
from best_practice_constructs.runtime.stream_record import DYNAMODB, KINESIS, StreamPosition


class Given(enum.Enum):
    """What a parameter of a handler stands for."""

    CHANGE = "the change of an item"
    RECORD = "the record's data as their class"
    BODY = "the record's data as a JSON object"
    DATA = "the record's data as they are"
    METADATA = "the event's metadata"
    POSITION = "the record's place in the stream"
    CONTEXT = "Lambda's context"


_BY_TYPE: Mapping[object, Given] = {
    Change: Given.CHANGE,
    EventMetadata: Given.METADATA,
    StreamPosition: Given.POSITION,
    LambdaContext: Given.CONTEXT,
    bytes: Given.DATA,
}
_KNOWN: tuple[type, ...] = (Change, EventMetadata, StreamPosition, LambdaContext, collections.abc.Mapping)
_BODIES = (dict, collections.abc.Mapping)
_OF_KINESIS = {Given.RECORD, Given.BODY, Given.DATA, Given.METADATA}


def given_parameters(
    handler: Callable[..., object], *, record: type | None, decorator: HandlerDecorator = STREAM_CONSUMER
) -> dict[str, Given]:
    """Say of each parameter of the handler what it stands for, by its annotation.

    A parameter with a default and another annotation keeps its default.

    :param decorator: what the handler is decorated with.
    :raises InvalidHandlerError: a parameter cannot be given; the error names handler and parameter.
    """
    known: dict[str, object] = {each.__name__: each for each in _KNOWN}
    if isinstance(record, type):
        known[record.__name__] = record
    parameters = parameters_by_annotation(
        handler,
        known=known,
        meaning_of=lambda annotation: _given(annotation, record=record),
        refusal=lambda parameter, why: _error(handler, parameter, why, record, decorator),
        decorator=decorator if decorator is STREAM_CONSUMER and record is None else None,
    )
    _check_source(handler, parameters, record=record)
    return parameters


def source_of(parameters: Mapping[str, Given], *, record: type | None) -> str | None:
    """Say which kind of stream the handler reads, or ``None`` when either will do."""
    if Given.CHANGE in parameters.values():
        return DYNAMODB
    return KINESIS if record is not None or not _OF_KINESIS.isdisjoint(parameters.values()) else None


def _check_source(handler: Callable[..., object], parameters: Mapping[str, Given], *, record: type | None) -> None:
    of_kinesis = record is not None or not _OF_KINESIS.isdisjoint(parameters.values())
    if of_kinesis and Given.CHANGE in parameters.values():
        raise InvalidHandlerError(
            f"The stream consumer {handler_name(handler)} takes a Change, which is of a DynamoDB stream, and what is "
            "of Kinesis: one handler reads one stream."
        )


def _given(annotation: object, *, record: type | None) -> Given | None:
    if record is not None and annotation == record:
        return Given.RECORD
    if record is None and (typing.get_origin(annotation) or annotation) in _BODIES:
        return Given.BODY
    return _BY_TYPE.get(annotation) if isinstance(annotation, collections.abc.Hashable) else None


def _error(
    handler: Callable[..., object], parameter: str, why: str, record: type | None, decorator: HandlerDecorator
) -> InvalidHandlerError:
    if decorator is CHANGE_PUBLISHER:
        kind, offered = "change publisher", "Change, StreamPosition or LambdaContext"
    else:
        name = "dict[str, object]" if record is None else record.__name__ if isinstance(record, type) else str(record)
        kind = "stream consumer"
        offered = (
            f"Change (of a DynamoDB stream), {name} (the data), bytes, EventMetadata (of Kinesis), StreamPosition or "
            "LambdaContext"
        )
    return InvalidHandlerError(
        f"The parameter {parameter!r} of the {kind} {handler_name(handler)} {why}. It may be annotated with {offered}, "
        "or have a default."
    )
