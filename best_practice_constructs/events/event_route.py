"""One route of a bus: a rule, its target, and what happens when the target cannot be reached (H1, H6)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.event_delivery import check_dead_letter_queue, check_encryption, let_events_send
from best_practice_constructs.functions.invocation_model import InvocationModel
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue
from best_practice_constructs.runtime.event_type import EventDeclaration

RouteTarget = IdempotentQueueConsumer | SinglePurposeFunction | sqs.IQueue


class EventRoute(Construct):
    """A rule with one target, retries and a dead-letter queue of its own (E5, H1, H6).

    Made by ``EnrichedEventBus.route``.

    It lives below its target, so that the stack of the bus knows nothing of its consumers (S5).

    :ivar event: what was declared of the event; ``None`` for a pattern.
    :ivar pattern: what the rule matches.
    :ivar target: where the events go.
    :ivar rule: the ``CfnRule``.
    :ivar dead_letter_queue: events that could not be delivered, with ``ERROR_CODE`` and ``ERROR_MESSAGE`` in the
        message attributes.
    :ivar permission: lets the rule invoke the function; ``None`` for a queue, whose policy does.
    :ivar dead_letters_alarm: goes off at the first of them; ``None`` for a queue of yours.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        event_bus: events.IEventBus,
        event: EventDeclaration | None,
        pattern: Mapping[str, object],
        target: RouteTarget,
        dead_letter_queue: sqs.IQueue | None,
        retry_attempts: int,
        max_event_age: Duration,
        message_group_id: str | None,
        enabled: bool,
    ) -> None:
        super().__init__(scope, id)
        self.permission: lambda_.CfnPermission | None = None
        self.event = event
        self.pattern = pattern
        self.target = target
        queue = target.queue if isinstance(target, IdempotentQueueConsumer) else target
        if not isinstance(queue, SinglePurposeFunction):
            self._check_queue(queue, message_group_id)
        if dead_letter_queue is not None:
            check_dead_letter_queue(self, dead_letter_queue)
            if dead_letter_queue is queue:
                raise InvalidArgumentError(
                    self,
                    given="the target itself as dead_letter_queue",
                    reason="what cannot be delivered to it cannot be delivered to it",
                    remedy="pass another queue, or leave it out: one is made",
                )
        self.dead_letters_alarm: cloudwatch.Alarm | None = None
        self.dead_letter_queue: sqs.IQueue = dead_letter_queue or self._create_dead_letter_queue()
        arn = queue.invocation_target.function_arn if isinstance(queue, SinglePurposeFunction) else queue.queue_arn
        self.rule = events.CfnRule(
            self,
            "Rule",
            event_bus_name=event_bus.event_bus_name,
            event_pattern=dict(pattern),
            state="ENABLED" if enabled else "DISABLED",
            targets=[
                events.CfnRule.TargetProperty(
                    id="Target",
                    arn=arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self.dead_letter_queue.queue_arn),
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_retry_attempts=retry_attempts,
                        maximum_event_age_in_seconds=int(max_event_age.to_seconds()),
                    ),
                    sqs_parameters=events.CfnRule.SqsParametersProperty(message_group_id=message_group_id)
                    if message_group_id
                    else None,
                )
            ],
        )
        let_events_send(self, self.dead_letter_queue, source_arn=self.rule.attr_arn)
        if isinstance(queue, SinglePurposeFunction):
            queue.invoked_by(InvocationModel.ASYNCHRONOUS)
            self.permission = lambda_.CfnPermission(
                self,
                "Permission",
                action="lambda:InvokeFunction",
                function_name=arn,
                principal="events.amazonaws.com",
                source_arn=self.rule.attr_arn,
            )
        else:
            let_events_send(self, queue, source_arn=self.rule.attr_arn)

    def _create_dead_letter_queue(self) -> sqs.Queue:
        defaults = ServiceDefaults.used_in(self)
        queue = create_dead_letter_queue(self, "DeadLetters", removal_policy=defaults.removal_policy)
        self.dead_letters_alarm = create_dead_letters_alarm(
            self,
            "DeadLettersAlarm",
            queue=queue,
            description=(
                f"EventBridge could not deliver events of {self.node.path}. The message attributes ERROR_CODE and "
                "ERROR_MESSAGE say why (often the target's policy); mend it, then send the messages' bodies to the "
                "target."
            ),
            defaults=defaults,
        )
        return queue

    def _check_queue(self, queue: sqs.IQueue, message_group_id: str | None) -> None:
        check_encryption(self, queue)
        if queue.fifo and not message_group_id:
            raise InvalidArgumentError(
                self,
                given="a FIFO queue without message_group_id",
                reason="SQS refuses a message without a group on a FIFO queue",
                remedy="pass message_group_id='…', the group of all events of this route",
            )
        if queue.fifo and not _deduplicates(queue):
            raise InvalidArgumentError(
                self,
                given=f"the FIFO queue {queue.node.path} without content-based deduplication",
                reason="EventBridge sends no deduplication id, and SQS would refuse every event",
                remedy="make the queue with content_based_deduplication=True",
            )
        if not queue.fifo and message_group_id:
            raise InvalidArgumentError(
                self,
                given=f"message_group_id={message_group_id!r} for a standard queue",
                reason="only FIFO queues have groups",
                remedy="leave message_group_id out, or make the queue FIFO",
            )


def _deduplicates(queue: sqs.IQueue) -> bool:
    """Tell whether a queue of the app deduplicates by content; of an imported one nothing is known."""
    resource = queue.node.default_child
    return not isinstance(resource, sqs.CfnQueue) or bool(resource.content_based_deduplication)
