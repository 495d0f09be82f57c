"""A table's changes as enriched events without any function, through EventBridge Pipes (S1, E6, H5, H6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_pipes as pipes
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import id_of, path_of, stack_of, tell_place
from best_practice_constructs.consumers.consumed_stream import ConsumedStream
from best_practice_constructs.consumers.filter_patterns import EventFilter, filter_patterns
from best_practice_constructs.consumers.stream_contract import MOST_RETRY_ATTEMPTS, StreamContract
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.durations import whole_seconds
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.change_patterns import complete_patterns, named_kinds
from best_practice_constructs.events.event_pattern import declared_event
from best_practice_constructs.events.kept_images import NEW_IMAGE, OLD_IMAGE, check_images, view_type
from best_practice_constructs.events.numberless_events import refuse_routes_by_number
from best_practice_constructs.events.pipe_metrics import unfinished_executions
from best_practice_constructs.events.pipe_role import create_pipe_role
from best_practice_constructs.events.pipe_template import (
    MOST_CHARACTERS,
    PipeTemplate,
    UncopiableFieldError,
    pipe_template,
)
from best_practice_constructs.events.routed_event_bus import RoutedEventBus
from best_practice_constructs.observability.alarm import create_alarm
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.operations.command_names import FAILED_STREAM_RECORDS
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue
from best_practice_constructs.runtime.event_type import EventDeclaration
from best_practice_constructs.units import refuse_unitless

# What PutEvents takes: a pipe cannot have a larger batch than its target.
_MOST_RECORDS = 10
_MOST_FILTERS = 5
_LOG_LEVELS = ("OFF", "ERROR", "INFO", "TRACE")


class ChangePipe(Construct):
    """Publishes what changes in a table as one kind of event, without any function, and loses none (S1, E6, H5, H6).

    Creates a pipe from the table's stream to the bus, with a template that is made from the event's class: the same
    envelope that ``EventPublisher`` writes, so ``runtime.queue_consumer`` reads it; a role that may read this stream,
    put on this bus, send to this queue and write to this log group; a failures queue (SSE-SQS, TLS only, kept 14 days);
    a log group for the pipe's errors; alarms on failures and on executions that fail.

    Pipes copies values, and does no more: fields may be ``str``, ``Decimal``, ``bool``, dates and times, ``UUID``,
    enums and literals of texts, and dataclasses of those. What else there is needs a :class:`ChangePublisher`, and so
    do routes that compare a number (a pipe cannot write ``detail.numbers``).

    :param table: a DynamoDB table with a stream, in the bus's account and region.
    :param bus: an :class:`EnrichedEventBus` or :class:`ExistingEventBus`.
    :param event: the declared class. Its fields ``before`` and ``after`` are filled from the images where they are
        dataclasses; all others by their names from the new image (where ``filters`` name ``REMOVE`` alone, from the old
        one).
    :param filters: a :class:`ChangeFilter`, or what ``aws_lambda.FilterCriteria.filter`` gives. One that leaves the
        kinds of changes open (``eventName``) takes those that have the images which the event is filled from.
    :param starting_position: default ``TRIM_HORIZON``: what was written before the pipe was there is told too (H6).
    :param correlation_id_attribute: the attribute of the item that holds the correlation id, a text; default: the
        event's id.
    :param occurred_at_attribute: the attribute that holds the time, a text as RFC 3339 has it; default: when the pipe
        got the record.
    :param batch_size: records at once, 1 to 10, what a bus takes in a call; default 10 (L9).
    :param max_batching_window: how long a batch is gathered, up to 5 minutes; default none.
    :param retry_attempts: of a batch, 0 to 10,000; default 10,000, so that the age decides (H1, H6).
    :param max_record_age: after which a record is given up; default 12 hours, half of what the stream keeps.
    :param parallelization_factor: batches of a shard at once, 1 to 10; order is then kept within an item only.
    :param on_failure: a standard queue of yours instead of the failures queue, alarm included.
    :param enabled: ``False`` stops the pipe: records wait in the stream, as long as it keeps them.
    :param log_level: of the pipe's log: ``OFF``, ``ERROR``, ``INFO`` or ``TRACE``; default ``"ERROR"``. Events are not
        logged.
    :param log_retention: default: the service's (H13).
    :param removal_policy: of the failures queue and the log group; default: the service's.
    :param description: of the pipe.
    :param role_path: of its role, such as ``"/orders/"``; default: the service's, ``"/"`` (C2).
    :param permissions_boundary: what its role may do at most; default: the service's, none (C2).
    :param customize: called with the inner ``aws_pipes.CfnPipe`` at last, for all that has no parameter here.

    :ivar pipe: the ``aws_pipes.CfnPipe``.
    :ivar template: the template and the images that it takes.
    :ivar role: the pipe's role.
    :ivar failures_queue: where the records lie that could not be told: their place in the stream.
    :ivar failures_alarm: goes off at the first of them; ``None`` for a queue of yours.
    :ivar execution_alarm: goes off when executions failed, in part too, timed out or were throttled in three minutes of
        fifteen: changes wait, and Pipes tells no age of theirs.
    :ivar log_group: the pipe's errors.
    :ivar contract: the numbers that were agreed on.

    :raises InvalidArgumentError: a field that Pipes cannot copy, filters that contradict the event, a table without a
        stream or with one that lacks an image, a template that is too long, numbers out of range.

    Sources: EventBridge user guide, *Amazon EventBridge Pipes input transformation*, *Amazon DynamoDB stream as a
    source*, *Logging*; talk 10:41, 9:00, 44:32.

    ```python
    from decimal import Decimal

    from aws_cdk import App, Stack
    from aws_cdk import aws_dynamodb as dynamodb
    from best_practice_constructs import ChangeFilter, ChangePipe, EnrichedEventBus, EventSource

    products = EventSource("com.example.products")


    @products.event
    class ProductListed:
        product_id: str
        price: Decimal


    stack = Stack(App(), "Products")
    table = dynamodb.Table(
        stack,
        "Products",
        partition_key=dynamodb.Attribute(name="product_id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_IMAGE,
    )
    ChangePipe(
        stack,
        "TellProducts",
        table=table,
        bus=EnrichedEventBus(stack, "Bus"),
        event=ProductListed,
        filters=[ChangeFilter(event_names=["INSERT"])],
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
        event: type,
        filters: Sequence[EventFilter] | None = None,
        starting_position: lambda_.StartingPosition = lambda_.StartingPosition.TRIM_HORIZON,
        correlation_id_attribute: str | None = None,
        occurred_at_attribute: str | None = None,
        batch_size: int = _MOST_RECORDS,
        max_batching_window: Duration | None = None,
        retry_attempts: int = MOST_RETRY_ATTEMPTS,
        max_record_age: Duration | None = None,
        parallelization_factor: int = 1,
        on_failure: sqs.IQueue | None = None,
        enabled: bool = True,
        log_level: str = "ERROR",
        log_retention: logs.RetentionDays | None = None,
        removal_policy: RemovalPolicy | None = None,
        description: str | None = None,
        role_path: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        customize: Callable[[pipes.CfnPipe], object] | None = None,
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        defaults = ServiceDefaults.used_in(scope)
        refuse_unitless(self, max_batching_window=max_batching_window, max_record_age=max_record_age)
        removal_policy = removal_policy or defaults.removal_policy
        declaration = declared_event(self, event)
        source = ConsumedStream.of(table, scope=self)
        self._check_place(bus)
        if on_failure is not None and on_failure.fifo:
            raise self._refusal(
                "a FIFO queue as on_failure", "Pipes sends what it gives up to standard queues", "pass a standard queue"
            )
        patterns = filter_patterns(self, filters or (), source="table")
        kinds = named_kinds(self, patterns)
        self.template = self._template(
            declaration,
            image=OLD_IMAGE if kinds == frozenset({"REMOVE"}) else NEW_IMAGE,
            correlation_id_attribute=correlation_id_attribute,
            occurred_at_attribute=occurred_at_attribute,
            defaults=defaults,
        )
        check_images(self, table, event=event, needed=self.template.images, keeps=view_type(table))
        patterns = complete_patterns(self, patterns, images=self.template.images, event=event)
        self._check_limits(batch_size=batch_size, filters=len(patterns), log_level=log_level)
        self.contract = StreamContract(
            is_table=True,
            retention=source.retention,
            timeout=0,
            batch_size=batch_size,
            max_batching_window=whole_seconds(max_batching_window) if max_batching_window else 0,
            retry_attempts=retry_attempts,
            max_record_age=whole_seconds(max_record_age) if max_record_age else None,
            parallelization_factor=parallelization_factor,
            tumbling_window=None,
            filters=len(patterns),
            starting_position=starting_position.value,
            starting_position_timestamp=None,
            reserved_concurrency=None,
            # Pipes tells no age.
            age_alarm_threshold=0,
            reader="Pipes",
        )
        for disagreement in self.contract.disagreements():
            raise self._refusal(disagreement.given, disagreement.reason, disagreement.remedy)

        self.table = table
        self.bus = bus
        self.failures_queue: sqs.IQueue = on_failure or create_dead_letter_queue(
            self, "Failures", removal_policy=removal_policy
        )
        self.log_group = logs.LogGroup(
            self, "Log", retention=log_retention or defaults.log_retention, removal_policy=removal_policy
        )
        self.role = create_pipe_role(
            self,
            "Role",
            source=source,
            event_bus=bus.event_bus,
            failures_queue=self.failures_queue,
            log_group=self.log_group,
            defaults=defaults,
            role_path=role_path,
            permissions_boundary=permissions_boundary,
        )
        properties = pipes.CfnPipe
        self.pipe = pipes.CfnPipe(
            self,
            "Pipe",
            description=description,
            desired_state="RUNNING" if enabled else "STOPPED",
            role_arn=self.role.role_arn,
            source=source.arn,
            source_parameters=properties.PipeSourceParametersProperty(
                dynamo_db_stream_parameters=properties.PipeSourceDynamoDBStreamParametersProperty(
                    starting_position=starting_position.value,
                    batch_size=batch_size,
                    maximum_batching_window_in_seconds=self.contract.max_batching_window or None,
                    maximum_retry_attempts=retry_attempts,
                    maximum_record_age_in_seconds=self.contract.effective_record_age,
                    on_partial_batch_item_failure="AUTOMATIC_BISECT",
                    parallelization_factor=parallelization_factor,
                    dead_letter_config=properties.DeadLetterConfigProperty(arn=self.failures_queue.queue_arn),
                ),
                filter_criteria=properties.FilterCriteriaProperty(
                    filters=[properties.FilterProperty(pattern=json.dumps(pattern)) for pattern in patterns]
                ),
            ),
            target=bus.event_bus.event_bus_arn,
            target_parameters=properties.PipeTargetParametersProperty(
                event_bridge_event_bus_parameters=properties.PipeTargetEventBridgeEventBusParametersProperty(
                    source=declaration.source,
                    detail_type=declaration.detail_type,
                    # A pipe cannot name itself here: its ARN is made after it.
                    resources=[source.arn],
                ),
                input_template=self.template.text,
            ),
            log_configuration=properties.PipeLogConfigurationProperty(
                cloudwatch_logs_log_destination=properties.CloudwatchLogsLogDestinationProperty(
                    log_group_arn=self.log_group.log_group_arn
                ),
                level=log_level,
            ),
        )
        self.failures_alarm = self._failures_alarm(defaults) if on_failure is None else None
        self.execution_alarm = self._execution_alarm(defaults)
        bus.add_publications(self, event)
        refuse_routes_by_number(self, bus=bus, declaration=declaration)
        if customize is not None:
            customize(self.pipe)

    def _check_limits(self, *, batch_size: int, filters: int, log_level: str) -> None:
        """Refuse what a mapping of Lambda would take, and a pipe does not."""
        if not 1 <= batch_size <= _MOST_RECORDS:
            raise self._refusal(
                f"batch_size={batch_size}",
                f"a pipe takes no more records at once than its target does, and a bus takes {_MOST_RECORDS} in a call",
                f"pass 1 to {_MOST_RECORDS}, or leave it out",
            )
        if filters > _MOST_FILTERS:
            raise self._refusal(
                f"{filters} filters",
                f"a pipe takes {_MOST_FILTERS}",
                "join them: one filter may list many values of a field",
            )
        if log_level not in _LOG_LEVELS:
            raise self._refusal(
                f"log_level={log_level!r}", "Pipes knows no such level", f"pass one of {', '.join(_LOG_LEVELS)}"
            )

    def _template(
        self,
        declaration: EventDeclaration,
        *,
        image: str,
        correlation_id_attribute: str | None,
        occurred_at_attribute: str | None,
        defaults: ServiceDefaults,
    ) -> PipeTemplate:
        try:
            template = pipe_template(
                declaration,
                image=image,
                static_metadata={
                    "service": defaults.service or id_of(stack_of(self)),
                    "stage": defaults.stage,
                    "application_version": defaults.application_version,
                },
                correlation_id_attribute=correlation_id_attribute,
                occurred_at_attribute=occurred_at_attribute,
            )
        except UncopiableFieldError as error:
            raise self._refusal(
                f"event={declaration.type.__name__}",
                str(error),
                "publish it with a ChangePublisher, whose function reads every type",
            ) from error
        if len(template.text) > MOST_CHARACTERS:
            raise self._refusal(
                f"event={declaration.type.__name__}, with a template of {len(template.text)} characters",
                f"Pipes takes {MOST_CHARACTERS}",
                "publish it with a ChangePublisher",
            )
        return template

    def _failures_alarm(self, defaults: ServiceDefaults) -> cloudwatch.Alarm:
        return create_dead_letters_alarm(
            self,
            "FailuresAlarm",
            queue=self.failures_queue,
            description=(
                f"{path_of(self)} could not tell of changes: its log says why. Each message says where they lie in "
                f"the stream: {FAILED_STREAM_RECORDS} shows them, until 24 "
                "hours after they happened. Mend the cause, then publish what they tell, or write the items again."
            ),
            defaults=defaults,
        )

    def _execution_alarm(self, defaults: ServiceDefaults) -> cloudwatch.Alarm:
        return create_alarm(
            self,
            "ExecutionAlarm",
            metric=unfinished_executions(self.pipe),
            threshold=1,
            # Pipes waits longer and longer between its attempts: of a record that always fails, not every minute tells.
            evaluation_periods=15,
            datapoints_to_alarm=3,
            description=(
                f"{path_of(self)} could not finish executions in three minutes of the last fifteen, and changes wait. "
                "Its metrics tell which: ExecutionFailed, ExecutionPartiallyFailed or ExecutionTimeout: its log says "
                "why; ExecutionThrottled: the account runs as many pipes at once as its quota allows, raise it. Pipes "
                "stops a pipe that fails for long (its StateReason tells); what is older than "
                f"{self.contract.effective_record_age} s is given up."
            ),
            defaults=defaults,
        )

    def _check_place(self, bus: RoutedEventBus) -> None:
        there, here = bus.event_bus.env, stack_of(self)
        for what, of_bus, own in (
            ("account", there.account, here.account),
            ("region", there.region, here.region),
        ):
            if of_bus != own and not is_deploy_time_value(of_bus) and not is_deploy_time_value(own):
                raise self._refusal(
                    f"a bus of the {what} {of_bus} for a pipe in {own}",
                    "Pipes puts events on buses of its own account and region only",
                    "publish to a bus here, and route from there to the other: bus.route(event, to=other_bus)",
                )

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(self, given=given, reason=reason, remedy=remedy)
