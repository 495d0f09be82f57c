"""Make a function the consumer of a stream (H1, H5, H6)."""

from __future__ import annotations

import functools
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, ParamSpec, Protocol, TypedDict, cast, overload

from best_practice_constructs.runtime import environment, telemetry
from best_practice_constructs.runtime.decorator_arguments import STREAM_CONSUMER, HandlerDecorator
from best_practice_constructs.runtime.errors import ConfigurationError, FailedRecordError
from best_practice_constructs.runtime.preparation import prepared
from best_practice_constructs.runtime.record_handling import RecordHandling
from best_practice_constructs.runtime.record_outcome import RecordOutcome, write_record_metrics
from best_practice_constructs.runtime.record_reader import RecordReader
from best_practice_constructs.runtime.stream_parameters import given_parameters, source_of

if TYPE_CHECKING:
    from best_practice_constructs.runtime.invocation import LambdaContext
    from best_practice_constructs.runtime.stream_record import StreamRecord

P = ParamSpec("P")

_OF_WINDOWS = ("window", "isFinalInvokeForWindow")


class RecordFailure(TypedDict):
    """The first record that shall come again, by its sequence number."""

    itemIdentifier: str


class StreamResponse(TypedDict):
    """What Lambda's event source mapping reads: where to start again; an empty list says that all is done."""

    batchItemFailures: list[RecordFailure]


class BatchHandling(Protocol):
    """Handles the records of a batch."""

    def handle_in_order(
        self, records: Sequence[StreamRecord], *, context: LambdaContext, outcomes: Counter[RecordOutcome]
    ) -> str | None:
        """Handle the records up to the first that shall come again, and return its sequence number."""
        ...


class StreamHandler(Generic[P]):
    """A Lambda handler that was made by :func:`stream_consumer`.

    Tests call the function itself as ``handler.__wrapped__(…)``, and the whole as Lambda does: ``handler(event,
    context)``.
    """

    def __init__(
        self, handler: Callable[P, object], *, record: type | None, decorator: HandlerDecorator = STREAM_CONSUMER
    ) -> None:
        decorator.check_handler(handler)
        functools.update_wrapper(self, handler)
        self.__wrapped__: Callable[P, object] = handler
        self._parameters = given_parameters(handler, record=record, decorator=decorator)
        self._source = source_of(self._parameters, record=record)
        self._reader = RecordReader(record=record, wanted=tuple(self._parameters.values()))
        telemetry.load_tracer()
        self._run: Callable[[Mapping[str, object], LambdaContext], StreamResponse] | None = self._prepared()

    def __call__(self, event: Mapping[str, object], context: LambdaContext) -> StreamResponse:
        """Handle a batch of records as Lambda gives it.

        :raises ConfigurationError: the environment lacks something, or the function is invoked by something else than
            the handler is written for; no record was handled.
        """
        if self._run is None:
            self._run = self._set_up()
        return self._run(event, context)

    def forget(self) -> None:
        """Forget what was set up from the environment, as a new process would; for tests."""
        self._run = None

    def _prepared(self) -> Callable[[Mapping[str, object], LambdaContext], StreamResponse] | None:
        # Of the library's own calls, only those for a record that is given up need a client.
        return prepared(self._set_up)

    def _set_up(self) -> Callable[[Mapping[str, object], LambdaContext], StreamResponse]:
        queue_url = os.environ.get(environment.STREAM_FAILURES_QUEUE_URL)
        if not queue_url:
            raise ConfigurationError(
                f"The stream consumer {self._name} cannot work in this environment: "
                f"{environment.STREAM_FAILURES_QUEUE_URL} is missing. StreamConsumer sets it; is the function deployed "
                "by another construct?"
            )
        handling = self._handling(failures_queue_url=queue_url)

        def consume(event: Mapping[str, object], context: LambdaContext) -> StreamResponse:
            return _consume(self._records_of(event), context, handling=handling)

        return telemetry.instrumented(consume, name=self.__wrapped__.__name__)

    def _handling(self, *, failures_queue_url: str) -> BatchHandling:
        return RecordHandling(
            handler=self.__wrapped__,
            parameters=self._parameters,
            reader=self._reader,
            failures_queue_url=failures_queue_url,
        )

    @property
    def _name(self) -> str:
        return f"{self.__wrapped__.__module__}.{self.__wrapped__.__qualname__}"

    def _records_of(self, event: Mapping[str, object]) -> Sequence[StreamRecord]:
        if any(name in event for name in _OF_WINDOWS):
            raise ConfigurationError(
                f"The stream consumer {self._name} is invoked with tumbling windows, and stream_consumer hands on no "
                "state: leave tumbling_window out, or write a plain Lambda handler that returns its state."
            )
        records = event.get("Records")
        if not isinstance(records, list):
            raise ConfigurationError(
                "The event has no Records: the function consumes a stream and was invoked by something else."
            )
        others = {record.get("eventSource") for record in records} - {self._source}
        if self._source is not None and others:
            raise ConfigurationError(
                f"The stream consumer {self._name} reads records of {self._source}, and is given some of "
                f"{', '.join(sorted(map(str, others)))}."
            )
        return cast("Sequence[StreamRecord]", records)


