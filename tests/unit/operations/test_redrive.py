"""The command: what it shows, what it moves, what it leaves alone."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from best_practice_constructs.operations import dead_letter_queue
from best_practice_constructs.operations.dead_letter import DeadLetter, dead_letter
from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
from best_practice_constructs.operations.redrive import main
from best_practice_constructs.operations.redrive_destination import QueueDestination, Sent
from best_practice_constructs.runtime import PermanentError
from best_practice_constructs.runtime.failed_records import send_failed_record
from best_practice_constructs.runtime.stream_record import position_of
from tests.unit.operations.redrive_support import (
    FUNCTION_ARN,
    FakeAws,
    arn_of,
    lambdas_own_record,
    send_of_consumer,
    send_of_invocation,
)
from tests.unit.runtime.stream_support import kinesis_record
from tests.unit.runtime.support import FakeContext, order_placed

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef


@pytest.fixture
def dead(fake_aws: FakeAws) -> str:
    """The dead-letter queue of a consumer of ``orders``."""
    dead = fake_aws.queue("dead")
    fake_aws.queue("orders", dead_letters=dead)
    return dead


def orders(aws: FakeAws, name: str = "orders") -> str:
    return aws.sqs.get_queue_url(QueueName=name)["QueueUrl"]


def accept(request_id: str = "new-request") -> dict[str, Any]:
    """Give Lambda's answer to an asynchronous invocation."""
    return {"StatusCode": 202, "ResponseMetadata": {"RequestId": request_id}}


