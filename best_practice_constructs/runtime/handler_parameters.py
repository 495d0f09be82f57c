"""Find out, once, what the handler of a queue's or an asynchronous consumer wants to be given."""

from __future__ import annotations

import collections.abc
import enum
import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext as PowertoolsLambdaContext

from best_practice_constructs.runtime.errors import InvalidHandlerError
from best_practice_constructs.runtime.event_metadata import EventMetadata
from best_practice_constructs.runtime.event_type import event_declaration
from best_practice_constructs.runtime.idempotent_transaction import IdempotentTransaction
from best_practice_constructs.runtime.invocation import LambdaContext


class Injected(enum.Enum):
    """What a parameter of a handler stands for."""

    EVENT = "the event"
    BODY = "the message's body"
    METADATA = "the event's metadata"
    TRANSACTION = "the transaction"
    RECORD = "the SQS record"
    OBJECT = "the object of S3"
    CONTEXT = "Lambda's context"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What one kind of consumer can give to its handlers, beside the event or the body.

    :param consumer: the kind, as errors call it.
    :param types: what each annotation stands for.
    """

    consumer: str
    types: Mapping[type, Injected]


OF_QUEUES = Offer(
    consumer="queue consumer",
    types={
        EventMetadata: Injected.METADATA,
        IdempotentTransaction: Injected.TRANSACTION,
        SQSRecord: Injected.RECORD,
        LambdaContext: Injected.CONTEXT,
        PowertoolsLambdaContext: Injected.CONTEXT,
    },
)
_BODIES = (dict, collections.abc.Mapping)


def injected_parameters(
    handler: Callable[..., object], *, event: type | None, offer: Offer = OF_QUEUES
) -> dict[str, Injected]:
    """Say of each parameter of the handler what it stands for, by its annotation.

    A parameter with a default and another annotation keeps its default.

    :param event: the class of the events, or ``None`` for any JSON object.
    :param offer: what can be given beside.
    :raises InvalidHandlerError: a parameter cannot be given; the error names handler and parameter.
    """
    if inspect.iscoroutinefunction(handler):
        raise InvalidHandlerError(
            f"{handler_name(handler)} is async, and Lambda calls handlers synchronously: write def."
        )
    parameters: dict[str, Injected] = {}
    for parameter in _signature(handler).parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise _error(
                handler, parameter.name, "is not given by its name: write it without *, ** and /", event, offer
            )
        annotation = _annotation(handler, parameter, event, offer)
        injected = _injected(annotation, event, offer)
        if injected is not None:
            parameters[parameter.name] = injected
        elif parameter.default is parameter.empty:
            raise _error(handler, parameter.name, _why_unknown(annotation), event, offer)
    return parameters


def handler_name(handler: Callable[..., object]) -> str:
    """Return the name by which errors call the handler."""
    return f"{getattr(handler, '__module__', '?')}.{getattr(handler, '__qualname__', repr(handler))}"


def _signature(handler: Callable[..., object]) -> inspect.Signature:
    if sys.version_info >= (3, 14):
        # Annotations are evaluated late there, and names that only type checkers import would be an error.
        import annotationlib

        return inspect.signature(handler, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(handler)


def _injected(annotation: object, event: type | None, offer: Offer) -> Injected | None:
    if event is not None and annotation is event:
        return Injected.EVENT
    if event is None and (typing.get_origin(annotation) or annotation) in _BODIES:
        return Injected.BODY
    return offer.types.get(annotation) if isinstance(annotation, type) else None


def _annotation(
    handler: Callable[..., object], parameter: inspect.Parameter, event: type | None, offer: Offer
) -> object:
    written = parameter.annotation
    if isinstance(written, typing.ForwardRef):
        written = written.__forward_arg__
    if not isinstance(written, str):
        return written
    # The names that can be injected are known here even where a module imports them under TYPE_CHECKING only.
    names: dict[str, object] = {each.__name__: each for each in offer.types}
    names["Mapping"] = collections.abc.Mapping
    if event is not None:
        names[event.__name__] = event
    names |= inspect.unwrap(handler).__globals__
    try:
        holder = SimpleNamespace(__annotations__={"it": written})
        return typing.get_type_hints(holder, globalns=names)["it"]
    except NameError as error:
        why = f"has an annotation that cannot be found ({error})"
        raise _error(handler, parameter.name, why, event, offer) from error


def _why_unknown(annotation: object) -> str:
    if annotation is inspect.Parameter.empty:
        return "has no annotation that says what to give"
    if isinstance(annotation, type):
        return f"is of the type {annotation.__qualname__}, which is not known here"
    return f"is of the type {annotation}, which is not known here"


def _error(
    handler: Callable[..., object], parameter: str, why: str, event: type | None, offer: Offer
) -> InvalidHandlerError:
    first = "dict[str, object] (the body)" if event is None else f"{event.__name__} (the event)"
    if event is not None:
        event_declaration(event)
    *others, last = dict.fromkeys(each.__name__ for each in offer.types)
    return InvalidHandlerError(
        f"The parameter {parameter!r} of the {offer.consumer} {handler_name(handler)} {why}. It may be annotated with "
        f"{', '.join([first, *others])} or {last}, or have a default."
    )
