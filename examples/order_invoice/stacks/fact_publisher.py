"""What reads a fact table's stream and publishes its facts as events (H5, S5)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from best_practice_constructs import (
    EnrichedEventBus,
    InvalidArgumentError,
    InvocationModel,
    Permission,
    ServiceDefaults,
    SinglePurposeFunction,
)
from best_practice_constructs.observability.alarm import create_alarm
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions
from best_practice_constructs.permissions import sqs as sqs_permissions
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue

# A stream keeps its records for 24 hours: what is given up after half of that can still be read, and be sent again, in
# the other half.
_LONGEST_RECORD_AGE = Duration.hours(12)
_RETRY_ATTEMPTS = 1000
_OLDEST_RECORD_ALARM = Duration.minutes(5)


class FactPublisher(Construct):
    """A function on a fact table's stream that publishes to a bus, and loses nothing on the way (H1, H5, H6).

    A batch that fails is split and tried again for twelve hours. The order of facts is kept, so one that cannot be
    published holds up those that come after it in its shard until it is given up; the delay alarm tells after five
    minutes. What is given up is named in the failures queue (where it lies in the stream, not the fact itself, which
    stays in its table).

    :param entry: the directory of the service's bundle.
    :param handler: decorated with ``shop.fact_stream.stream_handler``.
    :param table: with a stream of new images.
    :param bus: where the events go.
    :param events: what it publishes, for the catalogue.
    :param facts: the sort keys of the facts that are told; others do not even invoke the function.

    :ivar function: the :class:`SinglePurposeFunction`.
    :ivar event_source_mapping: the ``CfnEventSourceMapping``.
    :ivar failures: what was given up.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        entry: str,
        handler: str,
        table: dynamodb.ITable,
        bus: EnrichedEventBus,
        facts: tuple[str, ...],
        events: tuple[type, ...],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        defaults = ServiceDefaults.of(self)
        stream_arn = table.table_stream_arn
        if stream_arn is None:
            raise InvalidArgumentError(
                self,
                given=f"the table {table.node.path}",
                reason="it has no stream, so nothing would ever be published",
                remedy="give the table stream=StreamViewType.NEW_IMAGE",
            )
        self.failures = create_dead_letter_queue(self, "Failures", removal_policy=defaults.removal_policy)
        self.function = SinglePurposeFunction(
            self,
            "Function",
            entry=entry,
            handler=handler,
            timeout=Duration.seconds(30),
            environment=environment,
            invocation_model=InvocationModel.POLLED,
        )
        self.function.allow(dynamodb_permissions.read_stream(stream_arn), sqs_permissions.send_message(self.failures))
        bus.add_publisher(self.function, *events)
        self.event_source_mapping = lambda_.CfnEventSourceMapping(
            self,
            "EventSourceMapping",
            function_name=self.function.function.function_arn,
            event_source_arn=stream_arn,
            starting_position="TRIM_HORIZON",
            batch_size=100,
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=_RETRY_ATTEMPTS,
            maximum_record_age_in_seconds=int(_LONGEST_RECORD_AGE.to_seconds()),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self.failures.queue_arn)
            ),
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[lambda_.CfnEventSourceMapping.FilterProperty(pattern=_pattern(facts))]
            ),
        )
        # Lambda checks when the mapping is created that the role may read the stream.
        self.event_source_mapping.node.add_dependency(self.function.role)
        self.failures_alarm = create_dead_letters_alarm(
            self,
            "FailuresAlarm",
            queue=self.failures,
            description=(
                f"{self.node.path} gave up on facts after twelve hours. Each message says where they lie in the "
                "stream; mend the cause, then read them from the table and publish them again: their events keep "
                "their ids."
            ),
            defaults=defaults,
        )
        self.delay_alarm = create_alarm(
            self,
            "DelayAlarm",
            metric=self.function.function.metric("IteratorAge", period=Duration.minutes(1), statistic="Maximum"),
            threshold=_OLDEST_RECORD_ALARM.to_milliseconds(),
            evaluation_periods=3,
            description=(
                f"{self.node.path} is behind: the other services hear of facts five minutes late. Look at its errors "
                "in the log."
            ),
            defaults=defaults,
        )

    def allow(self, *permissions: Permission) -> None:
        """Let the function do what ``permissions`` say, and nothing more (C2)."""
        self.function.allow(*permissions)


def _pattern(facts: tuple[str, ...]) -> str:
    return json.dumps({"eventName": ["INSERT"], "dynamodb": {"Keys": {"fact": {"S": list(facts)}}}})
