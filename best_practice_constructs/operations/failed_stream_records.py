"""Bring back what a stream consumer gave up: ``python -m best_practice_constructs.operations.failed_stream_records``.

It reads the failures queue of a ``StreamConsumer``: records that the runtime put there with their cause, and Lambda's
own messages, which only tell where in the stream the records lie. Those are fetched from the stream. Without
``--function`` the records are printed, one JSON line each, and nothing changes; with it they are handed to the function
in their order, and a message is deleted once the function has taken all of its records. What the function gives up
again comes back as a new message.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TextIO, cast

from best_practice_constructs.operations.command import create_clients, run_command
from best_practice_constructs.operations.command_names import FAILED_STREAM_RECORDS
from best_practice_constructs.operations.stream_failure import StreamFailure, stream_failure
from best_practice_constructs.operations.stream_records import FailedStreamRecords, StreamClient

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

# Long enough that no message comes a second time while this runs; at its end they are given back.
_HIDDEN_SECONDS = 900
# SQS asks all of its servers only when it may wait.
_WAIT_SECONDS = 1
# Lambda takes 6 MB an invocation.
_MOST_BYTES = 5_000_000
_MOST_RECORDS = 100

Record = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class OperatorClients:
    """The clients that the command needs, from botocore or boto3."""

    sqs: SQSClient
    kinesis: StreamClient
    dynamodb_streams: StreamClient
    functions: LambdaClient


class UnavailableRecordsError(Exception):
    """The records of a failure cannot be had, or not be told from others; the message says why."""


class FailuresQueue:
    """The failures queue of a stream consumer.

    :param queue_url: its address.
    :param clients: how AWS is called.
    """

    def __init__(self, *, queue_url: str, clients: OperatorClients) -> None:
        self._queue_url = queue_url
        self._clients = clients
        self._stream = FailedStreamRecords(kinesis=clients.kinesis, dynamodb_streams=clients.dynamodb_streams)

    def read(self, *, limit: int) -> list[StreamFailure]:
        """Receive messages, up to a limit, in the order of their records. Others do not see them for 15 minutes."""
        failures: list[StreamFailure] = []
        while len(failures) < limit:
            messages = self._clients.sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=min(10, limit - len(failures)),
                MessageAttributeNames=["All"],
                VisibilityTimeout=_HIDDEN_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
            ).get("Messages", [])
            if not messages:
                break
            failures += [stream_failure(message) for message in messages]
        return sorted(failures, key=lambda failure: failure.order)

    def records_of(self, failure: StreamFailure, *, whole_range: bool = False) -> tuple[Record, ...]:
        """Give the records of a failure, fetched from the stream where the message does not hold them.

        :param whole_range: take all that lies between the first and the last record, also what was not in the batch.
        :raises UnavailableRecordsError: they expired, or cannot be told from records that were not in the batch.
        """
        if failure.record is not None:
            return (failure.record,)
        batch = failure.batch
        if batch is None:
            raise UnavailableRecordsError("The message holds no record and tells no place in a stream.")
        fetched = self._stream.fetch(batch)
        if not fetched.is_complete:
            raise UnavailableRecordsError(
                f"The stream has {len(fetched.records)} of {batch.batch_size} records between "
                f"{batch.start_sequence_number} and {batch.end_sequence_number} of {batch.shard_id}: the others "
                "expired."
            )
        if not fetched.is_exact and not whole_range:
            raise UnavailableRecordsError(
                f"Between {batch.start_sequence_number} and {batch.end_sequence_number} of {batch.shard_id} lie "
                f"{len(fetched.records)} records, and the batch had {batch.batch_size}: the mapping passed over the "
                "others, or handled them in another batch. --whole-range takes all of them."
            )
        return fetched.records

    def hand_over(self, records: Sequence[Record], *, function_name: str) -> str | None:
        """Invoke a function with records, as Lambda's mapping does; return why it did not take them, or ``None``."""
        for chunk in _chunks(records):
            response = self._clients.functions.invoke(
                FunctionName=function_name, Payload=json.dumps({"Records": chunk}).encode()
            )
            payload = response["Payload"].read().decode()
            if response.get("FunctionError"):
                return f"the function failed: {payload}"
            answer: object = json.loads(payload) if payload else None
            failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
            if failures:
                return f"the function stopped at {failures[0].get('itemIdentifier')}"
        return None

    def delete(self, failure: StreamFailure) -> None:
        """Delete the message of a failure."""
        self._clients.sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=failure.receipt_handle)

    def give_back(self, failure: StreamFailure) -> None:
        """Let others see the message of a failure again."""
        self._clients.sqs.change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=failure.receipt_handle, VisibilityTimeout=0
        )


