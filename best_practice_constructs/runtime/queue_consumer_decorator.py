"""Make a function the consumer of a queue (H1, H2, H4, H6)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, ParamSpec, overload

from best_practice_constructs.runtime import clients, telemetry
from best_practice_constructs.runtime.consumer_settings import ConsumerSettings
from best_practice_constructs.runtime.decorator_arguments import QUEUE_CONSUMER
from best_practice_constructs.runtime.errors import ConfigurationError
from best_practice_constructs.runtime.handler_annotations import handler_name
from best_practice_constructs.runtime.handler_parameters import Injected, injected_parameters
from best_practice_constructs.runtime.message_batch import MessageBatch
from best_practice_constructs.runtime.message_handling import MessageHandling
from best_practice_constructs.runtime.preparation import prepared
from best_practice_constructs.runtime.queue_message import MessageReader

if TYPE_CHECKING:
    from best_practice_constructs.runtime.invocation import LambdaContext
    from best_practice_constructs.runtime.message_batch import PartialBatchResponse

P = ParamSpec("P")


class QueueConsumer(Generic[P]):
    """A Lambda handler that was made by :func:`queue_consumer`.

    Tests call the function itself as ``handler.__wrapped__(…)``, and the whole as Lambda does: ``handler(event,
    context)``.
    """

    def __init__(self, handler: Callable[P, object], *, event: type | None) -> None:
        QUEUE_CONSUMER.check_handler(handler)
        functools.update_wrapper(self, handler)
        self.__wrapped__: Callable[P, object] = handler
        self._parameters = injected_parameters(handler, event=event)
        self._reader = MessageReader(event=event, wants_metadata=Injected.METADATA in self._parameters.values())
        telemetry.load_tracer()
        self._run: Callable[[Mapping[str, object], LambdaContext], PartialBatchResponse] | None = prepared(
            self._set_up, create_client=lambda: clients.client("dynamodb")
        )

    def __call__(self, event: Mapping[str, object], context: LambdaContext) -> PartialBatchResponse:
        """Handle a batch of messages as Lambda gives it.

        :raises ConfigurationError: the environment lacks something; no message was handled.
        """
        if self._run is None:
            self._run = self._set_up()
        return self._run(event, context)

    def forget(self) -> None:
        """Forget what was set up from the environment, as a new process would; for tests."""
        self._run = None

    def _set_up(self) -> Callable[[Mapping[str, object], LambdaContext], PartialBatchResponse]:
        name = handler_name(self.__wrapped__)
        settings = ConsumerSettings.from_environment(name)
        wants_transaction = Injected.TRANSACTION in self._parameters.values()
        if wants_transaction is not (settings.idempotency_model == "transaction"):
            raise ConfigurationError(
                f"The queue consumer {name} {'takes' if wants_transaction else 'does not take'} an "
                f"IdempotentTransaction, and its idempotency model is {settings.idempotency_model!r}: give "
                "IdempotentQueueConsumer(idempotency_model=IdempotencyModel.TRANSACTION) to a handler that takes one, "
                "RECORD to one that does not."
            )
        handling = MessageHandling(
            handler=self.__wrapped__, parameters=self._parameters, reader=self._reader, settings=settings
        )

        def consume(event: Mapping[str, object], context: LambdaContext) -> PartialBatchResponse:
            return MessageBatch.of(event).handle(handling, is_fifo=settings.queue_is_fifo, context=context)

        return telemetry.instrumented(consume, name=self.__wrapped__.__name__)


@overload
def queue_consumer(handler: Callable[P, object], /) -> QueueConsumer[P]: ...
@overload
def queue_consumer(*, event: type | None = None) -> Callable[[Callable[P, object]], QueueConsumer[P]]: ...
def queue_consumer(
    handler: Callable[P, object] | None = None, /, *, event: type | None = None
) -> QueueConsumer[P] | Callable[[Callable[P, object]], QueueConsumer[P]]:
    """Make a function the consumer of a queue's messages, one call for each.

    Its parameters are given by their annotations: the event's class (or ``dict[str, object]``, the body, where no event
    is declared), ``EventMetadata``, ``IdempotentTransaction``, Powertools' ``SQSRecord``, ``LambdaContext``; a
    parameter with a default may be anything. What it returns is ignored.

    Each message ends in one of: *processed*; *replayed*, because it was processed before; *failed*, to come again; on a
    FIFO queue *deferred*, behind one of its group that failed; *dead-lettered*, because it is malformed, a
    :class:`PermanentError` was raised or its last attempt failed. Each is a log line and a metric.

    :param event: the declared class of the events in the queue.

    :raises InvalidHandlerError: a parameter cannot be given, or the class stands in the place of the function.
    :raises UndeclaredEventError: ``event`` is no declared event.

    ```python
    from best_practice_constructs.runtime import EventMetadata, EventSource, queue_consumer

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderPlaced:
        order_id: str


    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced, metadata: EventMetadata) -> None:
        print("Invoice for", placed.order_id)
    ```
    """
    QUEUE_CONSUMER.check_class(event)
    if handler is not None:
        return QueueConsumer(handler, event=event)

    def decorate(handler: Callable[P, object]) -> QueueConsumer[P]:
        return QueueConsumer(handler, event=event)

    return decorate
