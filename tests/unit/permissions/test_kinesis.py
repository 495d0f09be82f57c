from __future__ import annotations

import pytest
from aws_cdk import Stack
from aws_cdk import aws_kinesis as kinesis

from best_practice_constructs import Permission
from best_practice_constructs.permissions import kinesis as kinesis_permissions

ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/sales"


@pytest.mark.parametrize(
    ("permission", "actions"),
    [
        (
            kinesis_permissions.read_stream(ARN),
            (
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:GetRecords",
                "kinesis:GetShardIterator",
                "kinesis:ListShards",
            ),
        ),
        (kinesis_permissions.put_record(ARN), ("kinesis:PutRecord",)),
        (kinesis_permissions.put_records(ARN), ("kinesis:PutRecords",)),
    ],
)
def test_each_operation_is_exact(permission: Permission, actions: tuple[str, ...]) -> None:
    assert (permission.actions, permission.resources) == (actions, (ARN,))


def test_streams_and_arns_say_the_same(stack: Stack) -> None:
    stream = kinesis.Stream.from_stream_arn(stack, "Sales", ARN)
    assert kinesis_permissions.read_stream(stream) == kinesis_permissions.read_stream(ARN)
