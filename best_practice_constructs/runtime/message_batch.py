"""Handle a batch of messages, each for itself, and tell Lambda which shall come again (H4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypedDict, cast

from best_practice_constructs.runtime import telemetry
from best_practice_constructs.runtime.errors import ConfigurationError
from best_practice_constructs.runtime.invocation import LambdaContext
from best_practice_constructs.runtime.message_handling import MessageHandling
from best_practice_constructs.runtime.message_outcome import MessageOutcome, write_metrics
from best_practice_constructs.runtime.sqs_message import SqsMessage


class BatchItemFailure(TypedDict):
    """One message that shall come again."""

    itemIdentifier: str


class PartialBatchResponse(TypedDict):
    """What Lambda's event source mapping reads: the messages that shall come again; it deletes the others."""

    batchItemFailures: list[BatchItemFailure]


class MessageBatch:
    """The messages of one invocation.

    It does of Powertools' batch processing what a queue needs: that one loads the classes of all of Lambda's events,
    and asyncio, at each cold start.

    :param messages: as Lambda gives them.
    """

    def __init__(self, messages: Sequence[SqsMessage]) -> None:
        self._messages = messages

    @classmethod
    def of(cls, event: Mapping[str, object]) -> MessageBatch:
        """Give the batch of an event.

        :raises ConfigurationError: it is no event of a queue.
        """
        records = event.get("Records")
        if not isinstance(records, list):
            raise ConfigurationError(
                "The event has no Records: the function consumes a queue and was invoked by something else."
            )
        return cls(cast("Sequence[SqsMessage]", records))

    def handle(self, handling: MessageHandling, *, is_fifo: bool, context: LambdaContext) -> PartialBatchResponse:
        """Handle the messages in their order, and write the metrics of what has become of them.

        A message that fails keeps no other from being handled; on a FIFO queue it keeps back those behind it in its
        group.
        """
        outcomes: Counter[MessageOutcome] = Counter()
        come_again: list[BatchItemFailure] = []
        stopped_groups: set[str | None] = set()
        try:
            for message in self._messages:
                group_id = message["attributes"].get("MessageGroupId") if is_fifo else None
                if is_fifo and group_id in stopped_groups:
                    outcome = MessageOutcome.DEFERRED
                else:
                    outcome = _handle(message, handling, context=context)
                outcomes[outcome] += 1
                if outcome in (MessageOutcome.FAILED, MessageOutcome.DEFERRED):
                    come_again.append({"itemIdentifier": message["messageId"]})
                    stopped_groups.add(group_id)
        finally:
            write_metrics(outcomes, function_name=context.function_name)
        # An error for a batch that failed as a whole would tell SQS what this tells it, and count as a crash beside.
        return {"batchItemFailures": come_again}


def _handle(message: SqsMessage, handling: MessageHandling, *, context: LambdaContext) -> MessageOutcome:
    try:
        return handling.handle(message, context=context)
    except Exception:  # noqa: BLE001 -- whatever went wrong, the message must come again
        # What a handler raises has ended in an outcome already. What is left, such as a log line that cannot be
        # written, must not take the others of the batch with it.
        telemetry.logger().exception("Message failed outside of its handler; it will come again")
        return MessageOutcome.FAILED
