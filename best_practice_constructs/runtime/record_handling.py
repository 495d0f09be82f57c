"""Handle the records of a batch in their order, as far as it goes (H5, H6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from best_practice_constructs.runtime import telemetry
from best_practice_constructs.runtime.errors import PermanentError
from best_practice_constructs.runtime.failed_records import send_failed_record
from best_practice_constructs.runtime.invocation import Cause, LambdaContext, caused_by
from best_practice_constructs.runtime.record_outcome import RecordOutcome
from best_practice_constructs.runtime.record_reader import RecordReader
from best_practice_constructs.runtime.stream_parameters import Given
from best_practice_constructs.runtime.stream_record import StreamPosition, StreamRecord, position_of


class RecordHandling:
    """Handles the records of one consumer; made at its first invocation.

    :param handler: the user's handler.
    :param parameters: what its parameters stand for.
    :param reader: reads the records.
    :param failures_queue_url: where records go that can never be handled.
    """

    def __init__(
        self,
        *,
        handler: Callable[..., object],
        parameters: Mapping[str, Given],
        reader: RecordReader,
        failures_queue_url: str,
    ) -> None:
        self._handler = handler
        self._parameters = parameters
        self._reader = reader
        self._failures_queue_url = failures_queue_url

    def handle_in_order(
        self, records: Sequence[StreamRecord], *, context: LambdaContext, outcomes: Counter[RecordOutcome]
    ) -> str | None:
        """Handle the records up to the first that failed and shall come again; return its sequence number.

        What lies behind it is left alone: it comes again too, and order is what a stream is for.

        :param outcomes: counts what became of the records.
        """
        positions = [position_of(record) for record in records]
        for done, (record, position) in enumerate(zip(records, positions, strict=True)):
            outcome = self._handle(record, position=position, context=context)
            outcomes[outcome] += 1
            if outcome is RecordOutcome.FAILED:
                outcomes[RecordOutcome.DEFERRED] += len(records) - done - 1
                return position.sequence_number
        return None

    def _handle(self, record: StreamRecord, *, position: StreamPosition, context: LambdaContext) -> RecordOutcome:
        logger = telemetry.logger()
        with logger.append_context_keys(sequence_number=position.sequence_number, record_id=position.record_id):
            try:
                self._work(record, position=position, context=context)
            except PermanentError as error:
                return give_up(record, error, position=position, queue_url=self._failures_queue_url, context=context)
            except Exception as error:
                # Whatever a handler raises, its record must end somewhere.
                logger.warning("Record failed; it will come again", exc_info=error)
                return RecordOutcome.FAILED
            # A stream brings too many records for a line each at INFO; the metrics count them.
            logger.debug("Record handled")
            return RecordOutcome.PROCESSED

    def _work(self, record: StreamRecord, *, position: StreamPosition, context: LambdaContext) -> None:
        read = self._reader.read(record, position=position)
        values = read.values | {Given.CONTEXT: context}
        cause = Cause(correlation_id=read.correlation_id, causation_id=read.causation_id)
        with caused_by(cause), telemetry.logger().append_context_keys(correlation_id=read.correlation_id):
            self._handler(**{name: values[given] for name, given in self._parameters.items()})


def give_up(
    record: StreamRecord, error: Exception, *, position: StreamPosition, queue_url: str, context: LambdaContext
) -> RecordOutcome:
    """Send a record that can never be handled to the failures queue, and say what has become of it."""
    logger = telemetry.logger()
    try:
        send_failed_record(record, error, position=position, queue_url=queue_url, context=context)
    except Exception:
        # Whatever went wrong, the record must come again. Lambda's own destination is the net below: after the last
        # attempt it tells the record's place there.
        logger.exception("The failures queue did not take the record; it will come again")
        return RecordOutcome.FAILED
    logger.error("Record sent to the failures queue; the shard goes on", exc_info=error)
    return RecordOutcome.GIVEN_UP
