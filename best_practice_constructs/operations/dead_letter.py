"""A dead letter: what is to be handled again, why it was not handled, and what tells where it belongs (H4, H6)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from best_practice_constructs.operations.stream_failure import json_object, stream_failure

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef, MessageTypeDef

WITHOUT_CAUSE = (
    "Without a cause: SQS itself moved it here (the worker died or timed out, or could not send the dead letter), SNS "
    "could not deliver it, or it was put here by hand; the function's log tells more"
)

UNDELIVERED = "Not delivered: SNS does not say why; the topic's delivery status log does, where it is on"

# What the senders of dead letters add to the attributes of the message, by what they are known by.
_CAUSE_ATTRIBUTES: Mapping[frozenset[str], frozenset[str]] = {
    frozenset({"ErrorType", "FailedAt"}): frozenset(
        {"ErrorType", "ErrorMessage", "FunctionName", "RequestId", "SourceMessageId", "ReceiveCount", "FailedAt"}
    ),
    frozenset({"RULE_ARN", "TARGET_ARN"}): frozenset(
        {"RULE_ARN", "TARGET_ARN", "ERROR_CODE", "ERROR_MESSAGE", "EXHAUSTED_RETRY_CONDITION", "RETRY_ATTEMPTS"}
    ),
}
# Lambda's: only with a number for a code, since a message may have attributes of these names.
_DISCARDED_ATTRIBUTES = frozenset({"RequestID", "ErrorCode", "ErrorMessage"})
_NOTIFICATION_MEMBERS = frozenset({"Type", "MessageId", "TopicArn", "Message"})
# What differs from message to message of one cause: ids, numbers, times. An HTTP status is a cause of its own.
_VARYING = re.compile(r"(?!\b[45]\d\d\b)(?<![\w-])[\w-]*\d[\w:+-]*(?:\.\d+\w*)?")


class DeadLetterKind(StrEnum):
    """Who put a dead letter where it lies."""

    MESSAGE = "message"
    """The runtime of a queue consumer, with the cause."""
    MESSAGE_WITHOUT_CAUSE = "message-without-cause"
    """SQS itself, which tells no cause, or nobody knows who."""
    UNDELIVERED_EVENT = "undelivered-event"
    """EventBridge, which could not deliver to the target of a rule."""
    UNDELIVERED_NOTIFICATION = "undelivered-notification"
    """SNS, which could not deliver its notification to the endpoint of a subscription.

    With raw delivery nothing tells the message from one that was put there by hand: it is one without a cause.
    """
    DISCARDED_INVOCATION = "discarded-invocation"
    """Lambda, for an asynchronous invocation of a function that has a dead-letter queue, and is not named."""
    INVOCATION = "invocation"
    """Lambda or the runtime, for an asynchronous invocation that failed."""
    STREAM_RECORDS = "stream-records"
    """Lambda, Pipes or the runtime, for records of a stream; ``failed_stream_records`` brings them back."""


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """One message of a dead-letter queue.

    :param message_id: of the message.
    :param receipt_handle: hides, gives back or deletes the message.
    :param kind: who put it there.
    :param cause: why, in one line.
    :param failed_at: when it failed; where no one tells, when it was sent.
    :param sent_at: when it was sent; SQS's own redrive of standard queues leaves it as it was.
    :param function: the name of the function that failed, if one did.
    :param event_type: the event's ``detail-type``, where the body tells one.
    :param event_id: the event's id, where the body tells one: an event that was told again has the same.
    :param body: the message's body as it is.
    :param payload: what is to be handled again: the body, or the event in it; ``None`` where it holds none.
    :param attributes: all of the message's attributes.
    :param system_attributes: what SQS tells of the message.
    :param own_attributes: the attributes that are not the cause's, which go along.
    :param marks: by what an earlier message is known that came back as this one.
    :param function_arn: what was invoked asynchronously.
    :param topic_arn: what was published to, where the message tells.
    """

    message_id: str
    receipt_handle: str
    kind: DeadLetterKind
    cause: str
    failed_at: datetime
    sent_at: datetime
    function: str | None
    event_type: str | None
    event_id: str | None
    body: str
    payload: str | None
    attributes: Mapping[str, MessageAttributeValueOutputTypeDef]
    system_attributes: Mapping[str, str]
    own_attributes: Mapping[str, MessageAttributeValueOutputTypeDef]
    marks: frozenset[str]
    function_arn: str | None
    topic_arn: str | None

    @property
    def cause_pattern(self) -> str:
        """The cause without what differs from message to message."""
        return _VARYING.sub("…", self.cause)

    @property
    def group_id(self) -> str | None:
        """The message group, within which the order is kept."""
        return self.system_attributes.get("MessageGroupId")

    def text(self, attribute: str) -> str | None:
        """Give the text of an attribute; ``None`` where it is missing or no text."""
        return self.attributes[attribute].get("StringValue") if attribute in self.attributes else None

    def matches(self, cause: str) -> bool:
        """Whether its cause contains a text, in whatever case, as it is or as it is shown for a group."""
        return any(cause.casefold() in each.casefold() for each in (self.cause, self.cause_pattern))


def dead_letter(message: MessageTypeDef) -> DeadLetter:
    """Read a message of a dead-letter queue, received with all of its attributes.

    ```python
    from best_practice_constructs.operations.dead_letter import dead_letter

    causes = {"ErrorType": "PermanentError", "ErrorMessage": "never", "SourceMessageId": "1", "FailedAt": "2026-11-24"}
    letter = dead_letter(
        {
            "MessageId": "2",
            "ReceiptHandle": "handle",
            "Body": '{"detail-type": "OrderPlaced"}',
            "MessageAttributes": {name: {"DataType": "String", "StringValue": text} for name, text in causes.items()},
        }
    )
    assert (letter.cause, letter.event_type) == ("PermanentError: never", "OrderPlaced")
    ```
    """
    attributes = message.get("MessageAttributes", {})
    system = {str(name): value for name, value in message.get("Attributes", {}).items()}
    texts = {name: each.get("StringValue", "") for name, each in attributes.items()}
    body = json_object(message["Body"])
    kind = _kind(message, texts=texts, system=system, body=body)
    is_invocation = kind is DeadLetterKind.INVOCATION
    context = _object_in(body, "requestContext") if is_invocation else {}
    function_arn = str(context["functionArn"]) if is_invocation else None
    event = body.get("requestPayload") if is_invocation else body
    event = event if isinstance(event, dict) else {}
    event_type = event.get("detail-type")
    names_of_causes = {
        name for known_by, names in _CAUSE_ATTRIBUTES.items() if known_by <= texts.keys() for name in names
    }
    is_discarded = kind is DeadLetterKind.DISCARDED_INVOCATION
    if is_discarded:
        names_of_causes |= _DISCARDED_ATTRIBUTES
    request_id = texts["RequestID"] if is_discarded else context.get("requestId")
    marks = [message["MessageId"], texts.get("SourceMessageId"), request_id]
    return DeadLetter(
        message_id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        kind=kind,
        cause=_cause(kind, message=message, texts=texts, body=body),
        failed_at=_failed_at(kind, texts=texts, system=system, body=body),
        sent_at=_sent_at(system),
        function=_function_name(function_arn) if function_arn else _told(kind, texts.get("FunctionName")),
        event_type=event_type if isinstance(event_type, str) else None,
        event_id=_event_id(event),
        body=message["Body"],
        payload=_invocation_payload(message["Body"]) if is_invocation else message["Body"],
        attributes=attributes,
        system_attributes=system,
        own_attributes={name: each for name, each in attributes.items() if name not in names_of_causes},
        marks=frozenset(str(mark) for mark in marks if mark),
        function_arn=function_arn,
        topic_arn=str(body["TopicArn"]) if kind is DeadLetterKind.UNDELIVERED_NOTIFICATION else None,
    )


def _kind(
    message: MessageTypeDef, *, texts: Mapping[str, str], system: Mapping[str, str], body: Mapping[str, object]
) -> DeadLetterKind:
    # First the queue consumers: what their messages hold may look like anything.
    if "DeadLetterQueueSourceArn" in system:
        return DeadLetterKind.MESSAGE_WITHOUT_CAUSE
    if texts.keys() >= {"ErrorType", "SourceMessageId"}:
        return DeadLetterKind.MESSAGE
    if "StreamArn" in texts or stream_failure(message).batch is not None:
        return DeadLetterKind.STREAM_RECORDS
    if "requestPayload" in body and "functionArn" in _object_in(body, "requestContext"):
        return DeadLetterKind.INVOCATION
    if texts.keys() >= {"RULE_ARN", "TARGET_ARN"}:
        return DeadLetterKind.UNDELIVERED_EVENT
    if _is_discarded(message.get("MessageAttributes", {})):
        return DeadLetterKind.DISCARDED_INVOCATION
    if body.keys() >= _NOTIFICATION_MEMBERS and body["Type"] == "Notification":
        return DeadLetterKind.UNDELIVERED_NOTIFICATION
    return DeadLetterKind.MESSAGE_WITHOUT_CAUSE


def _is_discarded(attributes: Mapping[str, MessageAttributeValueOutputTypeDef]) -> bool:
    code = attributes.get("ErrorCode")
    return "RequestID" in attributes and code is not None and code["DataType"] == "Number"


def _cause(
    kind: DeadLetterKind, *, message: MessageTypeDef, texts: Mapping[str, str], body: Mapping[str, object]
) -> str:
    if kind is DeadLetterKind.MESSAGE_WITHOUT_CAUSE:
        return WITHOUT_CAUSE
    if kind is DeadLetterKind.STREAM_RECORDS:
        return stream_failure(message).cause
    if kind is DeadLetterKind.UNDELIVERED_EVENT:
        return _joined(texts.get("ERROR_CODE"), texts.get("ERROR_MESSAGE"))
    if kind is DeadLetterKind.UNDELIVERED_NOTIFICATION:
        return UNDELIVERED
    if kind is DeadLetterKind.DISCARDED_INVOCATION:
        return _joined(f"status {texts['ErrorCode']}", texts.get("ErrorMessage"))
    if kind is DeadLetterKind.INVOCATION:
        answer = _object_in(body, "responsePayload")
        if answer.get("errorType") or answer.get("errorMessage"):
            return _joined(answer.get("errorType"), answer.get("errorMessage"))
        # An event that grew too old was perhaps never handed over.
        error = _object_in(body, "responseContext").get("functionError")
        return _joined(_object_in(body, "requestContext").get("condition"), error and f"function error {error}")
    return _joined(texts["ErrorType"], texts.get("ErrorMessage"))


def _joined(code: object, text: object) -> str:
    return " ".join(": ".join(str(part) for part in (code, text) if part).split()) or "unknown"


def _failed_at(
    kind: DeadLetterKind, *, texts: Mapping[str, str], system: Mapping[str, str], body: Mapping[str, object]
) -> datetime:
    told = {DeadLetterKind.MESSAGE: texts.get("FailedAt"), DeadLetterKind.INVOCATION: body.get("timestamp")}.get(kind)
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        return _sent_at(system)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sent_at(system: Mapping[str, str]) -> datetime:
    return datetime.fromtimestamp(int(system.get("SentTimestamp", "0")) / 1000, UTC)


def _told(kind: DeadLetterKind, function: str | None) -> str | None:
    """Give the function's name, unless it is of an earlier failure than the one that tells no cause."""
    return None if kind is DeadLetterKind.MESSAGE_WITHOUT_CAUSE else function


def _function_name(arn: str) -> str:
    return arn.split(":")[6] if arn.count(":") >= 6 else arn


class _Invocation(msgspec.Struct, rename="camel"):
    request_payload: msgspec.Raw


def _invocation_payload(body: str) -> str:
    """Give the event byte for byte: read and written again, its numbers could change."""
    try:
        return bytes(msgspec.json.decode(body, type=_Invocation).request_payload).decode()
    except msgspec.DecodeError:
        # Half a surrogate pair is JSON for Python, not for others.
        return json.dumps(json.loads(body)["requestPayload"])


def _event_id(event: Mapping[str, object]) -> str | None:
    """Give the id that the publisher gave, which stays; EventBridge gives another each time it is told."""
    told = _object_in(_object_in(event, "detail"), "metadata").get("event_id") or event.get("id")
    return told if isinstance(told, str) and "detail-type" in event else None


def _object_in(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}
