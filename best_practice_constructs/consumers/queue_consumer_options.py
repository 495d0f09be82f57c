"""The parameters of a queue consumer that are passed through: to its function, its queue and its mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, cast

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from best_practice_constructs.functions.function_options import FunctionOptions

_DEFAULT_MAX_CONCURRENCY = 10


class InnerQueueOptions(TypedDict, total=False):
    """What ``aws_sqs.Queue`` takes and the consumer only hands on; each means what it does there."""

    queue_name: str
    encryption: sqs.QueueEncryption
    encryption_master_key: kms.IKey
    data_key_reuse: Duration
    delivery_delay: Duration
    max_message_size_bytes: int
    receive_message_wait_time: Duration
    deduplication_scope: sqs.DeduplicationScope
    fifo_throughput_limit: sqs.FifoThroughputLimit


class InnerMappingOptions(TypedDict, total=False):
    """What ``aws_lambda.EventSourceMapping`` takes and the consumer only hands on."""

    filter_encryption: kms.IKey
    metrics_config: lambda_.MetricsConfig
    provisioned_poller_config: lambda_.ProvisionedPollerConfig


class QueueConsumerOptions(FunctionOptions, InnerQueueOptions, InnerMappingOptions, total=False):
    """All that an :class:`IdempotentQueueConsumer` takes beside its own parameters."""


def function_options(options: QueueConsumerOptions) -> FunctionOptions:
    """Give those that the function takes."""
    return cast("FunctionOptions", _of(FunctionOptions, options))


def queue_options(options: QueueConsumerOptions) -> InnerQueueOptions:
    """Give those that the queue takes."""
    return cast("InnerQueueOptions", _of(InnerQueueOptions, options))


def mapping_options(options: QueueConsumerOptions) -> InnerMappingOptions:
    """Give those that the event source mapping takes."""
    return cast("InnerMappingOptions", _of(InnerMappingOptions, options))


def most_concurrency(given: int | None, reserved: int | None, options: QueueConsumerOptions) -> int | None:
    """Give how many batches are handled at once: as given, or as many as the reserved concurrency lets, ten at most."""
    if given is not None or "provisioned_poller_config" in options:
        return given
    return min(_DEFAULT_MAX_CONCURRENCY, max(reserved or _DEFAULT_MAX_CONCURRENCY, 2))


def _of(kind: type, options: Mapping[str, object]) -> dict[str, object]:
    names = kind.__optional_keys__  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue] -- of every TypedDict
    return {name: value for name, value in options.items() if name in names}
