"""What ships into Lambda: typed events, queue consumers, API handlers. It imports no CDK.

The names are loaded on first use, so that a handler pays only for what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from best_practice_constructs.runtime.api_handler_decorator import ApiHandler as ApiHandler
    from best_practice_constructs.runtime.api_handler_decorator import api_handler as api_handler
    from best_practice_constructs.runtime.api_request import ApiRequest as ApiRequest
    from best_practice_constructs.runtime.api_request import Caller as Caller
    from best_practice_constructs.runtime.api_response import ApiResponse as ApiResponse
    from best_practice_constructs.runtime.async_event_consumer_decorator import AsyncEventConsumer as AsyncEventConsumer
    from best_practice_constructs.runtime.async_event_consumer_decorator import (
        async_event_consumer as async_event_consumer,
    )
    from best_practice_constructs.runtime.change import Change as Change
    from best_practice_constructs.runtime.change_publisher_decorator import ChangeHandler as ChangeHandler
    from best_practice_constructs.runtime.change_publisher_decorator import change_publisher as change_publisher
    from best_practice_constructs.runtime.errors import CancellationReason as CancellationReason
    from best_practice_constructs.runtime.errors import ClaimCheckMismatchError as ClaimCheckMismatchError
    from best_practice_constructs.runtime.errors import ClaimCheckMissingError as ClaimCheckMissingError
    from best_practice_constructs.runtime.errors import ClaimCheckUnavailableError as ClaimCheckUnavailableError
    from best_practice_constructs.runtime.errors import ConfigurationError as ConfigurationError
    from best_practice_constructs.runtime.errors import EventTooLargeError as EventTooLargeError
    from best_practice_constructs.runtime.errors import FailedEvent as FailedEvent
    from best_practice_constructs.runtime.errors import InvalidEventDataError as InvalidEventDataError
    from best_practice_constructs.runtime.errors import InvalidEventError as InvalidEventError
    from best_practice_constructs.runtime.errors import InvalidFilterError as InvalidFilterError
    from best_practice_constructs.runtime.errors import InvalidHandlerError as InvalidHandlerError
    from best_practice_constructs.runtime.errors import LargeEventWarning as LargeEventWarning
    from best_practice_constructs.runtime.errors import MalformedMessageError as MalformedMessageError
    from best_practice_constructs.runtime.errors import MessageInProgressError as MessageInProgressError
    from best_practice_constructs.runtime.errors import MissingIdempotencyKeyError as MissingIdempotencyKeyError
    from best_practice_constructs.runtime.errors import PermanentError as PermanentError
    from best_practice_constructs.runtime.errors import PublishError as PublishError
    from best_practice_constructs.runtime.errors import TransactionCancelledError as TransactionCancelledError
    from best_practice_constructs.runtime.errors import TransactionConflictError as TransactionConflictError
    from best_practice_constructs.runtime.errors import TransactionNotWrittenError as TransactionNotWrittenError
    from best_practice_constructs.runtime.errors import UndeclaredEventError as UndeclaredEventError
    from best_practice_constructs.runtime.errors import UnexpectedEventError as UnexpectedEventError
    from best_practice_constructs.runtime.event_filter import EventFilter as EventFilter
    from best_practice_constructs.runtime.event_filter import where as where
    from best_practice_constructs.runtime.event_metadata import EventMetadata as EventMetadata
    from best_practice_constructs.runtime.event_publisher import EventPublisher as EventPublisher
    from best_practice_constructs.runtime.event_type import Event as Event
    from best_practice_constructs.runtime.event_type import EventDeclaration as EventDeclaration
    from best_practice_constructs.runtime.event_type import EventSource as EventSource
    from best_practice_constructs.runtime.event_type import event_declaration as event_declaration
    from best_practice_constructs.runtime.idempotent_transaction import IdempotentTransaction as IdempotentTransaction
    from best_practice_constructs.runtime.invocation import LambdaContext as LambdaContext
    from best_practice_constructs.runtime.object_created import ObjectCreated as ObjectCreated
    from best_practice_constructs.runtime.outgoing_event import OutgoingEvent as OutgoingEvent
    from best_practice_constructs.runtime.problem import Problem as Problem
    from best_practice_constructs.runtime.queue_consumer_decorator import QueueConsumer as QueueConsumer
    from best_practice_constructs.runtime.queue_consumer_decorator import queue_consumer as queue_consumer
    from best_practice_constructs.runtime.stream_consumer_decorator import StreamHandler as StreamHandler
    from best_practice_constructs.runtime.stream_consumer_decorator import stream_consumer as stream_consumer
    from best_practice_constructs.runtime.stream_record import StreamPosition as StreamPosition
    from best_practice_constructs.runtime.telemetry import logger as logger
    from best_practice_constructs.runtime.telemetry import metrics as metrics
    from best_practice_constructs.runtime.telemetry import tracer as tracer
    from best_practice_constructs.runtime.topic_publisher import TopicPublisher as TopicPublisher

_MODULE_OF_NAME = {
    "ApiHandler": "api_handler_decorator",
    "ApiRequest": "api_request",
    "ApiResponse": "api_response",
    "AsyncEventConsumer": "async_event_consumer_decorator",
    "Caller": "api_request",
    "CancellationReason": "errors",
    "Change": "change",
    "ChangeHandler": "change_publisher_decorator",
    "ClaimCheckMismatchError": "errors",
    "ClaimCheckMissingError": "errors",
    "ClaimCheckUnavailableError": "errors",
    "ConfigurationError": "errors",
    "Event": "event_type",
    "EventDeclaration": "event_type",
    "EventFilter": "event_filter",
    "EventMetadata": "event_metadata",
    "EventPublisher": "event_publisher",
    "EventSource": "event_type",
    "EventTooLargeError": "errors",
    "FailedEvent": "errors",
    "IdempotentTransaction": "idempotent_transaction",
    "InvalidEventDataError": "errors",
    "InvalidEventError": "errors",
    "InvalidFilterError": "errors",
    "InvalidHandlerError": "errors",
    "LambdaContext": "invocation",
    "LargeEventWarning": "errors",
    "MalformedMessageError": "errors",
    "MessageInProgressError": "errors",
    "MissingIdempotencyKeyError": "errors",
    "ObjectCreated": "object_created",
    "OutgoingEvent": "outgoing_event",
    "PermanentError": "errors",
    "Problem": "problem",
    "PublishError": "errors",
    "QueueConsumer": "queue_consumer_decorator",
    "StreamHandler": "stream_consumer_decorator",
    "StreamPosition": "stream_record",
    "TopicPublisher": "topic_publisher",
    "TransactionCancelledError": "errors",
    "TransactionConflictError": "errors",
    "TransactionNotWrittenError": "errors",
    "UndeclaredEventError": "errors",
    "UnexpectedEventError": "errors",
    "api_handler": "api_handler_decorator",
    "async_event_consumer": "async_event_consumer_decorator",
    "change_publisher": "change_publisher_decorator",
    "event_declaration": "event_type",
    "logger": "telemetry",
    "metrics": "telemetry",
    "queue_consumer": "queue_consumer_decorator",
    "stream_consumer": "stream_consumer_decorator",
    "tracer": "telemetry",
    "where": "event_filter",
}

__all__ = list(_MODULE_OF_NAME)  # pyright: ignore[reportUnsupportedDunderAll] -- the names are loaded by __getattr__


def __getattr__(name: str) -> object:
    module = _MODULE_OF_NAME.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value: object = getattr(import_module(f"{__name__}.{module}"), name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing.startswith("best_practice_constructs"):
            raise
        raise ModuleNotFoundError(
            f"{__name__}.{name} needs {missing}, which is not installed here: pip install "
            '"best-practice-constructs[runtime]".',
            name=missing,
        ) from error
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF_NAME})
