"""What a dead letter tells: who sent it, why, what is to be handled again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from best_practice_constructs.operations.cause_group import cause_groups
from best_practice_constructs.operations.dead_letter import (
    UNDELIVERED,
    WITHOUT_CAUSE,
    DeadLetter,
    DeadLetterKind,
    dead_letter,
)
from best_practice_constructs.runtime import PermanentError
from best_practice_constructs.runtime.failed_records import send_failed_record
from best_practice_constructs.runtime.stream_record import position_of
from tests.unit.operations.redrive_support import (
    RULE_ARN,
    TOPIC_ARN,
    FakeAws,
    attributes_of,
    discarded_invocation,
    lambdas_own_record,
    send_of_consumer,
    send_of_invocation,
    undelivered_event,
    undelivered_notification,
)
from tests.unit.runtime.stream_support import kinesis_record
from tests.unit.runtime.support import FakeContext, order_placed

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

SENT = datetime(2026, 11, 24, 2, tzinfo=UTC)


def letter(
    body: object = "{}", *, attributes: dict[str, Any] | None = None, message_id: str = "m", **system: str
) -> DeadLetter:
    message = {
        "MessageId": message_id,
        "ReceiptHandle": "handle",
        "Body": body if isinstance(body, str) else json.dumps(body),
        "Attributes": {"SentTimestamp": str(int(SENT.timestamp() * 1000)), **system},
        "MessageAttributes": attributes or {},
    }
    return dead_letter(cast("MessageTypeDef", message))


class TestSenders:
    def test_the_runtime_of_a_queue_consumer(self, fake_aws: FakeAws) -> None:
        queue = fake_aws.queue("dead")
        own = {"Tenant": {"stringValue": "t1", "dataType": "String"}}
        send_of_consumer(queue, PermanentError("never"), message_id="source", message_attributes=own)
        (message,) = fake_aws.take(queue)
        found = dead_letter(message)
        assert found.kind is DeadLetterKind.MESSAGE
        assert found.cause == "PermanentError: never"
        assert (found.function, found.event_type) == ("issue-invoice", "OrderPlaced")
        assert found.failed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z") == found.text("FailedAt")
        assert found.own_attributes.keys() == {"Tenant"}, "all that the runtime adds is known"
        assert found.payload == found.body
        assert found.marks == {message["MessageId"], "source"}

    def test_sqs_itself_tells_no_cause_and_what_is_left_of_an_earlier_one_is_none(self) -> None:
        arn = "arn:aws:sqs:us-east-1:123456789012:orders"
        earlier = attributes_of(ErrorType="E", FailedAt="2026-01-01T00:00:00Z", FunctionName="f", SourceMessageId="s")
        found = letter(attributes={**earlier, **attributes_of(Tenant="t")}, DeadLetterQueueSourceArn=arn)
        assert found.kind is DeadLetterKind.MESSAGE_WITHOUT_CAUSE
        assert (found.cause, found.failed_at, found.function) == (WITHOUT_CAUSE, SENT, None)
        assert found.own_attributes.keys() == {"Tenant"}

    @pytest.mark.parametrize("body", ["no json", "[]", '"text"', "{}", "[" * 100_000])
    def test_whatever_the_body_is_its_message_can_be_read(self, body: str) -> None:
        found = letter(body)
        assert (found.kind, found.payload, found.event_type) == (DeadLetterKind.MESSAGE_WITHOUT_CAUSE, body, None)

    def test_eventbridge(self) -> None:
        found = letter(order_placed(), attributes=undelivered_event("arn:aws:sqs:us-east-1:123456789012:orders"))
        assert found.kind is DeadLetterKind.UNDELIVERED_EVENT
        assert found.cause == "NO_PERMISSIONS: The target may not be invoked."
        assert (found.text("RULE_ARN"), found.event_type, found.failed_at) == (RULE_ARN, "OrderPlaced", SENT)
        assert found.own_attributes == {}

    def test_sns_without_raw_delivery(self) -> None:
        found = letter(undelivered_notification())
        assert (found.kind, found.cause) == (DeadLetterKind.UNDELIVERED_NOTIFICATION, UNDELIVERED)
        assert (found.topic_arn, found.payload) == (TOPIC_ARN, found.body)

    def test_sns_with_raw_delivery_sends_the_message_as_it_was(self) -> None:
        found = letter(order_placed(), attributes=attributes_of(Tenant="t1"))
        assert (found.kind, found.event_type) == (DeadLetterKind.MESSAGE_WITHOUT_CAUSE, "OrderPlaced")
        assert "SNS could not deliver it" in found.cause
        assert found.own_attributes.keys() == {"Tenant"}

    def test_a_notification_that_sqs_moved_is_not_one_that_sns_could_not_deliver(self) -> None:
        arn = "arn:aws:sqs:us-east-1:123456789012:orders"
        found = letter(undelivered_notification(), DeadLetterQueueSourceArn=arn)
        assert (found.kind, found.topic_arn) == (DeadLetterKind.MESSAGE_WITHOUT_CAUSE, None)

    def test_lambda_for_a_function_with_a_dead_letter_queue(self) -> None:
        found = letter('{"total": 1.10}', attributes=discarded_invocation(request_id="r", code="429", Tenant="t1"))
        assert found.kind is DeadLetterKind.DISCARDED_INVOCATION
        assert found.cause == "status 429: Task timed out after 3.00 seconds"
        assert (found.function, found.payload) == (None, '{"total": 1.10}')
        assert found.own_attributes.keys() == {"Tenant"}
        assert "r" in found.marks, "it is known again when it fails once more"

    def test_attributes_of_those_names_are_the_messages_own_where_the_code_is_a_text(self) -> None:
        own = attributes_of(RequestID="r", ErrorCode="E17", ErrorMessage="out of stock")
        found = letter(order_placed(), attributes=own)
        assert found.kind is DeadLetterKind.MESSAGE_WITHOUT_CAUSE
        assert found.own_attributes == own

    def test_the_runtime_of_an_asynchronous_consumer(self, fake_aws: FakeAws) -> None:
        queue = fake_aws.queue("failures")
        send_of_invocation(queue, PermanentError("never"), event=order_placed())
        (message,) = fake_aws.take(queue)
        found = dead_letter(message)
        assert found.kind is DeadLetterKind.INVOCATION
        assert (found.cause, found.function, found.event_type) == ("PermanentError: never", "note-order", "OrderPlaced")
        assert found.own_attributes == {}
        assert json.loads(found.payload or "")["detail"] == order_placed()["detail"]
        assert "request-1" in found.marks

    def test_lambda_itself(self) -> None:
        found = letter(
            lambdas_own_record('{"id": 1}', answer={"errorType": "KeyError", "errorMessage": "'a\n  b'"}),
        )
        assert found.kind is DeadLetterKind.INVOCATION
        assert (found.cause, found.function) == ("KeyError: 'a b'", "note-order")
        assert found.failed_at == datetime(2026, 11, 24, 2, 10, 11, 120_000, UTC)
        assert found.function_arn == "arn:aws:lambda:us-east-1:123456789012:function:note-order:$LATEST"

    def test_where_no_error_is_told_the_condition_is_the_cause(self) -> None:
        record = lambdas_own_record("{}", condition="EventAgeExceeded")
        assert letter(record).cause == "EventAgeExceeded: function error Unhandled"
        assert letter(record.replace("responseContext", "other")).cause == "EventAgeExceeded"

    @pytest.mark.parametrize("event", ['{"total": 1.10, "big": 123456789012345678901.5}', '{"a":"\\u00e9", "b" : [ ]}'])
    def test_the_event_of_an_invocation_stays_byte_for_byte(self, event: str) -> None:
        assert letter(lambdas_own_record(event)).payload == event

    def test_an_event_that_strict_readers_refuse_is_had_all_the_same(self) -> None:
        payload = letter(lambdas_own_record('{"half": "\\ud83d"}')).payload
        assert json.loads(payload or "") == {"half": "\ud83d"}

    def test_records_of_a_stream(self, fake_aws: FakeAws) -> None:
        queue = fake_aws.queue("failures")
        record = kinesis_record({}, sequence_number="3")
        send_failed_record(
            record, PermanentError("never"), position=position_of(record), queue_url=queue, context=FakeContext()
        )
        (message,) = fake_aws.take(queue)
        found = dead_letter(message)
        assert (found.kind, found.cause) == (DeadLetterKind.STREAM_RECORDS, "PermanentError: never")

    def test_a_consumer_of_such_records_has_dead_letters_as_any_other(self) -> None:
        causes = attributes_of(ErrorType="E", FailedAt="2026-01-01T00:00:00Z", SourceMessageId="s")
        found = letter(lambdas_own_record("{}"), attributes=causes)
        assert (found.kind, found.payload) == (DeadLetterKind.MESSAGE, found.body)


def _of_cause(
    error: str, *, message_id: str = "m", function: str = "f", body: object = "{}", at: str = "02"
) -> DeadLetter:
    causes = attributes_of(
        ErrorType="OrderError",
        ErrorMessage=error,
        FunctionName=function,
        SourceMessageId="s",
        FailedAt=f"2026-11-24T{at}:00:00.123Z",
    )
    return letter(body, attributes=causes, message_id=message_id)


class TestGroups:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("order 17 is unknown", "order 18 is unknown"),
            ("order ord-17-a", "order ord-4711-b"),
            (
                "2026-11-24T02:10:11.120Z 0f2c9a52-0d4f-4d0f-9a52-0d4f0f2c9a52 Task timed out after 3.00 seconds",
                "2026-11-25T12:11:12Z 1f2c9a52-0d4f-4d0f-9a52-0d4f0f2c9a53 Task timed out after 30 seconds",
            ),
            ("at $.lines[0].sku", "at $.lines[12].sku"),
        ],
    )
    def test_ids_numbers_and_times_do_not_make_a_cause(self, one: str, other: str) -> None:
        (group,) = cause_groups([_of_cause(one), _of_cause(other)])
        assert "…" in group.cause
        assert "17" not in group.cause

    @pytest.mark.parametrize(
        ("one", "other"),
        [("'price'", "'total'"), ("HTTP 503", "HTTP 404"), ("expected int", "expected str")],
    )
    def test_what_says_more_than_an_id_is_another_cause(self, one: str, other: str) -> None:
        assert len(cause_groups([_of_cause(one), _of_cause(other)])) == 2

    def test_a_cause_that_is_always_the_same_is_shown_as_it_is(self) -> None:
        (group,) = cause_groups([_of_cause("no 7"), _of_cause("no 7")])
        assert group.cause == "OrderError: no 7"

    def test_functions_and_rules_are_told_apart(self) -> None:
        assert len(cause_groups([_of_cause("x", function="f"), _of_cause("x", function="g")])) == 2
        targets = ("arn:aws:sqs:us-east-1:123456789012:a", "arn:aws:sqs:us-east-1:123456789012:b")
        events = [letter(attributes=undelivered_event(target)) for target in targets]
        groups = cause_groups(events)
        assert len(groups) == 2
        assert f"{RULE_ARN} → {targets[0]}" in "\n".join(groups[0].lines())

    def test_a_group_tells_how_many_since_when_of_what_and_one_to_look_at(self) -> None:
        events = [{"detail-type": "OrderPlaced"}, {"detail-type": "OrderPlaced"}, {"detail-type": "OrderCancelled"}]
        letters = [
            _of_cause("x", message_id=f"id-{number}", body=body, at=at)
            for number, (body, at) in enumerate(zip(events, ("03", "02", "04"), strict=True))
        ]
        rare, frequent = _of_cause("y"), cause_groups([*letters, _of_cause("y")])[0]
        assert list(frequent.lines()) == [
            "      3 × OrderError: x",
            "          failed    2026-11-24T02:00:00Z … 2026-11-24T04:00:00Z",
            "          function  f",
            "          event     OrderPlaced in 2 messages, OrderCancelled in one message",
            "          example   id-0",
        ]
        assert [group.letters[0].cause for group in cause_groups([rare, *letters])] == [
            "OrderError: x",
            "OrderError: y",
        ]

    @pytest.mark.parametrize(
        ("count", "said"), [(2, "2 different events in 12 messages"), (1, "one event in 12 messages")]
    )
    def test_events_that_were_told_more_than_once_are_counted_once(self, count: int, said: str) -> None:
        events = [order_placed(event_id=f"event-{number}") for number in range(count)]
        # EventBridge gives another id each time, the publisher the same.
        letters = [_of_cause("x", body={**events[number % count], "id": f"told-{number}"}) for number in range(12)]
        (group,) = cause_groups(letters)
        (line,) = [line for line in group.lines() if "repeats" in line]
        assert line == f"          repeats   {said}: the others tell the same once more"

    def test_where_each_event_lies_there_once_or_its_id_is_not_known_nothing_is_said_of_repeats(self) -> None:
        for bodies in (
            [order_placed(event_id="e-1"), order_placed(event_id="e-2")],
            ["{}", "{}"],
            [{"id": "1"}, {"id": "1"}],
        ):
            (group,) = cause_groups([_of_cause("x", body=body) for body in bodies])
            assert "repeats" not in "\n".join(group.lines())

    def test_of_many_event_types_the_most_frequent_are_told(self) -> None:
        letters = [_of_cause("x", body={"detail-type": f"Event{number}"}) for number in range(7)]
        (group,) = cause_groups(letters)
        assert "and 3 others" in "\n".join(group.lines())

    @pytest.mark.parametrize("text", ["ordererror", "order 17", "ORDER … IS"])
    def test_a_cause_is_found_as_it_is_and_as_it_is_shown(self, text: str) -> None:
        assert _of_cause("order 17 is unknown").matches(text)
        assert not _of_cause("something else").matches(text + "!")
