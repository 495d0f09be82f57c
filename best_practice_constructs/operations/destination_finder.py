"""Find out where a dead letter belongs, from what it tells and from what its queue is connected to (H4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from best_practice_constructs.operations.command_names import FAILED_STREAM_RECORDS, REPLAY_ARCHIVE
from best_practice_constructs.operations.dead_letter import DeadLetter, DeadLetterKind
from best_practice_constructs.operations.dead_letter_functions import functions_with_dead_letter_queue
from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
from best_practice_constructs.operations.queue_address import (
    RedriveError,
    queue_name,
    queue_url,
    reason_of,
    service_of,
)
from best_practice_constructs.operations.redrive_destination import Destination, FunctionDestination, QueueDestination
from best_practice_constructs.operations.topic_subscriptions import TopicsClient, TopicSubscriptions

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import TargetOutputTypeDef
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

_NO_SOURCE = "no queue names this one in its redrive policy"
_TRANSFORMATIONS = ("Input", "InputPath", "InputTransformer")


@dataclass(frozen=True, kw_only=True)
class RedriveClients:
    """The clients that the command needs, from botocore or boto3."""

    sqs: SQSClient
    functions: LambdaClient
    events: EventBridgeClient
    topics: TopicsClient


class DestinationFinder:
    """Finds the destinations of the dead letters of one queue.

    :param queue: the dead-letter queue.
    :param clients: how AWS is asked.
    :param to: a queue or function (address, ARN or name) for all letters, instead of what is found.
    """

    def __init__(self, *, queue: DeadLetterQueue, clients: RedriveClients, to: str | None = None) -> None:
        self._queue = queue
        self._clients = clients
        self._named = self._resolve(to) if to else None
        self._found: dict[tuple[object, ...], Destination | RedriveError] = {}
        self._sources: tuple[str, ...] | None = None
        self._subscriptions = TopicSubscriptions(queue=queue, topics=clients.topics)

    def destination_of(self, letter: DeadLetter) -> Destination:
        """Give where a letter belongs, or what was named instead.

        :raises RedriveError: it cannot be known, or nothing of this command can send it there.
        """
        find, *known_by = self._way_of(letter)
        key = (letter.kind, *known_by)
        if key not in self._found:
            try:
                self._found[key] = find(letter)
            except RedriveError as error:
                self._found[key] = error
        found = self._found[key]
        if isinstance(found, RedriveError):
            raise found
        objection = found.objection(letter)
        if objection:
            raise RedriveError(objection)
        return found

    def _way_of(self, letter: DeadLetter) -> tuple[Callable[[DeadLetter], Destination], *tuple[object, ...]]:
        """Give how the destination of a letter is found, and what it is found by: it is asked for once."""
        if letter.kind is DeadLetterKind.STREAM_RECORDS:
            return (self._of_stream,)
        if self._named is not None:
            return (self._as_named,)
        if letter.kind is DeadLetterKind.UNDELIVERED_EVENT:
            return (self._of_rule, letter.text("RULE_ARN"), letter.text("TARGET_ARN"))
        if letter.kind is DeadLetterKind.DISCARDED_INVOCATION:
            return (self._of_discarded_invocation,)
        if letter.kind is DeadLetterKind.INVOCATION:
            return (self._of_invocation, letter.function_arn)
        source = letter.system_attributes.get("DeadLetterQueueSourceArn")
        if letter.kind is DeadLetterKind.MESSAGE or source:
            return (self._of_consumer, source, letter.function)
        return (self._of_nobody, letter.topic_arn)

    def _of_stream(self, _letter: DeadLetter) -> Destination:
        raise RedriveError(
            "these are records of a stream, which have a command of their own: "
            f"{FAILED_STREAM_RECORDS} {self._queue.url}"
        )

    def _as_named(self, _letter: DeadLetter) -> Destination:
        return cast("Destination", self._named)

    def _of_consumer(self, letter: DeadLetter) -> Destination:
        source = letter.system_attributes.get("DeadLetterQueueSourceArn")
        if source:
            return self._queue_at(source)
        sources = self._source_arns()
        if len(sources) == 1:
            return self._queue_at(sources[0])
        if not sources:
            raise RedriveError(f"{_NO_SOURCE}: say where with --to QUEUE_OR_FUNCTION")
        consumed = [arn for arn in self._queues_of_function(letter.function) if arn in sources]
        if len(consumed) == 1:
            return self._queue_at(consumed[0])
        raise _ambiguous(sources)

    def _of_nobody(self, letter: DeadLetter) -> Destination:
        """Find what is connected to the queue, for a letter that does not tell who put it there."""
        try:
            endpoints = self._subscriptions.endpoints(letter.topic_arn)
        except ClientError as error:
            raise RedriveError(
                f"the topic's subscriptions cannot be read ({reason_of(error)}): allow sns:ListSubscriptionsByTopic "
                "and sns:GetSubscriptionAttributes, or say where with --to QUEUE_OR_FUNCTION"
            ) from error
        candidates = sorted({*self._source_arns(), *endpoints})
        if len(candidates) > 1:
            raise _ambiguous(candidates)
        if not candidates:
            where = ", nor does a subscription that is known" if self._subscriptions.admitted else ""
            raise RedriveError(f"{_NO_SOURCE}{where}: say where with --to QUEUE_OR_FUNCTION")
        if service_of(candidates[0]) == "sqs":
            return self._queue_at(candidates[0])
        raise RedriveError(
            f"the subscription's endpoint is {candidates[0]}, which SNS gives more than the dead letter holds: publish "
            "its message to the topic again, or say with --to QUEUE_OR_FUNCTION what takes it as it is"
        )

    def _source_arns(self) -> tuple[str, ...]:
        if self._sources is None:
            self._sources = self._queue.source_arns()
        return self._sources

    def _queues_of_function(self, function: str | None) -> Iterator[str]:
        if function is None:
            return
        try:
            pages = self._clients.functions.get_paginator("list_event_source_mappings").paginate(FunctionName=function)
            for page in pages:
                for mapping in page["EventSourceMappings"]:
                    yield mapping.get("EventSourceArn", "")
        except ClientError:
            # Not allowed, or the function is gone: then it is for the person to say.
            return

    def _of_rule(self, letter: DeadLetter) -> Destination:
        rule_arn, target_arn = letter.text("RULE_ARN") or "", letter.text("TARGET_ARN") or ""
        if service_of(target_arn) == "events" and ":api-destination/" in target_arn:
            raise RedriveError(
                f"it is an event, and only the rule {rule_arn} makes the request to the API destination of it: "
                f"{_replay(rule_arn)} and --end END, around the times of these events; the destination is told again "
                "of all that was routed in that time. Then delete the dead letters"
            )
        target = self._target_of_rule(rule_arn, target_arn)
        if any(target.get(name) for name in _TRANSFORMATIONS):
            raise RedriveError(
                f"the rule {rule_arn} gives its target something made from the event: {_replay(rule_arn)}, or name a "
                "destination that takes the messages as they are with --to QUEUE_OR_FUNCTION"
            )
        service = service_of(target_arn)
        if service == "sqs":
            group_id = target.get("SqsParameters", {}).get("MessageGroupId")
            return self._queue_at(target_arn, message_group_id=group_id)
        if service == "lambda":
            return FunctionDestination(function_name=target_arn, functions=self._clients.functions)
        raise RedriveError(f"the rule's target {target_arn} is neither a queue nor a function: {_replay(rule_arn)}")

    def _target_of_rule(self, rule_arn: str, target_arn: str) -> TargetOutputTypeDef:
        bus, _, rule = rule_arn.partition(":rule/")[2].rpartition("/")
        unknown: TargetOutputTypeDef = {"Id": "", "Arn": target_arn}
        try:
            targets = self._clients.events.list_targets_by_rule(Rule=rule, EventBusName=bus or "default")["Targets"]
        except ClientError as error:
            if "NotFound" in error.response["Error"]["Code"]:
                return unknown
            raise RedriveError(
                f"what the rule {rule_arn} gives its target cannot be read ({reason_of(error)}): allow "
                "events:ListTargetsByRule, or say where with --to QUEUE_OR_FUNCTION"
            ) from error
        return next((target for target in targets if target["Arn"] == target_arn), unknown)

    def _of_discarded_invocation(self, _letter: DeadLetter) -> Destination:
        try:
            found = list(functions_with_dead_letter_queue(self._queue.arn, functions=self._clients.functions))
        except ClientError as error:
            raise RedriveError(
                "Lambda put it here, and does not say for which function; the functions cannot be listed "
                f"({reason_of(error)}): allow lambda:ListFunctions, or say which with --to FUNCTION"
            ) from error
        if len(found) == 1:
            return FunctionDestination(function_name=found[0], functions=self._clients.functions)
        if not found:
            raise RedriveError(
                "Lambda put it here, and does not say for which function; none has this dead-letter queue any more: "
                "say which with --to FUNCTION"
            )
        raise RedriveError(
            f"Lambda put it here, and does not say for which of {', '.join(found)}: say which with --to FUNCTION_ARN, "
            "ending with the alias or version that is invoked"
        )

    def _of_invocation(self, letter: DeadLetter) -> Destination:
        return FunctionDestination(function_name=letter.function_arn or "", functions=self._clients.functions)

    def _queue_at(self, arn: str, *, message_group_id: str | None = None) -> Destination:
        return QueueDestination(
            url=queue_url(arn, sqs=self._clients.sqs), sqs=self._clients.sqs, message_group_id=message_group_id
        )

    def _resolve(self, to: str) -> Destination:
        if service_of(to) == "lambda":
            return FunctionDestination(function_name=to, functions=self._clients.functions)
        try:
            url = queue_url(to, sqs=self._clients.sqs)
        except RedriveError:
            if ":" in to:
                raise
            return self._function_named(to)
        if url == self._queue.url:
            raise RedriveError(f"--to {to} is the dead-letter queue itself: name another queue, or a function.")
        return QueueDestination(url=url, sqs=self._clients.sqs)

    def _function_named(self, name: str) -> Destination:
        try:
            self._clients.functions.get_function_configuration(FunctionName=name)
        except ClientError as error:
            raise RedriveError(
                f"--to {name} is neither a queue nor a function here ({reason_of(error)}): pass an address, an ARN or "
                "a name."
            ) from error
        return FunctionDestination(function_name=name, functions=self._clients.functions)


def _ambiguous(arns: Sequence[str]) -> RedriveError:
    names = ", ".join(queue_name(arn) if service_of(arn) == "sqs" else arn for arn in arns)
    return RedriveError(f"it may be of any of {names}: say which with --to QUEUE_OR_FUNCTION")


def _replay(rule_arn: str) -> str:
    rule = rule_arn.rpartition("/")[2]
    return f"replay the archive to that rule with {REPLAY_ARCHIVE} --archive ARCHIVE --rule {rule} --start START"
