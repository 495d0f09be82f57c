"""Where dead letters are sent again: a queue, or a function that is invoked asynchronously (H1, H4)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from best_practice_constructs.operations.dead_letter import DeadLetter
from best_practice_constructs.operations.queue_address import queue_name, reason_of

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        MessageAttributeValueOutputTypeDef,
        MessageAttributeValueTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

_MOST_BYTES = 1_048_576
# What AWS says of one message, and not of all that could be sent.
_OF_THE_MESSAGE = (
    "BatchRequestTooLong",
    "InvalidMessageContents",
    "InvalidParameterValue",
    "InvalidRequestContent",
    "RequestTooLarge",
)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What became of dead letters that were sent.

    :param accepted: by the id of the dead letter, by what the new message or invocation is known.
    :param refused: by the id of the dead letter, why it was not taken.
    :param ended: why nothing more can be sent there; ``None`` while it can.
    """

    accepted: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    ended: str | None = None


class Destination(Protocol):
    """Where dead letters can be sent."""

    @property
    def label(self) -> str:
        """What a person calls it."""
        ...

    @property
    def most_letters(self) -> int:
        """How many one call takes."""
        ...

    @property
    def keeps_order(self) -> bool:
        """Whether the letters of a message group have an order there."""
        ...

    def objection(self, letter: DeadLetter) -> str | None:
        """Give why a letter cannot be sent there at all; ``None`` where it can."""
        ...

    def send(self, letters: Sequence[DeadLetter]) -> Sent:
        """Send letters; what is not accepted was not taken, or the answer was lost."""
        ...


