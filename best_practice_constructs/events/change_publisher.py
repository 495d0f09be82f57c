"""A table's changes as enriched events: the transactional outbox, through a stream function (E6, H5, H6, S5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import tell_place
from best_practice_constructs.consumers.stream_consumer import StreamConsumer
from best_practice_constructs.consumers.stream_consumer_options import StreamConsumerOptions
from best_practice_constructs.errors import InvalidArgumentError, refuse_unknown_options
from best_practice_constructs.events.change_handler_check import check_change_handler
from best_practice_constructs.events.event_pattern import declared_event
from best_practice_constructs.events.kept_images import IMAGE_OF_FIELD, check_images, view_type
from best_practice_constructs.events.routed_event_bus import RoutedEventBus
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.runtime.event_images import image_fields
from best_practice_constructs.single_values import refuse_single_value


class ChangePublisher(Construct):
    """Publishes what changes in a table as events, and loses none: there is no second write (E6, H5, H6, S5).

    Creates a :class:`StreamConsumer` on the table's stream, whose function may publish to this bus and to no other. Its
    handler is made by ``runtime.change_publisher``: of an event class, which needs no code, or of a function that maps
    a change to events. The events of a batch are sent together; a change that can never be told goes to the failures
    queue with its cause, and the shard goes on.

    :param table: a DynamoDB table with a stream.
    :param bus: an :class:`EnrichedEventBus` or :class:`ExistingEventBus`.
    :param events: the declared classes that it publishes, for the catalogue (E4).
    :param handler: ``"module.function"``, made by ``runtime.change_publisher``.
    :param entry: the function's directory; or ``code``, any ``aws_lambda.Code``.
    :param starting_position: default ``TRIM_HORIZON``: what was written before the mapping was there is told too (H6).
    :param options: all else that :class:`StreamConsumer` takes, under the same names, but windows.

    :ivar consumer: the :class:`StreamConsumer`.
    :ivar function: its :class:`SinglePurposeFunction`.
    :ivar event_source_mapping: its ``aws_lambda.EventSourceMapping``.
    :ivar failures_queue: the changes that could not be told.
    :ivar failures_alarm: goes off at the first of them; ``None`` for a queue of yours.
    :ivar iterator_age_alarm: goes off when the publisher is behind.

    :raises InvalidArgumentError: a table without a stream, or with one that does not keep the images which an event
        takes (of a ``TableV2`` and of an imported table that is not known); an undeclared event, or none; a handler
        whose source tells that it publishes other events, or reads something else.

    Sources: DynamoDB developer guide, *Change data capture for DynamoDB Streams*; AWS prescriptive guidance,
    *Transactional outbox pattern*; talk 9:00, 13:13, 44:32.

    ```python
    from aws_cdk import App, Stack
    from aws_cdk import aws_dynamodb as dynamodb
    from best_practice_constructs import ChangePublisher, EnrichedEventBus, EventSource

    products = EventSource("com.example.products")


    @products.event
    class ProductChanged:
        product_id: str
        price: str


    stack = Stack(App(), "Products")
    table = dynamodb.Table(
        stack,
        "Products",
        partition_key=dynamodb.Attribute(name="product_id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    )
    ChangePublisher(
        stack,
        "PublishChanges",
        table=table,
        bus=EnrichedEventBus(stack, "Bus"),
        events=(ProductChanged,),
        entry="examples/change_publisher/service",
        handler="publish_changes.handler",
    )
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        table: dynamodb.ITable,
        bus: RoutedEventBus,
        events: Sequence[type],
        handler: str,
        entry: str | None = None,
        code: lambda_.Code | None = None,
        starting_position: lambda_.StartingPosition = lambda_.StartingPosition.TRIM_HORIZON,
        **options: Unpack[StreamConsumerOptions],
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        refuse_unknown_options(self, type(self), given=options, options=StreamConsumerOptions)
        refuse_single_value(self, "events", events, kind="declared classes")
        if not events:
            raise InvalidArgumentError(
                self,
                given="events=()",
                reason="nobody would know what it publishes (E4)",
                remedy="pass the declared classes, such as events=(OrderPlaced, OrderCancelled)",
            )
        keeps = view_type(table)
        for event in events:
            declared_event(self, event)
            needed = frozenset(IMAGE_OF_FIELD[name] for name in image_fields(event))
            check_images(self, table, event=event, needed=needed, keeps=keeps)
        check_change_handler(self, events, entry=entry, handler=handler)
        self.table = table
        self.bus = bus
        self.consumer = StreamConsumer(
            self,
            "Consumer",
            stream=table,
            starting_position=starting_position,
            handler=handler,
            entry=entry,
            code=code,
            **options,
        )
        bus.add_publisher(self.function)
        bus.add_publications(self, *events)

    @property
    def function(self) -> SinglePurposeFunction:
        """The function that publishes."""
        return self.consumer.function

    @property
    def event_source_mapping(self) -> lambda_.EventSourceMapping:
        """The mapping between stream and function."""
        return self.consumer.event_source_mapping

    @property
    def failures_queue(self) -> sqs.IQueue:
        """What could not be told."""
        return self.consumer.failures_queue

    @property
    def failures_alarm(self) -> cloudwatch.Alarm | None:
        """Goes off at the first change that could not be told."""
        return self.consumer.failures_alarm

    @property
    def iterator_age_alarm(self) -> cloudwatch.Alarm:
        """Goes off when the publisher is behind."""
        return self.consumer.iterator_age_alarm

    def allow(self, *permissions: Permission) -> None:
        """Let the publisher's function do what ``permissions`` say, and nothing more (C2)."""
        self.consumer.allow(*permissions)
