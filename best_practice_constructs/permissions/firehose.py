"""Permissions on Firehose delivery streams, one function per operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_kinesisfirehose as firehose


def _delivery_stream_arn(delivery_stream: firehose.IDeliveryStream | str) -> str:
    return arn_of(
        delivery_stream,
        "delivery_stream_arn",
        service="firehose",
        example="eu-west-1:111122223333:deliverystream/clicks",
    )


def put_record(delivery_stream: firehose.IDeliveryStream | str) -> Permission:
    """Allow ``PutRecord`` on the delivery stream (an ``IDeliveryStream`` or its ARN)."""
    return Permission(actions=("firehose:PutRecord",), resources=(_delivery_stream_arn(delivery_stream),))


def put_record_batch(delivery_stream: firehose.IDeliveryStream | str) -> Permission:
    """Allow ``PutRecordBatch`` on the delivery stream (an ``IDeliveryStream`` or its ARN)."""
    return Permission(actions=("firehose:PutRecordBatch",), resources=(_delivery_stream_arn(delivery_stream),))


def describe_delivery_stream(delivery_stream: firehose.IDeliveryStream | str) -> Permission:
    """Allow ``DescribeDeliveryStream`` on the delivery stream (an ``IDeliveryStream`` or its ARN)."""
    return Permission(actions=("firehose:DescribeDeliveryStream",), resources=(_delivery_stream_arn(delivery_stream),))
