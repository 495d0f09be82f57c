"""What is sent to a queue or a function, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from best_practice_constructs.operations.dead_letter import DeadLetter, dead_letter
from best_practice_constructs.operations.dead_letter_moving import DeadLetterMover
from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
from best_practice_constructs.operations.redrive_destination import FunctionDestination, QueueDestination
from tests.unit.operations.redrive_support import FUNCTION_ARN, attributes_of

STANDARD, FIFO = "https://sqs/123456789012/orders", "https://sqs/123456789012/orders.fifo"


class Recorder:
    """A client of SQS that notes what it is asked for."""

    def __init__(self, *failures: Exception | None) -> None:
        self.entries: list[list[dict[str, Any]]] = []
        self._failures = list(failures)

    def send_message_batch(self, *, Entries: Sequence[dict[str, Any]], **_: str) -> dict[str, object]:  # noqa: N803 -- the API's names
        self.entries.append(list(Entries))
        failure = self._failures.pop(0) if self._failures else None
        if failure:
            raise failure
        return {"Successful": [{"Id": entry["Id"], "MessageId": f"new-{entry['Id']}"} for entry in Entries]}


def letter(body: str = "{}", *, message_id: str = "m", attributes: object = None, **system: str) -> DeadLetter:
    message = {
        "MessageId": message_id,
        "ReceiptHandle": "handle",
        "Body": body,
        "Attributes": system,
        "MessageAttributes": attributes or {},
    }
    return dead_letter(cast("Any", message))


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Call")


def queue(recorder: Recorder, url: str = STANDARD, **options: str) -> QueueDestination:
    return QueueDestination(url=url, sqs=cast("Any", recorder), **options)


class TestQueue:
    def test_a_message_is_what_it_was(self) -> None:
        recorder = Recorder()
        own: dict[str, Any] = {
            **attributes_of(Tenant="t1", ErrorType="E", FailedAt="2026-01-01T00:00:00Z", RequestId="r"),
            "Blob": {"DataType": "Binary.png", "BinaryValue": b"\x00", "StringListValues": []},
            "Count": {"DataType": "Number", "StringValue": "17"},
        }
        sent = queue(recorder).send(
            [letter("body", attributes=own, AWSTraceHeader="Root=1-2-3", MessageGroupId="fair")]
        )
        assert recorder.entries == [
            [
                {
                    "Id": "0",
                    "MessageBody": "body",
                    "MessageAttributes": {
                        "Tenant": {"DataType": "String", "StringValue": "t1"},
                        "Blob": {"DataType": "Binary.png", "BinaryValue": b"\x00"},
                        "Count": {"DataType": "Number", "StringValue": "17"},
                    },
                    "MessageSystemAttributes": {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}},
                    "MessageGroupId": "fair",
                }
            ]
        ]
        assert sent.accepted == {"m": "new-0"}

    def test_a_fifo_queue_gets_a_group_and_an_id_of_the_dead_letters_own(self) -> None:
        recorder = Recorder()
        system = {"MessageGroupId": "g", "MessageDeduplicationId": "of its first sending"}
        queue(recorder, FIFO).send([letter(message_id="dead", **system)])
        queue(recorder, FIFO, message_group_id="of the rule").send([letter(message_id="without")])
        (first,), (second,) = recorder.entries
        assert (first["MessageGroupId"], first["MessageDeduplicationId"]) == ("g", "dead")
        assert (second["MessageGroupId"], second["MessageDeduplicationId"]) == ("of the rule", "without")

    def test_what_is_too_large_together_goes_one_by_one(self) -> None:
        recorder = Recorder(error("AWS.SimpleQueueService.BatchRequestTooLong"), None, error("InvalidParameterValue"))
        letters = [letter(str(number), message_id=str(number)) for number in range(3)]
        sent = queue(recorder).send(letters)
        assert [len(entries) for entries in recorder.entries] == [3, 1, 1, 1]
        assert sent.accepted.keys() == {"0", "2"}
        assert sent.refused == {"1": "InvalidParameterValue: no"}
        assert sent.ended is None

    @pytest.mark.parametrize(
        ("failure", "reason"),
        [
            (error("QueueDoesNotExist"), "QueueDoesNotExist: no"),
            (EndpointConnectionError(endpoint_url="https://sqs"), "EndpointConnectionError: Could not connect"),
        ],
    )
    def test_a_queue_that_takes_nothing_is_the_end(self, failure: Exception, reason: str) -> None:
        sent = queue(Recorder(failure)).send([letter(message_id="a"), letter(message_id="b")])
        assert sent.accepted == {}
        assert sent.refused.keys() == {"a", "b"}
        assert sent.ended
        assert sent.ended.startswith(reason)

    def test_the_end_may_come_between_single_ones(self) -> None:
        recorder = Recorder(error("BatchRequestTooLong"), None, error("AccessDenied"))
        sent = queue(recorder).send([letter(message_id=each) for each in "abc"])
        assert (set(sent.accepted), set(sent.refused), sent.ended) == ({"a"}, {"b"}, "AccessDenied: no")

    @pytest.mark.parametrize(
        ("sizes", "batches"),
        [
            ([1] * 25, [10, 10, 5]),
            ([600_000, 600_000, 400_000], [1, 2]),
            ([1_048_576, 1, 1], [1, 2]),
            ([400_000, 400_000, 300_000, 1], [2, 2]),
        ],
    )
    def test_one_call_takes_ten_messages_and_a_mebibyte(self, sizes: list[int], batches: list[int]) -> None:
        recorder = Recorder()
        letters = [letter("x" * size, message_id=str(number)) for number, size in enumerate(sizes)]
        mover = DeadLetterMover(queue=cast("DeadLetterQueue", _Nothing()))
        mover.move(letters, to=queue(recorder))
        assert [len(entries) for entries in recorder.entries] == batches
        assert len(mover.moved) == len(sizes)

    def test_attributes_count_too(self) -> None:
        recorder = Recorder()
        large = attributes_of(Large="x" * 500_000)
        letters = [letter("x" * 100_000, message_id=each, attributes=large) for each in "ab"]
        DeadLetterMover(queue=cast("DeadLetterQueue", _Nothing())).move(letters, to=queue(recorder))
        assert [len(entries) for entries in recorder.entries] == [1, 1]


class TestFunction:
    def test_what_it_accepts_is_known_by_the_request(self) -> None:
        calls: list[dict[str, Any]] = []

        def invoke(**request: Any) -> dict[str, object]:  # noqa: ANN401 -- the API's
            calls.append(request)
            return {"StatusCode": 202, "ResponseMetadata": {"RequestId": f"request-{len(calls)}"}}

        functions = cast("Any", SimpleNamespace(invoke=invoke))
        destination = FunctionDestination(function_name=FUNCTION_ARN, functions=functions)
        sent = destination.send([letter('{"id": 1}', message_id="a")])
        assert sent.accepted == {"a": "request-1"}
        assert calls == [{"FunctionName": FUNCTION_ARN, "InvocationType": "Event", "Payload": b'{"id": 1}'}]

    @pytest.mark.parametrize(
        ("code", "is_end"), [("RequestTooLargeException", False), ("TooManyRequestsException", True)]
    )
    def test_what_it_refuses_is_of_the_message_or_the_end(self, code: str, *, is_end: bool) -> None:
        def invoke(**_: object) -> None:
            raise error(code)

        functions = cast("Any", SimpleNamespace(invoke=invoke))
        sent = FunctionDestination(function_name="f", functions=functions).send([letter(message_id="a")])
        assert sent.refused == {"a": f"{code}: no"}
        assert (sent.ended is not None) is is_end

    @pytest.mark.parametrize(("body", "takes"), [("{}", True), ("no json", False), ("", False)])
    def test_it_takes_json_only(self, body: str, *, takes: bool) -> None:
        destination = FunctionDestination(function_name="f", functions=cast("Any", None))
        assert (destination.objection(letter(body)) is None) is takes

    def test_a_name_and_an_arn_have_their_labels(self) -> None:
        labels = {
            FunctionDestination(function_name=name, functions=cast("Any", None)).label for name in ("f", FUNCTION_ARN)
        }
        assert labels == {"the function f", "the function note-order:live"}


class _Nothing:
    """A dead-letter queue whose letters are always there, and always deleted."""

    def keep_hidden(self, _letters: Sequence[DeadLetter]) -> dict[str, str]:
        return {}

    def delete(self, _letters: Sequence[DeadLetter]) -> dict[str, str]:
        return {}