class TestLook:
    def test_messages_are_shown_by_cause_and_nothing_changes(self, fake_aws: FakeAws, dead: str) -> None:
        for number in range(12):
            send_of_consumer(dead, ConnectionError("the bank is closed"), body=order_placed(str(number)))
        send_of_consumer(dead, PermanentError("The customer 17 is unknown."))
        send_of_consumer(dead, PermanentError("The customer 18 is unknown."), function="issue-credit-note")
        fake_aws.sqs.send_message(QueueUrl=dead, MessageBody="by hand")
        run = fake_aws.run("dead")
        assert run.status == 0
        assert "dead has about 15 messages; looked at 15." in run.output
        causes = [line.strip() for line in run.output.splitlines() if "×" in line]
        assert causes[0] == "12 × ConnectionError: the bank is closed"
        assert "1 × PermanentError: The customer 17 is unknown." in causes
        assert any(cause.startswith("1 × Without a cause: SQS itself moved it here") for cause in causes)
        assert "issue-credit-note" in run.output
        assert "OrderPlaced" in run.output
        assert "Nothing was changed" in run.output
        assert "15 of 15 looked at" in run.notes
        assert len(fake_aws.bodies(dead)) == 15, "they were given back"
        assert fake_aws.bodies(orders(fake_aws)) == []

    @pytest.mark.parametrize("by", ["name", "arn", "url"])
    def test_a_queue_is_found_by_name_arn_and_address(self, fake_aws: FakeAws, dead: str, by: str) -> None:
        queue = {"name": "dead", "arn": arn_of(dead), "url": dead}[by]
        assert "dead has about 0 messages; looked at 0." in fake_aws.run(queue).output

    @pytest.mark.parametrize(
        ("queue", "said"),
        [
            ("nothing", "There is no queue nothing in us-east-1"),
            ("arn:aws:sqs:us-east-1:123456789012:nothing", "There is no queue nothing in us-east-1"),
            ("https://sqs.us-east-1.amazonaws.com/123456789012/nothing", "There is no queue https://"),
            ("arn:aws:sns:us-east-1:123456789012:notices", "is no queue: pass the address"),
        ],
    )
    def test_a_queue_that_is_not_there_is_told_with_where_it_was_looked_for(
        self, fake_aws: FakeAws, queue: str, said: str
    ) -> None:
        run = fake_aws.run(queue)
        assert (run.status, run.output) == (2, "")
        assert said in run.notes

    @pytest.mark.usefixtures("dead")
    def test_a_queue_that_is_consumed_is_not_touched(self, fake_aws: FakeAws) -> None:
        queue = orders(fake_aws)
        fake_aws.sqs.send_message(QueueUrl=queue, MessageBody="in its way")
        run = fake_aws.run("orders", "--move", "--yes")
        assert run.status == 2
        assert "its dead letters are in dead: python -m best_practice_constructs.operations.redrive dead" in run.notes
        (message,) = fake_aws.take(queue)
        assert message.get("Attributes", {})["ApproximateReceiveCount"] == "1"

    def test_no_more_are_looked_at_than_allowed(self, fake_aws: FakeAws, dead: str) -> None:
        for _ in range(3):
            send_of_consumer(dead, PermanentError("never"))
        run = fake_aws.run("dead", "--limit", "2")
        assert "about 3 messages; looked at 2." in run.output
        assert "--limit 20 looks at more" in run.output
        assert "2 × PermanentError" in run.output

    def test_messages_that_others_look_at_are_counted(self, fake_aws: FakeAws, dead: str) -> None:
        send_of_consumer(dead, PermanentError("never"))
        fake_aws.sqs.receive_message(QueueUrl=dead)
        assert "and 1 that are hidden for now (somebody else looks at them); looked at 0" in fake_aws.run(dead).output

    def test_many_causes_end_with_their_number(self, fake_aws: FakeAws, dead: str) -> None:
        for number in range(45):
            send_of_consumer(dead, PermanentError(f"cause {chr(0x3B1 + number)}"))
        assert "5 × 5 other causes: see --show" in fake_aws.run(dead).output

    def test_an_interruption_gives_everything_back(
        self, fake_aws: FakeAws, dead: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(12):
            send_of_consumer(dead, PermanentError("never"))
        seen: list[object] = []

        def interrupted(message: MessageTypeDef) -> DeadLetter:
            if len(seen) == 10:
                raise KeyboardInterrupt
            seen.append(message)
            return original(message)

        original = dead_letter
        monkeypatch.setattr(dead_letter_queue, "dead_letter", interrupted)
        run = fake_aws.run(dead)
        assert run.status == 130
        assert "in the queue as before" in run.notes
        assert len(fake_aws.bodies(dead)) >= 10


class TestShow:
    def test_each_message_is_a_line_of_json(self, fake_aws: FakeAws, dead: str) -> None:
        own = {
            "Blob": {"binaryValue": "AAE=", "dataType": "Binary"},
            "Tenant": {"stringValue": "t", "dataType": "String"},
        }
        send_of_consumer(dead, PermanentError("never"), message_attributes=own, trace_header="Root=1-2-3")
        send_of_consumer(dead, ConnectionError("closed"))
        run = fake_aws.run(dead, "--show", "--cause", "permanent")
        (line,) = run.lines
        assert run.status == 0
        assert json.loads(line["body"])["detail-type"] == line["event_type"] == "OrderPlaced"
        assert (line["cause"], line["function"]) == ("PermanentError: never", "issue-invoice")
        assert base64.b64decode(line["attributes"]["Blob"]["base64"]) == b"\x00\x01"
        assert (line["attributes"]["Tenant"], line["attributes"]["ReceiveCount"]) == ("t", "1")
        assert line["system_attributes"]["AWSTraceHeader"] == "Root=1-2-3"
        assert "looked at 2" in run.notes
        assert len(fake_aws.bodies(dead)) == 2


class TestMove:
    def test_all_go_back_to_their_queue_with_their_own_attributes_only(self, fake_aws: FakeAws, dead: str) -> None:
        own = {
            "Blob": {"binaryValue": "AAE=", "dataType": "Binary"},
            "Tenant": {"stringValue": "t", "dataType": "String"},
        }
        for number in range(12):
            send_of_consumer(dead, PermanentError("never"), body=order_placed(str(number)), message_attributes=own)
        run = fake_aws.run(dead, "--move", answer="y")
        assert run.status == 0
        assert "12 → the queue orders" in run.output
        assert len(run.questions) == 1
        assert "Moved 12 of 12 messages." in run.output
        assert "12 of 12 seen to" in run.notes
        moved = fake_aws.take(orders(fake_aws))
        assert {json.loads(each.get("Body", ""))["detail"]["data"]["order_id"] for each in moved} == set(
            map(str, range(12))
        )
        attributes = moved[0].get("MessageAttributes", {})
        assert attributes.keys() == {"Blob", "Tenant"}
        assert attributes["Blob"].get("BinaryValue") == b"\x00\x01"
        assert fake_aws.bodies(dead) == []

    @pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("Yes\n", 0), ("\n", 2), ("no\n", 2), ("", 2)])
    def test_the_person_is_asked_at_the_terminal(
        self,
        fake_aws: FakeAws,
        dead: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        *,
        answer: str,
        status: int,
    ) -> None:
        send_of_consumer(dead, PermanentError("never"))
        terminal = io.StringIO(answer)
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        assert main([dead, "--move"], clients=fake_aws.clients) == status
        said = capsys.readouterr()
        assert "1 → the queue orders" in said.out
        assert "Move them? [y/N] " in said.err
        assert len(fake_aws.bodies(dead)) == bool(status)

    def test_nothing_is_moved_when_the_person_says_no(self, fake_aws: FakeAws, dead: str) -> None:
        send_of_consumer(dead, PermanentError("never"))
        run = fake_aws.run(dead, "--move", answer="n")
        assert run.status == 2
        assert run.output.endswith("Nothing was moved.\n")
        assert len(fake_aws.bodies(dead)) == 1

    def test_nothing_is_moved_when_nobody_is_there(self, fake_aws: FakeAws, dead: str) -> None:
        send_of_consumer(dead, PermanentError("never"))
        run = fake_aws.run(dead, "--move")
        assert run.status == 2
        assert "1 → the queue orders" in run.output, "it says what it would do"
        assert "Add --yes" in run.notes
        assert len(fake_aws.bodies(dead)) == 1
        assert fake_aws.bodies(orders(fake_aws)) == []

    def test_only_those_of_a_cause(self, fake_aws: FakeAws, dead: str) -> None:
        send_of_consumer(dead, ConnectionError("the bank is closed"), body="closed")
        send_of_consumer(dead, PermanentError("never"), body="never")
        send_of_consumer(dead, KeyError("price"), body="price")
        run = fake_aws.run(dead, "--move", "--yes", "--cause", "bank", "--cause", "keyerror")
        assert run.status == 0
        assert "Moved 2 of 2 messages." in run.output
        assert sorted(fake_aws.bodies(orders(fake_aws))) == ["closed", "price"]
        assert fake_aws.bodies(dead) == ["never"]

    def test_only_those_with_an_id_and_what_is_not_there_is_told(self, fake_aws: FakeAws, dead: str) -> None:
        for body in ("a", "b", "c"):
            send_of_consumer(dead, PermanentError("never"), body=body)
        ids = {line["body"]: line["message_id"] for line in fake_aws.run(dead, "--show").lines}
        assert fake_aws.run(dead, "--move", "--yes", "--message-id", ids["a"], ids["c"]).status == 0
        run = fake_aws.run(dead, "--move", "--yes", "--message-id", ids["b"], "--message-id", "gone")
        assert run.status == 1
        assert "Not found: gone." in run.notes
        assert sorted(fake_aws.bodies(orders(fake_aws))) == ["a", "b", "c"]

    def test_a_cause_that_no_message_has_is_told(self, fake_aws: FakeAws, dead: str) -> None:
        send_of_consumer(dead, PermanentError("never"))
        run = fake_aws.run(dead, "--move", "--yes", "--cause", "bank")
        assert run.status == 2
        assert "No message was chosen" in run.notes

    def test_an_id_that_no_message_has_leaves_nothing_to_be_tried(self, fake_aws: FakeAws, dead: str) -> None:
        send_of_consumer(dead, PermanentError("never"))
        for how in ((), ("--show",), ("--move", "--yes")):
            run = fake_aws.run(dead, *how, "--message-id", "gone")
            assert (run.status, "Not found: gone." in run.notes) == (2, True)

    def test_aws_that_does_not_let_the_queue_be_found_is_told_and_nothing_was_tried(
        self, fake_aws: FakeAws, dead: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def denied(**_request: object) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetQueueAttributes")

        monkeypatch.setattr(fake_aws.sqs, "get_queue_attributes", denied)
        run = fake_aws.run(dead)
        assert (run.status, run.output) == (2, "")
        assert "AWS did not answer as it should. AccessDenied: no" in run.notes

    def test_of_an_empty_queue_all_is_moved(self, fake_aws: FakeAws, dead: str) -> None:
        run = fake_aws.run(dead, "--move", "--yes")
        assert (run.status, run.output.splitlines()[-1]) == (0, "Nothing was moved.")

    def test_failed_invocations_go_back_to_their_function(self, fake_aws: FakeAws) -> None:
        queue = fake_aws.queue("failures")
        send_of_invocation(queue, PermanentError("never"), event={"id": 1})
        fake_aws.sqs.send_message(QueueUrl=queue, MessageBody=lambdas_own_record('{"total": 1.10}'))
        stub = fake_aws.stub("lambda")
        latest = FUNCTION_ARN.replace(":live", ":$LATEST")
        for name, payload in ((FUNCTION_ARN, b'{"id": 1}'), (latest, b'{"total": 1.10}')):
            stub.add_response("invoke", accept(), {"FunctionName": name, "InvocationType": "Event", "Payload": payload})
        run = fake_aws.run(queue, "--move", answer="y")
        assert run.status == 0
        assert "1 → the function note-order:live" in run.output
        assert "1 → the function note-order:$LATEST" in run.output
        assert fake_aws.bodies(queue) == []

    def test_what_the_function_does_not_take_stays(self, fake_aws: FakeAws) -> None:
        queue = fake_aws.queue("failures")
        for number in range(3):
            send_of_invocation(queue, PermanentError("never"), event={"id": number})
        fake_aws.stub("lambda").add_response("invoke", accept())
        fake_aws.stub("lambda").add_client_error("invoke", "ResourceNotFoundException", "no such function")
        run = fake_aws.run(queue, "--move", "--yes")
        assert run.status == 1
        assert "Moved 1 of 3 messages." in run.output
        assert "did not take it: ResourceNotFoundException: no such function" in run.output
        assert "not tried, after ResourceNotFoundException" in run.output
        assert len(fake_aws.bodies(queue)) == 2

    def test_records_of_a_stream_are_left_to_their_own_command(self, fake_aws: FakeAws) -> None:
        queue = fake_aws.queue("failures")
        record = kinesis_record({}, sequence_number="3")
        send_failed_record(
            record, PermanentError("never"), position=position_of(record), queue_url=queue, context=FakeContext()
        )
        for arguments in ((), ("--to", FUNCTION_ARN)):
            run = fake_aws.run(queue, "--move", "--yes", *arguments)
            assert run.status == 2
            assert f"best_practice_constructs.operations.failed_stream_records {queue}" in run.output
            assert run.output.endswith("Nothing was moved.\n")
        assert len(fake_aws.bodies(queue)) == 1

    def test_some_go_and_some_cannot(self, fake_aws: FakeAws, dead: str) -> None:
        send_of_consumer(dead, PermanentError("never"), body="{}")
        send_of_consumer(dead, PermanentError("never"), body="no json")
        fake_aws.stub("lambda").add_response(
            "invoke", accept(), {"FunctionName": FUNCTION_ARN, "InvocationType": "Event", "Payload": b"{}"}
        )
        run = fake_aws.run(dead, "--move", "--yes", "--to", FUNCTION_ARN)
        assert run.status == 1
        assert "1 stay: a function takes JSON only" in run.output
        assert "Moved 1 of 2 messages." in run.output
        assert fake_aws.bodies(dead) == ["no json"]

    def test_an_interruption_says_what_was_moved_and_gives_back_the_rest(
        self, fake_aws: FakeAws, dead: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(15):
            send_of_consumer(dead, PermanentError("never"))
        send = QueueDestination.send
        calls: list[int] = []

        def interrupt(destination: QueueDestination, letters: Sequence[DeadLetter]) -> Sent:
            calls.append(len(letters))
            if len(calls) == 2:
                raise KeyboardInterrupt
            return send(destination, letters)

        monkeypatch.setattr(QueueDestination, "send", interrupt)
        run = fake_aws.run(dead, "--move", "--yes")
        assert run.status == 130
        assert "Moved 10 of 15 messages." in run.output
        assert "5 stay: they were not tried" in run.output
        assert len(fake_aws.bodies(dead)) == 5

    def test_a_destination_that_is_not_there_is_told_before_anything_is_received(
        self, fake_aws: FakeAws, dead: str
    ) -> None:
        send_of_consumer(dead, PermanentError("never"))
        run = fake_aws.run(dead, "--move", "--yes", "--to", "nothing")
        assert (run.status, run.output) == (2, "")
        assert "--to nothing is neither a queue nor a function here" in run.notes
        (message,) = fake_aws.take(dead)
        assert message.get("Attributes", {})["ApproximateReceiveCount"] == "1"

    def test_an_error_of_aws_is_one_line_and_everything_is_given_back(
        self, fake_aws: FakeAws, dead: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send_of_consumer(dead, PermanentError("never"))

        def denied(*_arguments: object, **_options: object) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ChangeMessageVisibilityBatch")

        monkeypatch.setattr(DeadLetterQueue, "keep_hidden", denied)
        run = fake_aws.run(dead, "--move", "--yes")
        assert run.status == 1
        assert "AWS did not answer as it should. AccessDenied: no" in run.notes
        assert "1 stay: they were not tried" in run.output
        assert len(fake_aws.bodies(dead)) == 1