def main(
    arguments: Sequence[str] | None = None,
    *,
    clients: OperatorClients | None = None,
    output: TextIO | None = None,
    notes: TextIO | None = None,
) -> int:
    """Run the command; return 0 when every record was had, and taken where a function was named, otherwise 1.

    130 after Ctrl-C; 2 for arguments that cannot be meant.
    """
    options = _parser().parse_args(arguments)
    output, notes = output or sys.stdout, notes or sys.stderr
    return run_command(
        lambda: _run(options, clients=clients or _clients(), output=output, notes=notes),
        notes=notes,
        interrupted="Interrupted. What was not taken is in the queue as before.",
    )


def _run(options: argparse.Namespace, *, clients: OperatorClients, output: TextIO, notes: TextIO) -> int:
    queue = FailuresQueue(queue_url=options.queue_url, clients=clients)
    failures = queue.read(limit=options.limit)
    kept = list(failures)
    done = 0
    try:
        for failure in failures:
            print(f"{failure.message_id}: {failure.cause}", file=notes)
            fate = _see_to(failure, queue=queue, options=options, output=output, notes=notes)
            done += fate != "failed"
            if fate == "taken":
                queue.delete(failure)
                kept.remove(failure)
    finally:
        # Also when it is interrupted: what was not taken is there for the next try at once.
        for failure in kept:
            queue.give_back(failure)
    print(f"{len(failures)} messages, {done} of them without trouble; {len(kept)} stay in the queue.", file=notes)
    return 0 if done == len(failures) else 1


def _see_to(
    failure: StreamFailure, *, queue: FailuresQueue, options: argparse.Namespace, output: TextIO, notes: TextIO
) -> Literal["printed", "taken", "failed"]:
    try:
        # To look at, the whole range is better than nothing.
        records = queue.records_of(failure, whole_range=options.whole_range or options.function is None)
    except UnavailableRecordsError as error:
        print(f"  {error}", file=notes)
        return "failed"
    if options.function is None:
        for record in records:
            print(json.dumps(record), file=output)
        return "printed"
    refusal = queue.hand_over(records, function_name=options.function)
    if refusal is not None:
        print(f"  Not taken: {refusal}", file=notes)
        return "failed"
    print(f"  {len(records)} records taken; what the function gave up again is a new message.", file=notes)
    return "taken"


def _chunks(records: Sequence[Record]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    size = 0
    for record in records:
        length = len(json.dumps(record))
        if chunk and (len(chunk) == _MOST_RECORDS or size + length > _MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(record)
        size += length
    if chunk:
        yield chunk


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=FAILED_STREAM_RECORDS,
        description="Bring back what a stream consumer gave up: print the records, or hand them to its function.",
    )
    parser.add_argument("queue_url", metavar="QUEUE_URL", help="the failures queue of the StreamConsumer")
    parser.add_argument(
        "--function", metavar="NAME", help="hand the records to this function; a message that it takes is deleted"
    )
    parser.add_argument("--limit", type=int, default=1000, help="read at most so many messages (default: 1000)")
    parser.add_argument(
        "--whole-range",
        action="store_true",
        help="hand over all records between the first and the last of a batch, also those that were not in it",
    )
    return parser


def _clients() -> OperatorClients:
    made = create_clients("sqs", "kinesis", "dynamodbstreams", "lambda")
    return OperatorClients(
        sqs=cast("SQSClient", made["sqs"]),
        kinesis=cast("StreamClient", made["kinesis"]),
        dynamodb_streams=cast("StreamClient", made["dynamodbstreams"]),
        functions=cast("LambdaClient", made["lambda"]),
    )


if __name__ == "__main__":
    sys.exit(main())
