"""Handle one asynchronous event: read it, do the work once, and see to what can never be done (H2, H3)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import cast

from best_practice_constructs.runtime import codec, telemetry
from best_practice_constructs.runtime.async_consumer_settings import AsyncConsumerSettings
from best_practice_constructs.runtime.errors import MalformedMessageError, PermanentError
from best_practice_constructs.runtime.failed_events import send_failed_event
from best_practice_constructs.runtime.handler_parameters import Injected
from best_practice_constructs.runtime.idempotency_key import IdempotencyKey
from best_practice_constructs.runtime.invocation import Cause, LambdaContext, caused_by
from best_practice_constructs.runtime.message_outcome import MessageOutcome, write_metrics
from best_practice_constructs.runtime.object_created import object_created
from best_practice_constructs.runtime.queue_message import (
    MessageReader,
    fields_put_aside,
    has_claim_check,
    identity_of,
)


class AsyncEventHandling:
    """Handles the events of one consumer; made at its first invocation.

    :param handler: the user's handler.
    :param parameters: what its parameters stand for.
    :param reader: reads the events.
    :param is_of_library: whether the events have a declared class or metadata, and so the library's envelope.
    :param settings: the environment's settings.
    """

    def __init__(
        self,
        *,
        handler: Callable[..., object],
        parameters: Mapping[str, Injected],
        reader: MessageReader,
        is_of_library: bool,
        settings: AsyncConsumerSettings,
    ) -> None:
        # Powertools' idempotency loads boto3: where a handler is only imported, as in tests, it is not needed.
        from best_practice_constructs.runtime.idempotency_record import IdempotencyRecords

        self._handler = handler
        self._parameters = parameters
        self._reader = reader
        self._is_of_library = is_of_library
        self._failures_queue_url = settings.failures_queue_url
        self._key = IdempotencyKey(settings.idempotency_key)
        self._records = IdempotencyRecords(
            table_name=settings.idempotency_table_name, expires_after_seconds=settings.idempotency_expires_after_seconds
        )

    def handle(self, event: object, *, context: LambdaContext) -> object:
        """Handle an event and return what the handler returned; ``None`` for one that was handled before.

        :raises Exception: it failed: Lambda tries it again, and sends it to its on-failure destination in the end.
        """
        started = time.perf_counter()
        logger = telemetry.logger()
        cause = Cause(correlation_id=None)
        outcome, result, failure = MessageOutcome.FAILED, None, None
        try:
            body = _body(event)
            identity = identity_of(body)
            cause.correlation_id, cause.causation_id = identity.correlation_id, identity.event_id
            with (
                logger.append_context_keys(event_id=cause.causation_id, correlation_id=cause.correlation_id),
                caused_by(cause),
            ):
                outcome, result = self._work(body, context=context)
        except Exception as error:  # noqa: BLE001 -- whatever a handler raises, its event must end somewhere
            failure = error
            outcome = self._see_to_failure(event, error, context=context)
        fields = {
            "outcome": outcome.value,
            "event_id": cause.causation_id,
            "correlation_id": cause.correlation_id,
            "duration_ms": round((time.perf_counter() - started) * 1000, 3),
        }
        write_metrics(Counter({outcome: 1}), function_name=context.function_name)
        if failure is None:
            logger.info("Event handled", extra=fields)
            return result
        if outcome is MessageOutcome.DEAD_LETTERED:
            logger.error("Event sent to the failures queue", exc_info=failure, extra=fields)
            return None
        logger.warning("Event failed; Lambda tries it again, as often as it may", exc_info=failure, extra=fields)
        raise failure

    def _work(self, body: dict[str, object], *, context: LambdaContext) -> tuple[MessageOutcome, object]:
        aside = fields_put_aside(body) if has_claim_check(body) else None
        if aside is not None and self._key.stands_without(aside):
            # What was put aside may have expired since the event was handled.
            self._reader.check(body)
            thin = body
            return self._do_once(lambda: self._values(self._whole(thin), context=context), self._key.of(body), context)
        if has_claim_check(body):
            body = self._whole(body)
        key = self._key.of(body)
        values = self._values(body, context=context)
        return self._do_once(lambda: values, key, context)

    def _do_once(
        self, read: Callable[[], dict[Injected, object]], key: object, context: LambdaContext
    ) -> tuple[MessageOutcome, object]:
        from best_practice_constructs.runtime.idempotency_record import Handled

        results: list[object] = []

        def work() -> None:
            values = read()
            results.append(self._handler(**{name: values[injected] for name, injected in self._parameters.items()}))

        handled = self._records.once(work, key=key, context=context)
        if handled is Handled.NOW:
            return MessageOutcome.PROCESSED, results[0]
        return MessageOutcome.REPLAYED, None

    def _whole(self, body: dict[str, object]) -> dict[str, object]:
        return self._reader.whole(codec.encode(body).decode(), body=body).body

    def _values(self, body: dict[str, object], *, context: LambdaContext) -> dict[Injected, object]:
        values: dict[Injected, object] = {Injected.BODY: body, Injected.CONTEXT: context}
        if Injected.OBJECT in self._parameters.values():
            values[Injected.OBJECT] = object_created(body)
        if self._is_of_library:
            message = self._reader.typed(codec.encode(body).decode(), body=body)
            values |= {Injected.EVENT: message.event, Injected.METADATA: message.metadata}
        return values

    def _see_to_failure(self, event: object, error: Exception, *, context: LambdaContext) -> MessageOutcome:
        if self._failures_queue_url is None or not isinstance(error, PermanentError):
            return MessageOutcome.FAILED
        try:
            send_failed_event(event, error, queue_url=self._failures_queue_url, context=context)
        except Exception:  # noqa: BLE001 -- whatever went wrong, the event must not be lost
            # Lambda's own on-failure destination is the net below, after its retries.
            telemetry.logger().exception("The failures queue did not take the event")
            return MessageOutcome.FAILED
        return MessageOutcome.DEAD_LETTERED


def _body(event: object) -> dict[str, object]:
    if not isinstance(event, dict):
        raise MalformedMessageError(f"The event is {type(event).__name__}, and no JSON object.")
    return cast("dict[str, object]", event)