@overload
def stream_consumer(handler: Callable[P, object], /) -> StreamHandler[P]: ...
@overload
def stream_consumer(*, record: type | None = None) -> Callable[[Callable[P, object]], StreamHandler[P]]: ...
def stream_consumer(
    handler: Callable[P, object] | None = None, /, *, record: type | None = None
) -> StreamHandler[P] | Callable[[Callable[P, object]], StreamHandler[P]]:
    """Make a function the consumer of a stream's records, one call for each, in their order.

    Its parameters are given by their annotations: ``Change`` for a DynamoDB stream; for Kinesis the class of the data
    (or ``dict[str, object]``, a JSON object, where none is given, or ``bytes``, the data as they are) and
    ``EventMetadata`` of events; for both ``StreamPosition`` and ``LambdaContext``. A parameter with a default may be
    anything. What it returns is ignored.

    Each record ends in one of: *processed*; *failed*, because the handler raised: the batch stops there, and Lambda
    comes again from that record on; *deferred*, behind one that failed; *given up*, because it cannot be read or a
    :class:`PermanentError` was raised: it is sent to the failures queue with its cause, and the next record is
    handled. Each is a metric. A failures queue that does not answer makes the record a failed one.

    A record can come more than once: make what the handler does idempotent by the record's own id
    (``Change.change_id``, ``StreamPosition.record_id``, ``EventMetadata.event_id``), or by a condition on the sequence
    number. Events that it publishes have the same ids each time. Tumbling windows are refused: the state of a window
    would have to go back with each failure.

    :param record: the class of the data of a Kinesis record: a declared event, or any type that has a JSON form.

    :raises InvalidHandlerError: a parameter cannot be given, or the class stands in the place of the function.

    ```python
    from best_practice_constructs.runtime import Change, stream_consumer


    @stream_consumer
    def handler(change: Change) -> None:
        if change.event_name == "MODIFY" and "price" in change.changed:
            print(change.keys, "costs", change.after)
    ```
    """
    STREAM_CONSUMER.check_class(record)
    if handler is not None:
        return StreamHandler(handler, record=record)

    def decorate(handler: Callable[P, object]) -> StreamHandler[P]:
        return StreamHandler(handler, record=record)

    return decorate


def _consume(records: Sequence[StreamRecord], context: LambdaContext, *, handling: BatchHandling) -> StreamResponse:
    outcomes: Counter[RecordOutcome] = Counter()
    try:
        failed = handling.handle_in_order(records, context=context, outcomes=outcomes)
    finally:
        write_record_metrics(+outcomes, function_name=context.function_name)
    if failed is not None and environment.FAILED_RECORDS_RAISE in os.environ:
        raise FailedRecordError(f"The record {failed} failed; see the log for its error.")
    return {"batchItemFailures": [] if failed is None else [{"itemIdentifier": failed}]}
