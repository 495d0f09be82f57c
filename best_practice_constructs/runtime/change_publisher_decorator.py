"""Make a function the publisher of a table's changes: the transactional outbox (E6, H5, H6, S5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ParamSpec, overload

from best_practice_constructs.runtime import clients
from best_practice_constructs.runtime.change import Change
from best_practice_constructs.runtime.change_fields import ChangeFields
from best_practice_constructs.runtime.change_publishing import ChangePublishing
from best_practice_constructs.runtime.decorator_arguments import CHANGE_PUBLISHER
from best_practice_constructs.runtime.errors import InvalidHandlerError
from best_practice_constructs.runtime.preparation import prepared
from best_practice_constructs.runtime.stream_consumer_decorator import BatchHandling, StreamHandler, StreamResponse
from best_practice_constructs.runtime.stream_parameters import Given
from best_practice_constructs.runtime.stream_record import DYNAMODB

if TYPE_CHECKING:
    from best_practice_constructs.runtime.invocation import LambdaContext

P = ParamSpec("P")

_OF_TABLES = {Given.CHANGE, Given.POSITION, Given.CONTEXT}


class ChangeHandler(StreamHandler[P]):
    """A Lambda handler that was made by :func:`change_publisher`.

    Tests call the function itself as ``handler.__wrapped__(…)``, and the whole as Lambda does: ``handler(event,
    context)``.
    """

    def __init__(self, handler: Callable[P, object], *, correlation_id_attribute: str | None) -> None:
        _check_attribute(correlation_id_attribute)
        self._correlation_id_attribute = correlation_id_attribute
        super().__init__(handler, record=None, decorator=CHANGE_PUBLISHER)
        self._source = DYNAMODB
        of_kinesis = [name for name, given in self._parameters.items() if given not in _OF_TABLES]
        if of_kinesis:
            raise InvalidHandlerError(
                f"The parameter {of_kinesis[0]!r} of the change publisher {self._name} is of Kinesis, and it reads the "
                "stream of a table: annotate it with Change, StreamPosition or LambdaContext."
            )

    def __call__(self, event: Mapping[str, object], context: LambdaContext | None = None) -> StreamResponse:
        """Publish the changes of a batch as Lambda gives it.

        :raises ConfigurationError: the environment lacks something, or the function is invoked by something else than
            a table's stream; nothing was published.
        :raises InvalidHandlerError: it is put above a function, although it was made from an event class.
        """
        if context is None:
            raise InvalidHandlerError(
                f"{self._name} is made from an event class, and is a handler without any function: write handler = "
                "change_publisher(OrderPlaced), or @change_publisher above a function that returns the event."
            )
        return super().__call__(event, context)

    def _prepared(self) -> Callable[[Mapping[str, object], LambdaContext], StreamResponse] | None:
        return prepared(self._set_up, create_client=lambda: clients.single_attempt_client("events"))

    def _handling(self, *, failures_queue_url: str) -> BatchHandling:
        return ChangePublishing(
            handler=self.__wrapped__,
            parameters=self._parameters,
            failures_queue_url=failures_queue_url,
            correlation_id_attribute=self._correlation_id_attribute,
        )


@overload
def change_publisher(event: type, /, *, correlation_id_attribute: str | None = None) -> ChangeHandler[[Change]]: ...
@overload
def change_publisher(
    handler: Callable[P, object], /, *, correlation_id_attribute: str | None = None
) -> ChangeHandler[P]: ...
@overload
def change_publisher(
    *, correlation_id_attribute: str | None = None
) -> Callable[[Callable[P, object]], ChangeHandler[P]]: ...
def change_publisher(
    event_or_handler: type | Callable[P, object] | None = None, /, *, correlation_id_attribute: str | None = None
) -> ChangeHandler[P] | ChangeHandler[[Change]] | Callable[[Callable[P, object]], ChangeHandler[P]]:
    """Make the handler that publishes a table's changes as events, from an event class or a function.

    Given an event class it needs no function: ``before`` and ``after`` are filled from the images (dataclasses or
    mappings, optional where an image may be missing), all other fields by their names from the item as it is (of a
    removal: as it was), read strictly as the types that they are declared with.

    A function is called once for each change, and returns the event that tells of it, an :class:`OutgoingEvent`, a list
    or tuple of them, or ``None`` for nothing to tell. Its parameters are given by their annotations: ``Change``,
    ``StreamPosition``, ``LambdaContext``.

    Of each event the metadata say what the change tells: ``changed`` the attributes that changed, where the images tell
    it and neither the declaration nor the function did; ``occurred_at`` the time of the change; ``causation_id`` the id
    of the change. Event ids are derived from it, and are the same whenever the record comes again.

    The events of a batch are sent together, ten in a call. Then each record ends in one of: *processed*; *failed*,
    because the function raised or an event could not be sent: Lambda comes again from the first such record on;
    *deferred*, behind one that failed; *given up*, because it cannot be read, a :class:`PermanentError` was raised, an
    event is too large or EventBridge refuses it: the record is sent to the failures queue with its cause, and the shard
    goes on. What was sent of the records that come again is sent again, with the same ids.

    :param correlation_id_attribute: the attribute of the item that holds the correlation id; default: the event's own
        id becomes the correlation id.

    :raises UndeclaredEventError: the class is not declared as an event.
    :raises InvalidHandlerError: a parameter cannot be given, or neither a class nor a function is given.

    ```python
    from decimal import Decimal

    from best_practice_constructs.runtime import Change, EventSource, change_publisher

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderPlaced:
        order_id: str
        total: Decimal


    every_order = change_publisher(OrderPlaced, correlation_id_attribute="correlation_id")


    @change_publisher
    def large_orders(change: Change) -> OrderPlaced | None:
        after = change.after
        if change.event_name != "INSERT" or after is None or after["total"] < 1000:
            return None
        return OrderPlaced(order_id=after["order_id"], total=after["total"])
    ```
    """
    if isinstance(event_or_handler, type):
        return ChangeHandler(_filling(event_or_handler), correlation_id_attribute=correlation_id_attribute)
    if event_or_handler is not None:
        return ChangeHandler(event_or_handler, correlation_id_attribute=correlation_id_attribute)

    def decorate(handler: Callable[P, object]) -> ChangeHandler[P]:
        return ChangeHandler(handler, correlation_id_attribute=correlation_id_attribute)

    return decorate


def _check_attribute(given: object) -> None:
    if given is not None and (not isinstance(given, str) or not given):
        raise InvalidHandlerError(
            f"change_publisher(correlation_id_attribute={given!r}) names no attribute of the item: write a text, as in "
            "correlation_id_attribute='correlation_id'."
        )


def _filling(event_class: type) -> Callable[[Change], object]:
    fields = ChangeFields(event_class)

    def publish(change: Change) -> object:
        return fields.fill(change)

    publish.__qualname__ = f"change_publisher({event_class.__qualname__})"
    publish.__module__ = event_class.__module__
    return publish
