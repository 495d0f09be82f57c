"""Permissions on Kinesis data streams, one function per operation.

A stream with a key of yours takes ``kms.decrypt(key)`` to be read, and ``kms.encrypt_objects(key)`` to be written to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_kinesis as kinesis


def _stream_arn(stream: kinesis.IStream | str) -> str:
    return arn_of(stream, "stream_arn", service="kinesis", example="eu-west-1:111122223333:stream/sales")


def read_stream(stream: kinesis.IStream | str) -> Permission:
    """Allow an event source mapping to read the stream (an ``IStream`` or its ARN).

    ``ListStreams`` knows no resource, so that on one stream it would say nothing; ``SubscribeToShard`` is for consumers
    with enhanced fan-out.
    """
    return Permission(
        actions=(
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
        ),
        resources=(_stream_arn(stream),),
    )


def subscribe_to_shard(consumer: kinesis.IStreamConsumer | str) -> Permission:
    """Allow ``SubscribeToShard``, enhanced fan-out, to the consumer of a stream (an ``IStreamConsumer`` or its ARN)."""
    example = "eu-west-1:111122223333:stream/sales/consumer/figures:1700000000"
    arn = arn_of(consumer, "stream_consumer_arn", service="kinesis", example=example)
    return Permission(actions=("kinesis:SubscribeToShard",), resources=(arn,))


def put_record(stream: kinesis.IStream | str) -> Permission:
    """Allow ``PutRecord`` on the stream (an ``IStream`` or its ARN)."""
    return Permission(actions=("kinesis:PutRecord",), resources=(_stream_arn(stream),))


def put_records(stream: kinesis.IStream | str) -> Permission:
    """Allow ``PutRecords`` on the stream (an ``IStream`` or its ARN)."""
    return Permission(actions=("kinesis:PutRecords",), resources=(_stream_arn(stream),))
