"""Handle one message of a queue: read it, do the work once, and see to what cannot be done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, cast

from best_practice_constructs.runtime import telemetry
from best_practice_constructs.runtime.consumer_settings import ConsumerSettings
from best_practice_constructs.runtime.dead_letters import send_dead_letter
from best_practice_constructs.runtime.errors import (
    ClaimCheckMismatchError,
    ClaimCheckMissingError,
    ClaimCheckUnavailableError,
    PermanentError,
    TransactionNotWrittenError,
)
from best_practice_constructs.runtime.handler_parameters import Injected
from best_practice_constructs.runtime.idempotency_key import IdempotencyKey, record_id
from best_practice_constructs.runtime.idempotent_transaction import IdempotentTransaction, TransactionState
from best_practice_constructs.runtime.invocation import Cause, LambdaContext, caused_by
from best_practice_constructs.runtime.message_outcome import MessageOutcome
from best_practice_constructs.runtime.queue_message import (
    MessageReader,
    WholeMessage,
    fields_put_aside,
    has_claim_check,
    identity_of,
)
from best_practice_constructs.runtime.sqs_message import SqsMessage

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

_KEYS = ("message_id", "receive_count", "event_id", "correlation_id")

ReadValues: TypeAlias = "Callable[[], dict[Injected, object]]"
"""Gives what a handler's parameters may stand for; it reads what was put aside of a large event."""


