"""A dead-letter queue: look at what lies in it, hidden from others meanwhile; delete it, or give it back (H4, H6)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from best_practice_constructs.operations.dead_letter import DeadLetter, dead_letter
from best_practice_constructs.operations.queue_address import (
    RedriveError,
    is_missing_queue,
    queue_name,
    queue_url,
    reason_of,
)

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import BatchResultErrorEntryTypeDef, MessageTypeDef

HIDDEN_SECONDS = 900
"""How long others do not see what is looked at: long enough to decide, and what is lost if the command is killed."""

_RENEWED_BEFORE_SECONDS = 120
# SQS asks all of its servers only when it may wait.
_WAIT_SECONDS = 1
# A look must fit into the memory of the machine it is made from.
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class MessageCounts:
    """How many messages a queue has, about.

    :param visible: those that can be received.
    :param hidden: those that somebody has received, and delayed ones.
    """

    visible: int
    hidden: int


class DeadLetterQueue:
    """A queue in which dead letters lie.

    :param queue: its address, ARN or name.
    :param sqs: botocore's (or boto3's) client.
    :param clock: tells seconds that go by.
    :ivar url: its address.
    :ivar arn: its ARN.
    :ivar fifo: whether it keeps the order of its groups.
    :raises RedriveError: there is no such queue.
    """

    def __init__(self, queue: str, *, sqs: SQSClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._sqs = sqs
        self._clock = clock
        self.url = queue_url(queue, sqs=sqs)
        self._attributes = self._read_attributes()
        self.arn = self._attributes["QueueArn"]
        self.fifo = self.arn.endswith(".fifo")
        self._hidden_until: dict[str, float] = {}
        self._held: dict[str, DeadLetter] = {}

    @property
    def name(self) -> str:
        """The queue's name."""
        return queue_name(self.arn)

    @property
    def counts(self) -> MessageCounts:
        """How many messages it had when it was found."""
        visible, hidden, delayed = (
            int(self._attributes.get(f"ApproximateNumberOfMessages{state}", "0"))
            for state in ("", "NotVisible", "Delayed")
        )
        return MessageCounts(visible=visible, hidden=hidden + delayed)

    @property
    def redrive_target_arn(self) -> str | None:
        """Where its own redrive policy sends messages; ``None`` where it has none, as it is with dead letters."""
        target = _object(self._attributes.get("RedrivePolicy")).get("deadLetterTargetArn")
        return str(target) if target else None

    @property
    def policy(self) -> Mapping[str, object]:
        """Who may send to it."""
        return _object(self._attributes.get("Policy"))

    def source_arns(self) -> tuple[str, ...]:
        """Give the queues whose dead letters SQS moves here, by SQS's own list or the redrive allow policy."""
        try:
            pages = self._sqs.get_paginator("list_dead_letter_source_queues").paginate(QueueUrl=self.url)
            return tuple(self._arn_beside(queue_name(url)) for page in pages for url in page.get("queueUrls", []))
        except ClientError:
            # Not allowed, or not known to an emulator. The consumers of this library name their queue here too.
            arns = _object(self._attributes.get("RedriveAllowPolicy")).get("sourceQueueArns")
            return tuple(str(arn) for arn in arns) if isinstance(arns, list) else ()

    def read(
        self, *, limit: int, wait: bool = True, advance: Callable[[int], None] = lambda _count: None
    ) -> list[DeadLetter]:
        """Receive dead letters, in the order in which they came; others do not see them for 15 minutes.

        Of a group of a FIFO queue no more come than SQS gives at once, until those are deleted or given back.

        :param limit: how many at most.
        :param wait: whether to make sure that there are no more; otherwise the first that nothing comes is the end.
        :param advance: is told how many more came.
        """
        found: dict[str, DeadLetter] = {}
        size = 0
        may_be_empty = not wait
        while len(found) < limit and size < _MOST_BYTES:
            messages = self._receive(min(10, limit - len(found)), wait_seconds=_WAIT_SECONDS if wait else 0)
            letters = {message["MessageId"]: dead_letter(message) for message in messages}
            new = letters.keys() - found.keys()
            # A message may come a second time; its later receipt handle is the one that counts.
            found |= letters
            self._held |= letters
            if not new and (may_be_empty or len(found) >= self.counts.visible):
                break
            # A standard queue may give nothing although it has something.
            may_be_empty = not new or not wait
            size += sum(len(letter.body) for letter in letters.values())
            advance(len(new))
        # Of a FIFO queue they came in the order of their groups.
        return list(found.values()) if self.fifo else sorted(found.values(), key=lambda letter: letter.sent_at)

    def keep_hidden(self, letters: Sequence[DeadLetter]) -> dict[str, str]:
        """Hide letters for longer that others would see soon; give why some are not ours any more, by message id."""
        now = self._clock()
        soon = [each for each in letters if self._hidden_until[each.message_id] - now < _RENEWED_BEFORE_SECONDS]
        lost = self._change_visibility(soon, seconds=HIDDEN_SECONDS)
        self._hidden_until |= {
            letter.message_id: now + HIDDEN_SECONDS for letter in soon if letter.message_id not in lost
        }
        return lost

    def delete(self, letters: Sequence[DeadLetter]) -> dict[str, str]:
        """Delete letters; give why some could not be, by message id.

        :raises botocore.exceptions.ClientError: SQS deletes nothing.
        """
        failed: dict[str, str] = {}
        for batch in _batches(letters):
            answer = self._sqs.delete_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": letter.receipt_handle} for number, letter in enumerate(batch)
                ],
            )
            refused = _failures(answer.get("Failed", []), of=batch)
            failed |= refused
            for letter in batch:
                if letter.message_id not in refused:
                    self._held.pop(letter.message_id, None)
        return failed

    def give_back(self) -> dict[str, str]:
        """Let others see again all that was received and not deleted; give why some are not given back.

        Those can be seen again after 15 minutes, unless somebody else has received or deleted them.
        """
        failed = self._change_visibility(list(self._held.values()), seconds=0)
        self._held.clear()
        return failed

    def _change_visibility(self, letters: Sequence[DeadLetter], *, seconds: int) -> dict[str, str]:
        failed: dict[str, str] = {}
        for batch in _batches(letters):
            answer = self._sqs.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": letter.receipt_handle, "VisibilityTimeout": seconds}
                    for number, letter in enumerate(batch)
                ],
            )
            failed |= _failures(answer.get("Failed", []), of=batch)
        return failed

    def _receive(self, count: int, *, wait_seconds: int) -> list[MessageTypeDef]:
        until = self._clock() + HIDDEN_SECONDS
        messages = self._sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=count,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=wait_seconds,
        ).get("Messages", [])
        self._hidden_until |= {message["MessageId"]: until for message in messages}
        return messages

    def _read_attributes(self) -> dict[str, str]:
        try:
            answer = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        except ClientError as error:
            if not is_missing_queue(error):
                raise
            raise RedriveError(
                f"There is no queue {self.url} in {self._sqs.meta.region_name} ({self._sqs.meta.endpoint_url}): "
                f"{reason_of(error)}"
            ) from error
        return {str(name): value for name, value in answer["Attributes"].items()}

    def _arn_beside(self, name: str) -> str:
        return f"{self.arn.rpartition(':')[0]}:{name}"


def _object(text: str | None) -> Mapping[str, object]:
    return cast("Mapping[str, object]", json.loads(text)) if text else {}


def _failures(failed: Sequence[BatchResultErrorEntryTypeDef], *, of: Sequence[DeadLetter]) -> dict[str, str]:
    return {
        of[int(entry["Id"])].message_id: f"{entry['Code']}: {entry.get('Message', '')}".rstrip(": ") for entry in failed
    }


def _batches(letters: Sequence[DeadLetter]) -> Iterator[list[DeadLetter]]:
    rest = iter(letters)
    while batch := list(islice(rest, 10)):
        yield batch
