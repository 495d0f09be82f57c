"""Find out, once, what the handler of a queue's or an asynchronous consumer wants to be given."""

from __future__ import annotations

import collections.abc
import enum
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aws_lambda_powertools.utilities.typing import LambdaContext as PowertoolsLambdaContext

from best_practice_constructs.runtime.decorator_arguments import QUEUE_CONSUMER, HandlerDecorator
from best_practice_constructs.runtime.errors import InvalidHandlerError
from best_practice_constructs.runtime.event_metadata import EventMetadata
from best_practice_constructs.runtime.event_type import event_declaration
from best_practice_constructs.runtime.handler_annotations import handler_name, mentions, parameters_by_annotation
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
    :param decorator: what makes it of a function.
    :param types: what each annotation stands for.
    :param has_records: it also gives Powertools' ``SQSRecord``.
    """

    consumer: str
    decorator: HandlerDecorator
    types: Mapping[type, Injected]
    has_records: bool = False

    def types_of(self, handler: Callable[..., object]) -> Mapping[type, Injected]:
        """Say what each annotation of a handler stands for: the record's class is loaded for whoever names it."""
        if not self.has_records or not mentions(handler, "SQSRecord"):
            return self.types
        return self.every_type()

    def every_type(self) -> Mapping[type, Injected]:
        """Say what all annotations stand for that a handler may have."""
        if not self.has_records:
            return self.types
        # Powertools loads its classes of all events with this one.
        from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

        return {**self.types, SQSRecord: Injected.RECORD}


OF_QUEUES = Offer(
    consumer="queue consumer",
    decorator=QUEUE_CONSUMER,
    types={
        EventMetadata: Injected.METADATA,
        IdempotentTransaction: Injected.TRANSACTION,
        LambdaContext: Injected.CONTEXT,
        PowertoolsLambdaContext: Injected.CONTEXT,
    },
    has_records=True,
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
    types = offer.types_of(handler)
    known: dict[str, object] = {each.__name__: each for each in types}
    known["Mapping"] = collections.abc.Mapping
    if event is not None:
        known[event.__name__] = event
    return parameters_by_annotation(
        handler,
        known=known,
        meaning_of=lambda annotation: _injected(annotation, event, types),
        refusal=lambda parameter, why: _error(handler, parameter, why, event, offer),
        decorator=offer.decorator if event is None else None,
    )


def _injected(annotation: object, event: type | None, types: Mapping[type, Injected]) -> Injected | None:
    if event is not None and annotation is event:
        return Injected.EVENT
    if event is None and (typing.get_origin(annotation) or annotation) in _BODIES:
        return Injected.BODY
    return types.get(annotation) if isinstance(annotation, type) else None


def _error(
    handler: Callable[..., object], parameter: str, why: str, event: type | None, offer: Offer
) -> InvalidHandlerError:
    first = "dict[str, object] (the body)" if event is None else f"{event.__name__} (the event)"
    if event is not None:
        event_declaration(event)
    *others, last = dict.fromkeys(each.__name__ for each in offer.every_type())
    return InvalidHandlerError(
        f"The parameter {parameter!r} of the {offer.consumer} {handler_name(handler)} {why}. It may be annotated with "
        f"{', '.join([first, *others])} or {last}, or have a default."
    )
