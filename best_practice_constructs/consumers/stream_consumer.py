"""A stream's consumer, its retries, its failures and its alarms, as one contract (H1, H5, H6, L9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Unpack, cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import path_of, tell_place
from best_practice_constructs.consumers.consumed_stream import ConsumedStream
from best_practice_constructs.consumers.filter_patterns import EventFilter, filter_patterns, mapping_filters
from best_practice_constructs.consumers.stream_contract import MOST_RETRY_ATTEMPTS, StreamContract
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import duration_of, whole_seconds
from best_practice_constructs.errors import InvalidArgumentError, refuse_unknown_options
from best_practice_constructs.functions.function_options import FunctionOptions
from best_practice_constructs.functions.invocation_model import InvocationModel
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.observability.alarm import create_alarm
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.operations.command_names import FAILED_STREAM_RECORDS
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions import sqs as sqs_permissions
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue
from best_practice_constructs.runtime import environment as names
from best_practice_constructs.units import refuse_unitless


class StreamConsumer(Construct):
    """A consumer of a Kinesis or DynamoDB stream that keeps the order, and loses nothing (H1, H5, H6, L9).

    Creates a :class:`SinglePurposeFunction` that is polled, the event source mapping with partial batch responses,
    split batches, bounded retries and a bounded age, a failures queue (SSE-SQS, TLS only, kept 14 days), and alarms on
    failures and on the iterator's age. A record that can never be handled goes to the failures queue at once, with its
    cause, and the shard goes on; what Lambda gives up is named there by its place in the stream, from where
    ``python -m best_practice_constructs.operations.failed_stream_records`` fetches it back.

    :param stream: an ``aws_kinesis.IStream``, or a DynamoDB table with a stream.
    :param starting_position: where a new consumer starts: ``TRIM_HORIZON`` with the oldest record, ``LATEST`` with the
        next one. It has to be said, and leaving it out is an error: each is wrong for somebody.
    :param starting_position_timestamp: with ``AT_TIMESTAMP`` (Kinesis only): when to start, with a time zone.
    :param handler: ``"module.function"``, decorated with ``runtime.stream_consumer``.
    :param entry: the function's directory; or ``code``, any ``aws_lambda.Code``.
    :param batch_size: records a call, 1 to 10,000; default 100 (L9).
    :param max_batching_window: how long a batch is gathered, up to 5 minutes; default none.
    :param bisect_batch_on_error: split a batch that fails, so that what fails is alone in the end; default ``True``
        (H5).
    :param retry_attempts: of a batch, 0 to 10,000; default 10,000, so that the age decides: an outage is a matter of
        hours, not of attempts (H1, H6).
    :param max_record_age: after which a record is given up, 60 s to 7 days; default: half of the stream's retention, so
        that it can be fetched back for as long again. An imported Kinesis stream counts as keeping 24 hours.
    :param report_batch_item_failures: only ``True``: without it what was done is done again with each failure (H5).
    :param parallelization_factor: batches of a shard at once, 1 to 10; order is then kept within a partition key only.
    :param tumbling_window: up to 15 minutes, for a handler of your own: ``runtime.stream_consumer`` refuses windows.
    :param filters: what invokes the function, any of up to five: a :class:`ChangeFilter` for a table, or what
        ``aws_lambda.FilterCriteria.filter`` gives; what does not match is passed over.
    :param on_failure: a standard queue of yours instead of the failures queue, alarm included.
    :param iterator_age_alarm_threshold: default: twice what a batch may take, 5 minutes at least (H9).
    :param enabled: ``False`` is the off switch: records wait in the stream, as long as it keeps them.
    :param timeout: of the function; default: the service's. It is for a whole batch.
    :param environment: more variables of the function.
    :param reserved_concurrent_executions: of the function; not 0 (see ``enabled``).
    :param removal_policy: of the failures queue and the log group; default: the service's.
    :param function_options: all else that :class:`SinglePurposeFunction` takes, under the same names.

    :ivar function: the :class:`SinglePurposeFunction`.
    :ivar event_source_mapping: the ``aws_lambda.EventSourceMapping``.
    :ivar failures_queue: what could not be handled.
    :ivar failures_alarm: goes off at the first failure; ``None`` for a queue of yours.
    :ivar iterator_age_alarm: goes off when the consumer is behind.
    :ivar contract: the numbers that were agreed on.

    :raises InvalidArgumentError: settings that cannot work, or a table without a stream.

    Sources: Lambda developer guide, *Using Lambda with Kinesis*, *Using Lambda with DynamoDB streams*; talk 24:40,
    44:32.

    ```python
    from aws_cdk import App, Stack
    from aws_cdk import aws_kinesis as kinesis
    from aws_cdk import aws_lambda as lambda_
    from best_practice_constructs import StreamConsumer

    stack = Stack(App(), "Sales")
    StreamConsumer(
        stack,
        "Figures",
        stream=kinesis.Stream(stack, "Payments"),
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        entry="examples/stream_consumer/service",
        handler="count_sales.handler",
    )
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stream: kinesis.IStream | dynamodb.ITable,
        starting_position: lambda_.StartingPosition | None = None,
        starting_position_timestamp: datetime | None = None,
        handler: str,
        entry: str | None = None,
        code: lambda_.Code | None = None,
        batch_size: int = 100,
        max_batching_window: Duration | None = None,
        bisect_batch_on_error: bool = True,
        retry_attempts: int = MOST_RETRY_ATTEMPTS,
        max_record_age: Duration | None = None,
        report_batch_item_failures: bool = True,
        parallelization_factor: int = 1,
        tumbling_window: Duration | None = None,
        filters: Sequence[EventFilter] | None = None,
        on_failure: sqs.IQueue | None = None,
        iterator_age_alarm_threshold: Duration | None = None,
        enabled: bool = True,
        timeout: Duration | None = None,
        environment: Mapping[str, str] | None = None,
        reserved_concurrent_executions: int | None = None,
        removal_policy: RemovalPolicy | None = None,
        **function_options: Unpack[FunctionOptions],
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        defaults = ServiceDefaults.used_in(scope)
        removal_policy = removal_policy or defaults.removal_policy
        refuse_unknown_options(self, type(self), given=function_options, options=FunctionOptions)
        refuse_unitless(
            self,
            function_options,
            timeout=timeout,
            max_batching_window=max_batching_window,
            max_record_age=max_record_age,
            tumbling_window=tumbling_window,
            iterator_age_alarm_threshold=iterator_age_alarm_threshold,
        )
        timeout = timeout or defaults.timeout
        if not report_batch_item_failures:
            raise self._refusal(
                "report_batch_item_failures=False",
                "each failure would bring the records before it again, and the runtime reports how far it came (H5)",
                "leave it out",
            )
        if on_failure is not None and on_failure.fifo:
            raise self._refusal(
                "a FIFO queue as on_failure",
                "Lambda sends what it gives up to standard queues only",
                "pass a standard queue; each message tells its place in the stream",
            )
        starting_position = self._position(starting_position)
        source = ConsumedStream.of(stream, scope=self)
        patterns = filter_patterns(self, filters or (), source="table" if source.is_table else "stream")
        self.contract = StreamContract(
            is_table=source.is_table,
            retention=source.retention,
            timeout=whole_seconds(timeout),
            batch_size=batch_size,
            max_batching_window=whole_seconds(max_batching_window) if max_batching_window else 0,
            retry_attempts=retry_attempts,
            max_record_age=whole_seconds(max_record_age) if max_record_age else None,
            parallelization_factor=parallelization_factor,
            tumbling_window=whole_seconds(tumbling_window) if tumbling_window else None,
            filters=len(patterns),
            starting_position=starting_position.value,
            starting_position_timestamp=starting_position_timestamp,
            reserved_concurrency=reserved_concurrent_executions,
            age_alarm_threshold=whole_seconds(iterator_age_alarm_threshold) if iterator_age_alarm_threshold else None,
        )
        for disagreement in self.contract.disagreements():
            raise self._refusal(disagreement.given, disagreement.reason, disagreement.remedy)

        self.failures_queue: sqs.IQueue = on_failure or create_dead_letter_queue(
            self, "Failures", removal_policy=removal_policy
        )
        self.function = SinglePurposeFunction(
            self,
            "Function",
            handler=handler,
            entry=entry,
            code=code,
            environment={names.STREAM_FAILURES_QUEUE_URL: self.failures_queue.queue_url, **(environment or {})},
            timeout=timeout,
            reserved_concurrent_executions=reserved_concurrent_executions,
            removal_policy=removal_policy,
            invocation_model=InvocationModel.POLLED,
            **function_options,
        )
        # Both the runtime and Lambda itself send to the failures queue with the function's role.
        self.function.allow(*source.permissions(), sqs_permissions.send_message(self.failures_queue))
        if self.failures_queue.encryption_master_key:
            self.function.allow(kms_permissions.encrypt_messages(self.failures_queue.encryption_master_key))
        # Lambda checks when the mapping is created that the role may read the stream and send to the queue: the mapping
        # waits for the function, and this for the role and its policies.
        self.event_source_mapping = lambda_.EventSourceMapping(
            self,
            "EventSourceMapping",
            target=self.function.invocation_target,
            event_source_arn=source.arn,
            starting_position=starting_position,
            starting_position_timestamp=starting_position_timestamp.timestamp()
            if starting_position_timestamp
            else None,
            batch_size=batch_size,
            max_batching_window=max_batching_window,
            bisect_batch_on_error=bisect_batch_on_error,
            retry_attempts=retry_attempts,
            max_record_age=duration_of(self.contract.effective_record_age),
            report_batch_item_failures=True,
            parallelization_factor=parallelization_factor,
            tumbling_window=tumbling_window,
            filters=mapping_filters(patterns),
            enabled=enabled,
        )
        self._send_failures_to_the_queue()
        self.failures_alarm = self._failures_alarm(defaults) if on_failure is None else None
        self.iterator_age_alarm = self._iterator_age_alarm(defaults)

    def allow(self, *permissions: Permission) -> None:
        """Let the consumer's function do what ``permissions`` say, and nothing more (C2)."""
        self.function.allow(*permissions)

    def _position(self, position: object) -> lambda_.StartingPosition:
        if not isinstance(position, lambda_.StartingPosition):
            raise self._refusal(
                f"starting_position={position!r}",
                "a mapping begins somewhere, and what came before is never read",
                "pass aws_lambda.StartingPosition.TRIM_HORIZON (from the oldest record), LATEST or AT_TIMESTAMP",
            )
        return position

    def _send_failures_to_the_queue(self) -> None:
        # Not by the L2's SqsDlq, which would let the role read the queue's attributes too (C2).
        properties = lambda_.CfnEventSourceMapping
        mapping = cast("lambda_.CfnEventSourceMapping", self.event_source_mapping.node.default_child)
        mapping.destination_config = properties.DestinationConfigProperty(
            on_failure=properties.OnFailureProperty(destination=self.failures_queue.queue_arn)
        )

    def _failures_alarm(self, defaults: ServiceDefaults) -> cloudwatch.Alarm:
        return create_dead_letters_alarm(
            self,
            "FailuresAlarm",
            queue=self.failures_queue,
            description=(
                f"{path_of(self)} could not handle records. A message with the attributes ErrorType and ErrorMessage "
                "holds the record; one without is Lambda's, and tells where the records lie in the stream: fetch them "
                f"before they expire. Mend the cause, then hand both back: {FAILED_STREAM_RECORDS}."
            ),
            defaults=defaults,
        )

    def _iterator_age_alarm(self, defaults: ServiceDefaults) -> cloudwatch.Alarm:
        seconds = self.contract.effective_age_alarm_threshold
        return create_alarm(
            self,
            "IteratorAgeAlarm",
            metric=self.function.function.metric("IteratorAge", period=duration_of(60), statistic="Maximum"),
            threshold=seconds * 1000,
            evaluation_periods=3,
            description=(
                f"{path_of(self)} is {seconds} s behind its stream. Either handling fails and is retried: the "
                "function's log says at which record (its metric of errors does not count partial failures). Or more "
                "comes in than is handled: raise parallelization_factor, batch_size or memory_size. What is older than "
                f"{self.contract.effective_record_age} s is given up."
            ),
            defaults=defaults,
        )

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(self, given=given, reason=reason, remedy=remedy)
