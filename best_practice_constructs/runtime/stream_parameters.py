"""Find out, once, what a stream consumer's handler wants to be given."""

from __future__ import annotations

import collections.abc
import enum
import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from types import SimpleNamespace

from best_practice_constructs.runtime.change import Change
from best_practice_constructs.runtime.errors import InvalidHandlerError
from best_practice_constructs.runtime.event_metadata import EventMetadata
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
_BODIES = (dict, collections.abc.Mapping)
_OF_KINESIS = {Given.RECORD, Given.BODY, Given.DATA, Given.METADATA}


def given_parameters(handler: Callable[..., object], *, record: type | None) -> dict[str, Given]:
    """Say of each parameter of the handler what it stands for, by its annotation.

    A parameter with a default and another annotation keeps its default.

    :raises InvalidHandlerError: a parameter cannot be given; the error names handler and parameter.
    """
    if inspect.iscoroutinefunction(handler):
        raise InvalidHandlerError(f"{_name(handler)} is async, and Lambda calls handlers synchronously: write def.")
    parameters: dict[str, Given] = {}
    for parameter in _signature(handler).parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise _error(handler, parameter.name, "is not given by its name: write it without *, ** and /", record)
        annotation = _annotation(handler, parameter, record=record)
        given = _given(annotation, record=record)
        if given is not None:
            parameters[parameter.name] = given
        elif parameter.default is parameter.empty:
            raise _error(handler, parameter.name, _why_unknown(annotation), record)
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
            f"The stream consumer {_name(handler)} takes a Change, which is of a DynamoDB stream, and what is of "
            "Kinesis: one handler reads one stream."
        )


def _given(annotation: object, *, record: type | None) -> Given | None:
    if record is not None and annotation is record:
        return Given.RECORD
    if record is None and (typing.get_origin(annotation) or annotation) in _BODIES:
        return Given.BODY
    return _BY_TYPE.get(annotation) if isinstance(annotation, collections.abc.Hashable) else None


def _name(handler: Callable[..., object]) -> str:
    return f"{getattr(handler, '__module__', '?')}.{getattr(handler, '__qualname__', repr(handler))}"


def _signature(handler: Callable[..., object]) -> inspect.Signature:
    if sys.version_info >= (3, 14):
        # Annotations are evaluated late there, and names that only type checkers import would be an error.
        import annotationlib

        return inspect.signature(handler, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(handler)


def _annotation(handler: Callable[..., object], parameter: inspect.Parameter, *, record: type | None) -> object:
    written = parameter.annotation
    if isinstance(written, typing.ForwardRef):
        written = written.__forward_arg__
    if not isinstance(written, str):
        return written
    # The names that can be given are known here even where a module imports them under TYPE_CHECKING only.
    known = (Change, EventMetadata, StreamPosition, LambdaContext, collections.abc.Mapping)
    names: dict[str, object] = {each.__name__: each for each in known}
    if record is not None:
        names[record.__name__] = record
    names |= inspect.unwrap(handler).__globals__
    try:
        return typing.get_type_hints(SimpleNamespace(__annotations__={"it": written}), globalns=names)["it"]
    except NameError as error:
        why = f"has an annotation that cannot be found ({error})"
        raise _error(handler, parameter.name, why, record) from error


def _why_unknown(annotation: object) -> str:
    if annotation is inspect.Parameter.empty:
        return "has no annotation that says what to give"
    name = annotation.__qualname__ if isinstance(annotation, type) else annotation
    return f"is of the type {name}, which is not known here"


def _error(handler: Callable[..., object], parameter: str, why: str, record: type | None) -> InvalidHandlerError:
    data = "dict[str, object] (the data)" if record is None else f"{record.__name__} (the data)"
    return InvalidHandlerError(
        f"The parameter {parameter!r} of the stream consumer {_name(handler)} {why}. It may be annotated with Change "
        f"(of a DynamoDB stream), {data}, bytes, EventMetadata (of Kinesis), StreamPosition or LambdaContext, or have "
        "a default."
    )
