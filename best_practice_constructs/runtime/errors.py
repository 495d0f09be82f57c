"""The errors of the runtime, apart from :class:`~best_practice_constructs.runtime.problem.Problem`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DecodingError(ValueError):
    """The text is not JSON."""


class TypeMismatchError(DecodingError):
    """The text is JSON, but not of the type.

    :param path: where, as a JSON path: ``$.customer.name``.
    :param reason: what is wrong there.
    """

    def __init__(self, *, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{reason} at {path}")

    @property
    def pointer(self) -> str:
        """The same place as a JSON pointer (RFC 6901): ``/customer/name``."""
        return self.path.removeprefix("$").replace("[", ".").replace("]", "").replace(".", "/")


class InvalidEventError(TypeError):
    """An event declaration cannot work; raised at import, naming the class and what to write instead."""


class InvalidEventDataError(ValueError):
    """An event holds what its consumers could not read; raised before anything is sent, naming event and field."""


class LargeEventWarning(UserWarning):
    """An event may become larger than EventBridge takes, by the bounds of its fields, and then is not published."""


class InvalidFilterError(ValueError):
    """A filter of events cannot work; raised where it is made, naming the condition and what to write instead."""


class UndeclaredEventError(TypeError):
    """What was used as an event is none: its class lacks ``@source.event``, or it is no instance of one."""


class InvalidHandlerError(TypeError):
    """A handler asks for what its decorator cannot give; raised at import, naming handler and parameter."""


class ConfigurationError(RuntimeError):
    """The function's environment lacks or contradicts what its handler needs; raised before any message is handled."""


class PermanentError(Exception):
    """Retrying cannot help: the message goes to the dead-letter queue at once, with this error as its cause.

    Raise it (or a subclass) in a handler when the message itself is wrong. Every other exception is retried.
    """


class MalformedMessageError(PermanentError):
    """The body of a message is not JSON, or does not fit the type that the handler declares."""


class UnexpectedEventError(PermanentError):
    """The message is an event of another source, type or version than the handler declares."""


class ClaimCheckMissingError(PermanentError):
    """What was put aside of the event is gone: it expired, or it was deleted. No replay brings it back."""


class ClaimCheckMismatchError(PermanentError):
    """What lies where the event's claim check points is not what was put aside of it."""


class ClaimCheckUnavailableError(Exception):
    """What was put aside of the event cannot be read for now; the message is tried again."""


class MissingIdempotencyKeyError(PermanentError):
    """The message has no value where the idempotency key is looked up."""


class FailedRecordError(Exception):
    """A record of a stream failed, where Lambda cannot be told by a partial response."""


class MessageInProgressError(Exception):
    """Another worker holds the message's idempotency record; the message is tried again later."""


class TransactionNotWrittenError(RuntimeError):
    """A handler returned without having written its transaction and without :meth:`nothing_to_write`."""


class TransactionConflictError(Exception):
    """Another request touched an item of the transaction at the same time, or DynamoDB was throttling.

    Nothing was written. The handler may read again and write again; otherwise the queue retries the message.
    """


@dataclass(frozen=True, kw_only=True)
class CancellationReason:
    """Why DynamoDB cancelled one item of a transaction.

    :param index: the position of the item among those given to ``write``.
    :param code: DynamoDB's code: ``ConditionalCheckFailed``, ``ValidationError`` …, or ``None`` for an item without
        fault.
    :param message: DynamoDB's message, when there is one.
    :param item: the item as it was, when the caller asked for it by ``ReturnValuesOnConditionCheckFailure``.
    """

    index: int
    code: str
    message: str | None = None
    item: dict[str, object] | None = None


class TransactionCancelledError(Exception):
    """A condition of one of the handler's own items failed; nothing was written.

    :param reasons: one reason per item given to ``write``, in their order.
    """

    def __init__(self, reasons: Sequence[CancellationReason]) -> None:
        self.reasons = tuple(reasons)
        failed = ", ".join(f"item {reason.index}: {reason.code}" for reason in self.failed)
        super().__init__(f"DynamoDB cancelled the transaction ({failed}).")

    @property
    def failed(self) -> tuple[CancellationReason, ...]:
        """The reasons of the items that are at fault."""
        return tuple(reason for reason in self.reasons if reason.code != "None")


class EventTooLargeError(ValueError):
    """An event is larger than the bus or topic takes; raised before anything is sent."""


@dataclass(frozen=True, kw_only=True)
class FailedEvent:
    """An event that could not be sent, and the last error that the service gave for it.

    :param is_refused: the service refused this very event, so that sending it again cannot help.
    """

    event_id: str
    detail_type: str
    error_code: str
    error_message: str
    is_refused: bool = False


class PublishError(Exception):
    """Some events could not be sent, whatever was tried; all others were.

    :param failed: the events that were not sent.
    :param sent: the ids of the events that were.
    """

    def __init__(self, *, failed: Sequence[FailedEvent], sent: Sequence[str]) -> None:
        self.failed = tuple(failed)
        self.sent = tuple(sent)
        names = "; ".join(
            f"{event.detail_type} {event.event_id}: {event.error_code} {event.error_message}".rstrip()
            for event in self.failed
        )
        super().__init__(f"{len(self.failed)} of {len(self.failed) + len(self.sent)} events were not sent: {names}")