class MessageHandling:
    """Handles the messages of one consumer; made at its first invocation.

    :param handler: the user's handler.
    :param parameters: what its parameters stand for.
    :param reader: reads the messages' bodies.
    :param settings: the environment's settings.
    """

    def __init__(
        self,
        *,
        handler: Callable[..., object],
        parameters: dict[str, Injected],
        reader: MessageReader,
        settings: ConsumerSettings,
    ) -> None:
        self._handler = handler
        self._parameters = parameters
        self._wants_record = Injected.RECORD in parameters.values()
        self._reader = reader
        self._settings = settings
        self._key = IdempotencyKey(settings.idempotency_key)
        self._do_once = self._in_transaction if settings.idempotency_model == "transaction" else self._around_record()

    def handle(self, record: SqsMessage, *, context: LambdaContext) -> MessageOutcome:
        """Handle a message, whatever its handler raises, and say what has become of it."""
        started = time.perf_counter()
        receive_count = int(record["attributes"]["ApproximateReceiveCount"])
        logger = telemetry.logger()
        failure: Exception | None = None
        cause = Cause(correlation_id=None)
        # One message follows the other here: keys that are set and removed cost less than Powertools' contexts of them.
        logger.append_keys(message_id=record["messageId"], receive_count=receive_count)
        try:
            try:
                body = self._reader.body(record["body"])
                identity = identity_of(body)
                cause.correlation_id, cause.causation_id = identity.correlation_id, identity.event_id
                logger.append_keys(event_id=cause.causation_id, correlation_id=cause.correlation_id)
                with caused_by(cause):
                    outcome = self._work(record, body, context=context)
            except Exception as error:  # noqa: BLE001 -- whatever a handler raises, its message must end somewhere
                failure = error
                outcome = self._see_to_failure(record, error, receive_count=receive_count, context=context)
            _log(outcome, failure, cause=cause, duration_ms=round((time.perf_counter() - started) * 1000, 3))
        finally:
            logger.remove_keys(_KEYS)
        return outcome

    def _work(self, record: SqsMessage, body: dict[str, object], *, context: LambdaContext) -> MessageOutcome:
        def read() -> dict[Injected, object]:
            return self._values(record, self._reader.whole(record["body"], body=body), context=context)

        if has_claim_check(body):
            aside = fields_put_aside(body)
            if aside is not None and self._key.stands_without(aside):
                # What was put aside may have expired since the message was handled.
                self._reader.check(body)
                return self._do_once(read, self._key.of(body), context)
        whole = self._reader.whole(record["body"], body=body)
        key = self._key.of(whole.body)
        values = self._values(record, whole, context=context)
        return self._do_once(lambda: values, key, context)

    def _values(self, record: SqsMessage, whole: WholeMessage, *, context: LambdaContext) -> dict[Injected, object]:
        message = self._reader.typed(whole.text, body=whole.body)
        return {
            Injected.EVENT: message.event,
            Injected.BODY: whole.body,
            Injected.METADATA: message.metadata,
            Injected.RECORD: _powertools_record(record) if self._wants_record else record,
            Injected.CONTEXT: context,
        }

    # sdk-calls: if IDEMPOTENCY_MODEL=transaction
    def _in_transaction(self, read: ReadValues, key: object, context: LambdaContext) -> MessageOutcome:
        transaction = IdempotentTransaction(
            table_name=self._settings.idempotency_table_name,
            record_id=record_id(context.function_name, key),
            expires_after_seconds=self._settings.idempotency_expires_after_seconds,
        )
        try:
            values = read()
        except (ClaimCheckMissingError, ClaimCheckMismatchError, ClaimCheckUnavailableError):
            if transaction.was_written_before():
                return MessageOutcome.REPLAYED
            raise
        self._call(values | {Injected.TRANSACTION: transaction})
        if transaction.state is TransactionState.OPEN:
            raise TransactionNotWrittenError(
                "The handler returned without having written its transaction: a message must end in "
                "transaction.write(…), in transaction.nothing_to_write() or in an error."
            )
        if transaction.state is TransactionState.REPLAYED:
            return MessageOutcome.REPLAYED
        return MessageOutcome.PROCESSED

    # sdk-calls: if IDEMPOTENCY_MODEL=record
    def _around_record(self) -> Callable[[ReadValues, object, LambdaContext], MessageOutcome]:
        # Powertools' idempotency loads boto3, which the other model does without.
        from best_practice_constructs.runtime.idempotency_record import Handled, IdempotencyRecords

        records = IdempotencyRecords(
            table_name=self._settings.idempotency_table_name,
            expires_after_seconds=self._settings.idempotency_expires_after_seconds,
        )

        def once(read: ReadValues, key: object, context: LambdaContext) -> MessageOutcome:
            handled = records.once(lambda: self._call(read()), key=key, context=context)
            return MessageOutcome.PROCESSED if handled is Handled.NOW else MessageOutcome.REPLAYED

        return once

    def _call(self, values: dict[Injected, object]) -> None:
        self._handler(**{name: values[injected] for name, injected in self._parameters.items()})

    def _see_to_failure(
        self, record: SqsMessage, error: Exception, *, receive_count: int, context: LambdaContext
    ) -> MessageOutcome:
        queue_url, attempts = self._settings.dead_letter_queue_url, self._settings.max_receive_count
        is_last = attempts is not None and receive_count >= attempts
        if queue_url is None or not (is_last or isinstance(error, PermanentError)):
            return MessageOutcome.FAILED
        try:
            send_dead_letter(record, error, queue_url=queue_url, context=context)
        except Exception:  # noqa: BLE001 -- whatever went wrong, the message must come again
            # SQS's own redrive is the net below: the message comes again until SQS moves it, without its cause.
            telemetry.logger().exception("The dead-letter queue did not take the message")
            return MessageOutcome.FAILED
        return MessageOutcome.DEAD_LETTERED


def _log(outcome: MessageOutcome, failure: Exception | None, *, cause: Cause, duration_ms: float) -> None:
    # The ids are said here again: a handler may set keys of the same names, or clear all.
    fields = {
        "outcome": outcome.value,
        "event_id": cause.causation_id,
        "correlation_id": cause.correlation_id,
        "duration_ms": duration_ms,
    }
    logger = telemetry.logger()
    if failure is None:
        logger.info("Message handled", extra=fields)
    elif outcome is MessageOutcome.DEAD_LETTERED:
        logger.error("Message sent to the dead-letter queue", exc_info=failure, extra=fields)
    else:
        logger.warning("Message failed; it will come again", exc_info=failure, extra=fields)


def _powertools_record(record: SqsMessage) -> SQSRecord:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

    return SQSRecord(cast("dict[str, object]", record))
