"""The parameters of a stream's consumer that constructs which make one take under the same names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs

from best_practice_constructs.consumers.filter_patterns import EventFilter
from best_practice_constructs.functions.function_options import FunctionOptions


class StreamConsumerOptions(FunctionOptions, total=False):
    """What :class:`StreamConsumer` takes, but what is of Kinesis or of windows."""

    batch_size: int
    max_batching_window: Duration | None
    bisect_batch_on_error: bool
    retry_attempts: int
    max_record_age: Duration | None
    parallelization_factor: int
    filters: Sequence[EventFilter] | None
    on_failure: sqs.IQueue | None
    iterator_age_alarm_threshold: Duration | None
    enabled: bool
    timeout: Duration | None
    environment: Mapping[str, str] | None
    reserved_concurrent_executions: int | None
    removal_policy: RemovalPolicy | None
