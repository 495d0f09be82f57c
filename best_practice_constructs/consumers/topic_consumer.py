"""A consumer of a topic of SNS, through a queue of its own (E2, H1, H2, H6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import path_of, stack_of, tell_place
from best_practice_constructs.consumers.claim_check_warning import warn_unless_it_may_read
from best_practice_constructs.consumers.event_key import check_event_key
from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.consumers.message_readers import MessageReaders
from best_practice_constructs.consumers.topic_consumer_options import TopicConsumerOptions
from best_practice_constructs.consumers.topic_filter import FilteredEvents, topic_filter
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import InvalidArgumentError, refuse_unknown_options
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.observability.redrive_command import redrive_command
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue
from best_practice_constructs.queues.queue_delivery import let_service_send

_SNS = "sns.amazonaws.com"


class TopicConsumer(Construct):
    """A topic's consumer that loses nothing and does nothing twice, through a queue of its own (E2, H1, H2, H6).

    Creates an :class:`IdempotentQueueConsumer`, and the subscription of its queue: raw, so that the message is the
    event and nothing is around it; filtered by the message's body; with a dead-letter queue of its own (SSE-SQS, TLS
    only, kept 14 days) and an alarm for what SNS cannot deliver. Both queues take messages of this topic only. What
    ``runtime.TopicPublisher`` publishes is what a bus delivers: one handler serves both.

    :param topic: an ``aws_sns.ITopic`` of the same region. A FIFO topic makes the queues FIFO.
    :param handler: ``"module.function"``, decorated with ``runtime.queue_consumer``.
    :param entry: the function's directory; or ``code``, any ``aws_lambda.Code``.
    :param filter_policy: which messages: a declared event's class, some of its events (``OrderPlaced.where(…)``,
        without ``wildcard``, which SNS does not know), or a filter policy on the message's body. Default: all of them.
    :param raw_message_delivery: only ``True``: otherwise the event would be a text in an envelope of SNS's.
    :param subscription_dead_letter_queue: a queue of yours for what SNS cannot deliver; FIFO where the topic is.
    :param options: all else that :class:`IdempotentQueueConsumer` takes, under the same names, but ``fifo``.

    :ivar topic: as given.
    :ivar messages: which messages it takes, as a :class:`TopicFilter`; ``None`` for all of them.
    :ivar consumer: the :class:`IdempotentQueueConsumer`.
    :ivar queue: its queue.
    :ivar dead_letter_queue: what its function could not handle, with the cause.
    :ivar function: its :class:`SinglePurposeFunction`.
    :ivar event_source_mapping: its ``aws_lambda.EventSourceMapping``.
    :ivar idempotency_table: its table.
    :ivar subscription: the ``aws_sns.CfnSubscription``.
    :ivar subscription_dead_letter_queue: what SNS could not deliver to the queue.
    :ivar subscription_alarm: goes off at the first of them; ``None`` for a queue of yours.

    :raises InvalidArgumentError: settings that cannot work, or a filter that SNS does not take.

    Sources: SNS developer guide, *Raw message delivery*, *Dead-letter queues*, *Filter policy constraints*; talk 5:28,
    43:07.

    ```python
    from aws_cdk import App, Stack
    from aws_cdk import aws_sns as sns
    from best_practice_constructs import EventSource, TopicConsumer

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderShipped:
        order_id: str
        country: str


    stack = Stack(App(), "Notices")
    TopicConsumer(
        stack,
        "Letters",
        topic=sns.Topic(stack, "Notices", enforce_ssl=True),
        filter_policy=OrderShipped.where(country=["DE", "FR"]),
        entry="examples/topic_consumer/service",
        handler="write_letter.handler",
    )
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        topic: sns.ITopic,
        handler: str,
        entry: str | None = None,
        code: lambda_.Code | None = None,
        filter_policy: FilteredEvents | None = None,
        raw_message_delivery: bool = True,
        subscription_dead_letter_queue: sqs.IQueue | None = None,
        **options: Unpack[TopicConsumerOptions],
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        defaults = ServiceDefaults.used_in(scope)
        given: Mapping[str, object] = options
        if "fifo" in given:
            raise self._refusal(
                f"fifo={given['fifo']!r}",
                "whether messages come in order is the topic's to say, and the queues follow it",
                "leave it out; for order pass a FIFO topic, as in topic=sns.Topic(self, 'Topic', fifo=True)",
            )
        refuse_unknown_options(self, type(self), given=options, options=TopicConsumerOptions)
        if not raw_message_delivery:
            raise self._refusal(
                "raw_message_delivery=False",
                "SNS would put the event as a text into an envelope of its own, where neither the runtime nor the "
                "idempotency key finds it",
                "leave it out",
            )
        self._check_topic(topic)
        self._check_region(topic)
        is_fifo = bool(topic.fifo)
        self._check_kind(options.get("queue"), "queue", is_fifo=is_fifo)
        self._check_kind(subscription_dead_letter_queue, "subscription_dead_letter_queue", is_fifo=is_fifo)
        messages = topic_filter(self, filter_policy) if filter_policy is not None else None

        self.topic = topic
        self.messages = messages
        # A queue of the user's says itself that it is FIFO.
        self.consumer = IdempotentQueueConsumer(
            self,
            "Consumer",
            handler=handler,
            entry=entry,
            code=code,
            fifo=True if is_fifo and options.get("queue") is None else None,
            **options,
        )
        if messages is not None and messages.event is not None:
            check_event_key(self, self.consumer.idempotency_key, messages.event)
        self.subscription_alarm: cloudwatch.Alarm | None = None
        self.subscription_dead_letter_queue: sqs.IQueue = (
            subscription_dead_letter_queue or self._create_dead_letter_queue(defaults, options=options, is_fifo=is_fifo)
        )
        self.subscription = sns.CfnSubscription(
            self,
            "Subscription",
            topic_arn=topic.topic_arn,
            protocol="sqs",
            endpoint=self.queue.queue_arn,
            raw_message_delivery=True,
            filter_policy=dict(messages.policy) if messages else None,
            filter_policy_scope="MessageBody" if messages else None,
            redrive_policy={"deadLetterTargetArn": self.subscription_dead_letter_queue.queue_arn},
        )
        if messages is not None and messages.text is not None:
            self.subscription.add_property_override("FilterPolicy", messages.text)
        for queue in (self.queue, self.subscription_dead_letter_queue):
            policy = let_service_send(
                self, queue, service=_SNS, source_arn=topic.topic_arn, source_account=topic.env.account
            )
            if policy is not None:
                # What SNS may not send is not retried.
                self.subscription.node.add_dependency(policy)
        MessageReaders.used_in(self).tell(topic.topic_arn, self)
        if messages is not None and messages.event is not None and messages.event.claim_check:
            warn_unless_it_may_read(
                self,
                self.function,
                messages.event,
                remedy="route the events to the topic from a bus with claim_check=, or call store.allow_consumer(…) of "
                "the ClaimCheckStore where they are put aside",
            )

    @property
    def queue(self) -> sqs.IQueue:
        """The queue that is subscribed."""
        return self.consumer.queue

    @property
    def dead_letter_queue(self) -> sqs.IQueue:
        """What the function could not handle."""
        return self.consumer.dead_letter_queue

    @property
    def function(self) -> SinglePurposeFunction:
        """The function that handles the messages."""
        return self.consumer.function

    @property
    def event_source_mapping(self) -> lambda_.EventSourceMapping:
        """The mapping between queue and function."""
        return self.consumer.event_source_mapping

    @property
    def idempotency_table(self) -> dynamodb.ITable:
        """The table of the idempotency records."""
        return self.consumer.idempotency_table

    def allow(self, *permissions: Permission) -> None:
        """Let the consumer's function do what ``permissions`` say, and nothing more (C2)."""
        self.consumer.allow(*permissions)

    def _create_dead_letter_queue(
        self, defaults: ServiceDefaults, *, options: TopicConsumerOptions, is_fifo: bool
    ) -> sqs.Queue:
        queue = create_dead_letter_queue(
            self,
            "Undelivered",
            fifo=is_fifo,
            removal_policy=options.get("removal_policy") or defaults.removal_policy,
            encryption=options.get("encryption"),
            encryption_master_key=options.get("encryption_master_key"),
        )
        self.subscription_alarm = create_dead_letters_alarm(
            self,
            "UndeliveredAlarm",
            queue=queue,
            description=(
                f"SNS could not deliver messages to {path_of(self)}: most often its queue's policy or key does not "
                f"let it. Why is shown by: {redrive_command(queue)}. Mend it, then move them to the consumer's queue "
                "with --move: SQS itself moves no messages that came from SNS."
            ),
            defaults=defaults,
        )
        return queue

    def _check_topic(self, topic: object) -> None:
        # Some imported topics have no class of their own in Python.
        if hasattr(type(topic), "topic_arn") or (not isinstance(topic, Construct) and hasattr(topic, "topic_arn")):
            return
        named = path_of(topic) if isinstance(topic, Construct) else repr(topic)
        raise self._refusal(
            f"topic={named}, of type {type(topic).__name__}",
            "it is no topic of SNS",
            "pass an aws_sns.ITopic; for a queue make an IdempotentQueueConsumer, for a stream a StreamConsumer",
        )

    def _check_region(self, topic: sns.ITopic) -> None:
        region, own = topic.env.region, stack_of(self).region
        if region != own and not is_deploy_time_value(region) and not is_deploy_time_value(own):
            raise self._refusal(
                f"a topic in {region} for a consumer in {own}",
                "a subscription lives in its topic's region, and so must its dead-letter queue",
                f"put the consumer into a stack in {region}",
            )

    def _check_kind(self, queue: sqs.IQueue | None, name: str, *, is_fifo: bool) -> None:
        if queue is not None and bool(queue.fifo) != is_fifo:
            given = "a standard queue as {} for a FIFO topic" if is_fifo else "a FIFO queue as {} for a standard topic"
            raise self._refusal(
                given.format(name),
                "the order of a FIFO topic ends at a standard queue, and a standard topic cannot send to a FIFO queue",
                "make both FIFO or both standard",
            )

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(self, given=given, reason=reason, remedy=remedy)
