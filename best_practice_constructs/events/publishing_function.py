"""The function that publishes to a bus, and the variable that tells it which (C2)."""

from __future__ import annotations

from typing import TypeAlias

from aws_cdk import aws_events as events
from constructs import Construct

from best_practice_constructs.consumers.async_function_consumer import AsyncFunctionConsumer
from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.consumers.stream_consumer import StreamConsumer
from best_practice_constructs.consumers.topic_consumer import TopicConsumer
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction

EventPublishing: TypeAlias = (
    SinglePurposeFunction | IdempotentQueueConsumer | StreamConsumer | TopicConsumer | AsyncFunctionConsumer
)


def publishing_function(scope: Construct, publisher: EventPublishing) -> SinglePurposeFunction:
    """Give the function itself, or the consumer's.

    :raises InvalidArgumentError: it is none of these.
    """
    given: object = publisher
    if isinstance(given, SinglePurposeFunction):
        return given
    function = getattr(given, "function", None)
    if not isinstance(function, SinglePurposeFunction):
        raise InvalidArgumentError(
            scope,
            given=f"a publisher of type {type(given).__name__}",
            reason="the bus has to be named in a variable of a function, and its role allowed to publish",
            remedy="pass a SinglePurposeFunction, or a consumer of this library",
        )
    return function


def tell_bus_name(scope: Construct, function: SinglePurposeFunction, bus: events.IEventBus, *, variable: str) -> None:
    """Tell a function the name of a bus in an environment variable.

    :raises InvalidArgumentError: the variable names another bus already.
    """
    name = bus.event_bus_name
    known = function.environment_variable(variable)
    if known is not None and known != name:
        raise InvalidArgumentError(
            scope,
            given=f"a second value of {variable} for {function.node.path}",
            reason="it names a bus already, and the function would publish to one of the two only",
            remedy="pass environment_variable='SECOND_BUS_NAME' (or another name) to one of the two add_publisher, and "
            "publish with EventPublisher(bus_name=os.environ['SECOND_BUS_NAME'])",
        )
    function.add_environment(variable, name)
