"""Make a function the consumer of asynchronous events (H2, H3, L1)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Generic, ParamSpec, overload

from aws_lambda_powertools.utilities.typing import LambdaContext as PowertoolsLambdaContext

from best_practice_constructs.runtime import telemetry
from best_practice_constructs.runtime.async_consumer_settings import AsyncConsumerSettings
from best_practice_constructs.runtime.async_event_handling import AsyncEventHandling
from best_practice_constructs.runtime.decorator_arguments import ASYNC_EVENT_CONSUMER
from best_practice_constructs.runtime.errors import InvalidHandlerError
from best_practice_constructs.runtime.event_metadata import EventMetadata
from best_practice_constructs.runtime.handler_annotations import handler_name
from best_practice_constructs.runtime.handler_parameters import Injected, Offer, injected_parameters
from best_practice_constructs.runtime.invocation import LambdaContext
from best_practice_constructs.runtime.object_created import ObjectCreated
from best_practice_constructs.runtime.preparation import prepared
from best_practice_constructs.runtime.queue_message import MessageReader

P = ParamSpec("P")

_OFFER = Offer(
    consumer="asynchronous consumer",
    decorator=ASYNC_EVENT_CONSUMER,
    types={
        EventMetadata: Injected.METADATA,
        ObjectCreated: Injected.OBJECT,
        LambdaContext: Injected.CONTEXT,
        PowertoolsLambdaContext: Injected.CONTEXT,
    },
)


class AsyncEventConsumer(Generic[P]):
    """A Lambda handler that was made by :func:`async_event_consumer`.

    Tests call the function itself as ``handler.__wrapped__(…)``, and the whole as Lambda does: ``handler(event,
    context)``.
    """

    def __init__(self, handler: Callable[P, object], *, event: type | None) -> None:
        ASYNC_EVENT_CONSUMER.check_handler(handler)
        functools.update_wrapper(self, handler)
        self.__wrapped__: Callable[P, object] = handler
        self._parameters = injected_parameters(handler, event=event, offer=_OFFER)
        wants_metadata = Injected.METADATA in self._parameters.values()
        self._is_of_library = event is not None or wants_metadata
        if self._is_of_library and Injected.OBJECT in self._parameters.values():
            raise InvalidHandlerError(
                f"The asynchronous consumer {handler_name(handler)} takes an ObjectCreated, which is an event of S3, "
                "and what only events of this library have: one handler reads one kind of event."
            )
        self._reader = MessageReader(event=event, wants_metadata=wants_metadata)
        telemetry.load_tracer()
        self._run: Callable[[Mapping[str, object], LambdaContext], object] | None = prepared(self._set_up)

    def __call__(self, event: Mapping[str, object], context: LambdaContext) -> object:
        """Handle an event as Lambda gives it.

        :raises ConfigurationError: the environment lacks something; the event was not handled.
        :raises Exception: it failed and shall come again.
        """
        if self._run is None:
            self._run = self._set_up()
        return self._run(event, context)

    def forget(self) -> None:
        """Forget what was set up from the environment, as a new process would; for tests."""
        self._run = None

    def _set_up(self) -> Callable[[Mapping[str, object], LambdaContext], object]:
        handling = AsyncEventHandling(
            handler=self.__wrapped__,
            parameters=self._parameters,
            reader=self._reader,
            is_of_library=self._is_of_library,
            settings=AsyncConsumerSettings.from_environment(handler_name(self.__wrapped__)),
        )

        def consume(event: Mapping[str, object], context: LambdaContext) -> object:
            return handling.handle(event, context=context)

        return telemetry.instrumented(consume, name=self.__wrapped__.__name__)


@overload
def async_event_consumer(handler: Callable[P, object], /) -> AsyncEventConsumer[P]: ...
@overload
def async_event_consumer(*, event: type | None = None) -> Callable[[Callable[P, object]], AsyncEventConsumer[P]]: ...
def async_event_consumer(
    handler: Callable[P, object] | None = None, /, *, event: type | None = None
) -> AsyncEventConsumer[P] | Callable[[Callable[P, object]], AsyncEventConsumer[P]]:
    """Make a function the consumer of events that a bus, or S3 through it, sends to it directly.

    Its parameters are given by their annotations: the event's class (or ``dict[str, object]``, the whole event, where
    none is declared), ``EventMetadata``, ``ObjectCreated`` (of S3), ``LambdaContext``; a parameter with a default may
    be anything. What it returns goes to the on-success destination, where there is one, so it must have a JSON form.

    Each delivery ends in one of: *processed*; *replayed*, because the event was handled before; *failed*: Lambda tries
    it again, and sends it to the failures queue in the end; *dead-lettered*, because it is malformed or a
    :class:`PermanentError` was raised: it is in the failures queue with its cause, without any retry, and Lambda is
    told that all is well. Each is a log line and a metric. A failures queue that does not answer makes it a failed one.

    :param event: the declared class of the events.

    :raises InvalidHandlerError: a parameter cannot be given, or the class stands in the place of the function.
    :raises UndeclaredEventError: ``event`` is no declared event.

    ```python
    from best_practice_constructs.runtime import ObjectCreated, async_event_consumer


    @async_event_consumer
    def handler(created: ObjectCreated) -> None:
        print("Read", created.key, "from", created.bucket)
    ```
    """
    ASYNC_EVENT_CONSUMER.check_class(event)
    if handler is not None:
        return AsyncEventConsumer(handler, event=event)

    def decorate(handler: Callable[P, object]) -> AsyncEventConsumer[P]:
        return AsyncEventConsumer(handler, event=event)

    return decorate