@dataclass(frozen=True, kw_only=True)
class QueueDestination:
    """A queue.

    :param url: its address.
    :param sqs: botocore's (or boto3's) client.
    :param message_group_id: the group of messages that have none of their own, on a FIFO queue.
    """

    url: str
    sqs: SQSClient = field(compare=False, repr=False)
    message_group_id: str | None = None

    @property
    def label(self) -> str:
        """What a person calls it."""
        return f"the queue {queue_name(self.url)}"

    @property
    def most_letters(self) -> int:
        """How many one call takes."""
        return 10

    @property
    def keeps_order(self) -> bool:
        """Whether it is a FIFO queue."""
        return self.url.endswith(".fifo")

    def objection(self, letter: DeadLetter) -> str | None:
        """Give why a letter cannot be sent there at all."""
        if letter.payload is None:
            return "it holds no event that could be sent"
        if self.keeps_order and not self._group_of(letter):
            return f"{self.label} is a FIFO queue, and the message has no message group"
        return None

    def send(self, letters: Sequence[DeadLetter]) -> Sent:
        """Send letters in one call, or one by one when they are too large together."""
        entries = [self._entry(str(number), letter) for number, letter in enumerate(letters)]
        try:
            answer = self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            return (
                _unsent(letters, error) if len(letters) == 1 or not _is_of_message(error) else self._one_by_one(letters)
            )
        failed = {letters[int(each["Id"])].message_id: each for each in answer.get("Failed", [])}
        return Sent(
            accepted={letters[int(each["Id"])].message_id: each["MessageId"] for each in answer.get("Successful", [])},
            refused={name: f"{each['Code']}: {each.get('Message', '')}".rstrip(": ") for name, each in failed.items()},
        )

    def _one_by_one(self, letters: Sequence[DeadLetter]) -> Sent:
        accepted: dict[str, str] = {}
        refused: dict[str, str] = {}
        for letter in letters:
            sent = self.send([letter])
            accepted |= sent.accepted
            refused |= sent.refused
            if sent.ended:
                return Sent(accepted=accepted, refused=refused, ended=sent.ended)
        return Sent(accepted=accepted, refused=refused)

    def _entry(self, id: str, letter: DeadLetter) -> SendMessageBatchRequestEntryTypeDef:
        entry: SendMessageBatchRequestEntryTypeDef = {"Id": id, "MessageBody": letter.payload or ""}
        if letter.own_attributes:
            entry["MessageAttributes"] = {name: _sendable(each) for name, each in letter.own_attributes.items()}
        if trace_header := letter.system_attributes.get("AWSTraceHeader"):
            entry["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace_header}}
        if group_id := self._group_of(letter):
            entry["MessageGroupId"] = group_id
        if self.keeps_order:
            # Not the message's own: SQS would drop a message that comes back within five minutes of its first sending.
            # When it fails once more it has another id; when it is sent twice because its deletion failed, the same.
            entry["MessageDeduplicationId"] = letter.message_id
        return entry

    def _group_of(self, letter: DeadLetter) -> str | None:
        return letter.group_id or (self.message_group_id if self.keeps_order else None)


@dataclass(frozen=True, kw_only=True)
class FunctionDestination:
    """A function that is invoked asynchronously, with the retries and the on-failure destination that it has.

    :param function_name: its name or ARN, with the alias or version to invoke.
    :param functions: botocore's (or boto3's) client of ``lambda``.
    """

    function_name: str
    functions: LambdaClient = field(compare=False, repr=False)

    @property
    def label(self) -> str:
        """What a person calls it."""
        return f"the function {self.function_name.partition(':function:')[2] or self.function_name}"

    @property
    def most_letters(self) -> int:
        """How many one call takes."""
        return 1

    @property
    def keeps_order(self) -> bool:
        """Whether asynchronous invocations have an order: they have none."""
        return False

    def objection(self, letter: DeadLetter) -> str | None:
        """Give why a letter cannot be sent there at all."""
        try:
            json.loads(letter.payload or "")
        except ValueError:
            return "a function takes JSON only, and the message holds none"
        return None

    def send(self, letters: Sequence[DeadLetter]) -> Sent:
        """Invoke the function with each of the letters."""
        accepted: dict[str, str] = {}
        for letter in letters:
            payload = (letter.payload or "").encode()
            try:
                answer = self.functions.invoke(FunctionName=self.function_name, InvocationType="Event", Payload=payload)
            except (BotoCoreError, ClientError) as error:
                rest = [each for each in letters if each.message_id not in accepted]
                failure = _unsent(rest, error)
                return Sent(accepted=accepted, refused=failure.refused, ended=failure.ended)
            # Lambda's record of its failure, should it fail again, names this request.
            accepted[letter.message_id] = answer["ResponseMetadata"]["RequestId"]
        return Sent(accepted=accepted)


def size_of(letter: DeadLetter) -> int:
    """Give the bytes of a letter that count against what one call may carry."""
    size = len((letter.payload or "").encode())
    for name, attribute in letter.own_attributes.items():
        texts = (name, attribute["DataType"], attribute.get("StringValue", ""))
        size += sum(len(text.encode()) for text in texts) + len(attribute.get("BinaryValue", b""))
    return size


def fits(size: int) -> bool:
    """Whether one call may carry so many bytes."""
    return size <= _MOST_BYTES


def _sendable(attribute: MessageAttributeValueOutputTypeDef) -> MessageAttributeValueTypeDef:
    """Give an attribute as SQS takes it, without the lists that SQS keeps for later."""
    if "BinaryValue" in attribute:
        return {"DataType": attribute["DataType"], "BinaryValue": attribute["BinaryValue"]}
    return {"DataType": attribute["DataType"], "StringValue": attribute.get("StringValue", "")}


def _is_of_message(error: Exception) -> bool:
    code = error.response["Error"].get("Code", "") if isinstance(error, ClientError) else ""
    return any(each in code for each in _OF_THE_MESSAGE)


def _unsent(letters: Sequence[DeadLetter], error: Exception) -> Sent:
    reason = reason_of(error)
    return Sent(
        refused={letter.message_id: reason for letter in letters}, ended=None if _is_of_message(error) else reason
    )
