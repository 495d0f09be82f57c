"""The function that publishes or reads events, be it alone or a consumer's (C2)."""

from __future__ import annotations

from typing import TypeAlias

from constructs import Construct

from best_practice_constructs.consumers.async_function_consumer import AsyncFunctionConsumer
from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.consumers.stream_consumer import StreamConsumer
from best_practice_constructs.consumers.topic_consumer import TopicConsumer
from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction

EventFunction: TypeAlias = (
    SinglePurposeFunction | IdempotentQueueConsumer | StreamConsumer | TopicConsumer | AsyncFunctionConsumer
)


def function_of(scope: Construct, owner: EventFunction) -> SinglePurposeFunction:
    """Give the function itself, or the consumer's.

    :raises InvalidArgumentError: it is none of these.
    """
    given: object = owner
    if isinstance(given, SinglePurposeFunction):
        return given
    function = getattr(given, "function", None)
    if not isinstance(function, SinglePurposeFunction):
        raise InvalidArgumentError(
            scope,
            given=f"{named(given)}, which is no function of this library",
            reason="there is no role that could be allowed anything, and no environment to tell it where",
            remedy="pass a SinglePurposeFunction, or a consumer of this library",
        )
    return function
