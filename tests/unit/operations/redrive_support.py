"""Dead-letter queues in memory, and dead letters as the runtime, EventBridge, SNS and Lambda send them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from botocore.stub import Stubber

from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
from best_practice_constructs.operations.destination_finder import DestinationFinder, RedriveClients
from best_practice_constructs.operations.redrive import main
from best_practice_constructs.operations.redrive_destination import Destination
from best_practice_constructs.runtime.dead_letters import send_dead_letter
from best_practice_constructs.runtime.failed_events import send_failed_event
from tests.unit.runtime.support import FakeContext, message, order_placed, receive_all

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from best_practice_constructs.runtime.sqs_message import SqsMessage

ACCOUNT = "arn:aws:{}:us-east-1:123456789012:"
RULE_ARN = ACCOUNT.format("events") + "rule/shop/invoices"
FUNCTION_ARN = ACCOUNT.format("lambda") + "function:note-order:live"
TOPIC_ARN = ACCOUNT.format("sns") + "notices"


@dataclass
class FakeAws:
    """An SQS in memory, and clients of the other services that answer what they are told."""

    sqs: SQSClient
    others: dict[str, Any]
    stubbers: dict[str, Stubber] = field(default_factory=dict)

    @property
    def clients(self) -> RedriveClients:
        return RedriveClients(
            sqs=self.sqs, functions=self.others["lambda"], events=self.others["events"], topics=self.others["sns"]
        )

    def stub(self, service: str) -> Stubber:
        if service not in self.stubbers:
            self.stubbers[service] = Stubber(self.others[service])
            self.stubbers[service].activate()
        return self.stubbers[service]

    def queue(self, name: str, *, dead_letters: str | None = None, **attributes: str) -> str:
        """Make a queue and give its address."""
        if name.endswith(".fifo"):
            attributes["FifoQueue"] = "true"
        if dead_letters is not None:
            policy = {"deadLetterTargetArn": arn_of(dead_letters), "maxReceiveCount": 5}
            attributes["RedrivePolicy"] = json.dumps(policy)
        return self.sqs.create_queue(QueueName=name, Attributes=cast("Any", attributes))["QueueUrl"]

    def run(self, queue: str, *arguments: str, answer: str | None = None) -> Run:
        """Run the command; ``answer`` is what a person says when asked, nobody is there without it."""
        output, notes = io.StringIO(), io.StringIO()
        questions: list[str] = []

        def ask(question: str) -> bool:
            questions.append(question)
            return answer == "y"

        status = main(
            [queue, *arguments],
            clients=self.clients,
            output=output,
            notes=notes,
            ask=None if answer is None else ask,
        )
        for stubber in self.stubbers.values():
            stubber.assert_no_pending_responses()
        return Run(status=status, output=output.getvalue(), notes=notes.getvalue(), questions=questions)

    def bodies(self, queue_url: str) -> list[str]:
        return [each.get("Body", "") for each in self.take(queue_url)]

    def take(self, queue_url: str) -> list[MessageTypeDef]:
        return receive_all(self.sqs, queue_url)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run of the command said."""

    status: int
    output: str
    notes: str
    questions: Sequence[str]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.splitlines()]


def arn_of(queue_url: str) -> str:
    return ACCOUNT.format("sqs") + queue_url.rpartition("/")[2]


def send_of_consumer(
    queue_url: str,
    error: Exception,
    *,
    body: object = None,
    message_id: str | None = None,
    group_id: str | None = None,
    function: str = "issue-invoice",
    message_attributes: Mapping[str, object] | None = None,
    trace_header: str | None = None,
) -> None:
    """Send a dead letter as the runtime of a queue consumer does."""
    record = message(
        order_placed() if body is None else body,
        message_id=message_id,
        group_id=group_id,
        message_attributes=message_attributes,
        trace_header=trace_header,
    )
    send_dead_letter(
        cast("SqsMessage", record),
        error,
        queue_url=queue_url,
        context=FakeContext(function_name=function),
    )


def send_of_invocation(queue_url: str, error: Exception, *, event: object) -> None:
    """Send a failure as the runtime of an asynchronous consumer does."""
    send_failed_event(event, error, queue_url=queue_url, context=FakeContext(invoked_function_arn=FUNCTION_ARN))


def lambdas_own_record(event: str, *, answer: object = None, condition: str = "RetriesExhausted") -> str:
    """Give a failure of an asynchronous invocation as Lambda's destination sends it, around an event's own text."""
    record = {
        "version": "1.0",
        "timestamp": "2026-11-24T02:10:11.120Z",
        "requestContext": {
            "requestId": "c9b8fa9f-5a7f-4c5e-af9c-0c604cde93a5",
            "functionArn": f"{FUNCTION_ARN.rpartition(':')[0]}:$LATEST",
            "condition": condition,
            "approximateInvokeCount": 3,
        },
        "requestPayload": "EVENT",
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": answer,
    }
    return json.dumps(record).replace('"EVENT"', event)


def attributes_of(**texts: str) -> dict[str, Any]:
    return {name: {"DataType": "String", "StringValue": text} for name, text in texts.items()}


def undelivered_event(target_arn: str) -> dict[str, Any]:
    """Give the attributes with which EventBridge sends dead letters."""
    return attributes_of(
        RULE_ARN=RULE_ARN,
        TARGET_ARN=target_arn,
        ERROR_CODE="NO_PERMISSIONS",
        ERROR_MESSAGE="The target may not be invoked.",
        EXHAUSTED_RETRY_CONDITION="MaximumRetryAttempts",
        RETRY_ATTEMPTS="185",
    )


def undelivered_notification(content: str = "{}") -> dict[str, object]:
    """Give what SNS sends when it cannot deliver, without raw delivery; with it, it sends the message as it was."""
    return {
        "Type": "Notification",
        "MessageId": "3a971e3d-22a0-4cf9-aaa3-10849015a2ec",
        "TopicArn": TOPIC_ARN,
        "Message": content,
        "Timestamp": "2026-11-24T02:00:00.000Z",
        "SignatureVersion": "1",
        "Signature": "c2lnbmVk",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "UnsubscribeURL": f"https://sns.us-east-1.amazonaws.com/?SubscriptionArn={TOPIC_ARN}:1",
        "MessageAttributes": {"Tenant": {"Type": "String", "Value": "t1"}},
    }


def discarded_invocation(*, request_id: str = "request-1", code: str = "200", **own: str) -> dict[str, Any]:
    """Give the attributes with which Lambda sends to the dead-letter queue of a function."""
    texts = attributes_of(RequestID=request_id, ErrorMessage="Task timed out after 3.00 seconds", **own)
    return {**texts, "ErrorCode": {"DataType": "Number", "StringValue": code}}


def find(aws: FakeAws, dead: str, *, to: str | None = None) -> Destination:
    """Find the destination of the only letter of a queue."""
    queue = DeadLetterQueue(dead, sqs=aws.sqs)
    (letter,) = queue.read(limit=10)
    found = DestinationFinder(queue=queue, clients=aws.clients, to=to).destination_of(letter)
    for stubber in aws.stubbers.values():
        stubber.assert_no_pending_responses()
    return found


def send(aws: FakeAws, dead: str, attributes: dict[str, Any], *, body: object = None) -> None:
    text = json.dumps(order_placed() if body is None else body)
    aws.sqs.send_message(QueueUrl=dead, MessageBody=text, MessageAttributes=attributes)
