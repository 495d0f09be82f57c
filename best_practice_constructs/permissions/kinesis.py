"""Permissions on Kinesis data streams, one function per operation."""

from __future__ import annotations

from aws_cdk import aws_kinesis as kinesis

from best_practice_constructs.permissions.permission import Permission


def _stream_arn(stream: kinesis.IStream | str) -> str:
    return stream if isinstance(stream, str) else stream.stream_arn


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


def put_record(stream: kinesis.IStream | str) -> Permission:
    """Allow ``PutRecord`` on the stream (an ``IStream`` or its ARN)."""
    return Permission(actions=("kinesis:PutRecord",), resources=(_stream_arn(stream),))


def put_records(stream: kinesis.IStream | str) -> Permission:
    """Allow ``PutRecords`` on the stream (an ``IStream`` or its ARN)."""
    return Permission(actions=("kinesis:PutRecords",), resources=(_stream_arn(stream),))
