"""Queues that fail as those of SQS may: in part, altogether, or after they have done what they were asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

ARN = "arn:aws:sqs:us-east-1:123456789012:"


class Fault(Enum):
    """What goes wrong with one call."""

    NONE = "none"
    SOME = "some entries are refused"
    DENIED = "the call is refused"
    ANSWER_LOST = "it is done, and nobody hears of it"
    INTERRUPTED = "the person stops the command"
    INTERRUPTED_AFTER = "it is done, and the person stops the command"


@dataclass
class Held:
    """A message in a queue."""

    message_id: str
    body: str
    group: str
    deduplication_id: str | None = None
    handle: str | None = None
    is_hidden: bool = False


@dataclass
class FaultyQueues:
    """What is called of a client of SQS, over queues in memory.

    :param faults: of the calls that send or delete, one after the other; afterwards all goes well.
    """

    fifo: bool
    faults: Sequence[Fault] = ()
    queues: dict[str, list[Held]] = field(default_factory=lambda: {"dead": [], "orders": []})
    sent: list[Held] = field(default_factory=list)
    _handles: Iterator[int] = field(default_factory=itertools.count)
    _calls: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        return f"https://sqs/123456789012/{name}{'.fifo' if self.fifo else ''}"

    def fill(self, groups: Sequence[str]) -> None:
        """Put a message into the dead-letter queue for each of the groups; its body is its number."""
        for number, group in enumerate(groups):
            self.queues["dead"].append(Held(message_id=f"dead-{number}", body=str(number), group=group))

    def bodies(self, name: str) -> list[str]:
        return [message.body for message in self.queues[name]]

    def get_queue_url(self, *, QueueName: str, **_: str) -> dict[str, str]:  # noqa: N803 -- the API's names
        return {"QueueUrl": f"https://sqs/123456789012/{QueueName}"}

    def get_queue_attributes(self, *, QueueUrl: str, **_: object) -> dict[str, object]:  # noqa: N803 -- the API's names
        count = str(len(self._queue(QueueUrl)))
        arn = ARN + QueueUrl.rpartition("/")[2]
        return {"Attributes": {"QueueArn": arn, "ApproximateNumberOfMessages": count}}

    def get_paginator(self, _operation: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=lambda **_: [{"queueUrls": [self.url("orders")]}])

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, **_: object) -> dict[str, object]:  # noqa: N803 -- the API's names
        queue = self._queue(QueueUrl)
        blocked = {message.group for message in queue if message.is_hidden} if self.fifo else set[str]()
        visible = [message for message in queue if not message.is_hidden and message.group not in blocked]
        received = visible[:MaxNumberOfMessages]
        for message in received:
            message.is_hidden, message.handle = True, f"handle-{next(self._handles)}"
        return {
            "Messages": [
                {
                    "MessageId": message.message_id,
                    "ReceiptHandle": message.handle,
                    "Body": message.body,
                    "Attributes": {"MessageGroupId": message.group} if self.fifo else {},
                }
                for message in received
            ]
        }

    def change_message_visibility_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803 -- the API's names
        Entries: Sequence[Mapping[str, Any]],  # noqa: N803 -- the API's names
    ) -> dict[str, object]:
        for entry in Entries:
            for message in self._queue(QueueUrl):
                if message.handle == entry["ReceiptHandle"]:
                    message.is_hidden = entry["VisibilityTimeout"] > 0
        return {}

    def send_message_batch(self, *, Entries: Sequence[Mapping[str, Any]], **_: str) -> dict[str, object]:  # noqa: N803 -- the API's names
        fault = self._before()
        successful: list[dict[str, str]] = []
        for entry in self._taken(Entries, fault):
            deduplication_id = entry.get("MessageDeduplicationId")
            message = Held(
                message_id=f"new-{len(self.sent)}",
                body=entry["MessageBody"],
                group=entry.get("MessageGroupId", ""),
                deduplication_id=deduplication_id,
            )
            if not self.fifo or deduplication_id not in {each.deduplication_id for each in self.sent}:
                self.queues["orders"].append(message)
                self.sent.append(message)
            successful.append({"Id": entry["Id"], "MessageId": message.message_id})
        return self._answer(Entries, successful, fault)

    def delete_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, object]:  # noqa: N803 -- the API's names
        fault = self._before()
        taken = self._taken(Entries, fault)
        handles = {entry["ReceiptHandle"] for entry in taken}
        self.queues["dead"] = [message for message in self._queue(QueueUrl) if message.handle not in handles]
        return self._answer(Entries, [{"Id": entry["Id"]} for entry in taken], fault)

    def _queue(self, url: str) -> list[Held]:
        return self.queues[url.rpartition("/")[2].removesuffix(".fifo")]

    def _before(self) -> Fault:
        number = next(self._calls)
        fault = self.faults[number] if number < len(self.faults) else Fault.NONE
        if fault is Fault.DENIED:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Batch")
        if fault is Fault.INTERRUPTED:
            raise KeyboardInterrupt
        return fault

    def _taken(self, entries: Sequence[Mapping[str, Any]], fault: Fault) -> list[Mapping[str, Any]]:
        return [each for number, each in enumerate(entries) if fault is not Fault.SOME or number % 2]

    def _answer(
        self, entries: Sequence[Mapping[str, Any]], successful: Sequence[Mapping[str, str]], fault: Fault
    ) -> dict[str, object]:
        if fault is Fault.ANSWER_LOST:
            raise ReadTimeoutError(endpoint_url="https://sqs")
        if fault is Fault.INTERRUPTED_AFTER:
            raise KeyboardInterrupt
        taken = {entry["Id"] for entry in successful}
        failed = [
            {"Id": entry["Id"], "Code": "InternalError", "Message": "", "SenderFault": False}
            for entry in entries
            if entry["Id"] not in taken
        ]
        return {"Successful": successful, "Failed": failed}
