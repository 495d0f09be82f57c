"""What is a stream, and where it is begun."""

from __future__ import annotations

from typing import cast

import pytest
from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from best_practice_constructs import InvalidArgumentError, StreamConsumer
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import resources_of_type


@pytest.mark.parametrize("position", ["LATEST", None])
def test_what_is_no_starting_position_is_refused(stack: Stack, position: object) -> None:
    with pytest.raises(InvalidArgumentError, match=f"starting_position={position!r} cannot work") as error:
        StreamConsumer(
            stack,
            "C",
            stream=kinesis.Stream(stack, "Sales"),
            starting_position=cast("lambda_.StartingPosition", position),
            entry=ENTRY,
            handler=HANDLER,
        )
    assert "Pass aws_lambda.StartingPosition.TRIM_HORIZON" in str(error.value)


def test_what_is_no_stream_is_refused(stack: Stack) -> None:
    start = lambda_.StartingPosition.TRIM_HORIZON
    for name, given, named in (
        ("C", sqs.Queue(stack, "Q"), "stream=Stack/Q, of type Queue"),
        ("D", "sales", "stream='sales', of type str"),
    ):
        with pytest.raises(InvalidArgumentError, match=named) as error:
            StreamConsumer(
                stack,
                name,
                stream=cast("kinesis.IStream", given),
                starting_position=start,
                entry=ENTRY,
                handler=HANDLER,
            )
        assert "for a queue make an IdempotentQueueConsumer" in str(error.value)


def test_imported_streams_and_tables_are_read(stack: Stack) -> None:
    start = lambda_.StartingPosition.TRIM_HORIZON
    arn = "arn:aws:kinesis:us-east-1:111122223333:stream/sales"
    table = "arn:aws:dynamodb:us-east-1:111122223333:table/sales"
    stream = f"{table}/stream/2026-11-24T00:00:00.000"
    sources: list[kinesis.IStream | dynamodb.ITable] = [
        kinesis.Stream.from_stream_arn(stack, "Stream", arn),
        dynamodb.Table.from_table_attributes(stack, "Table", table_arn=table, table_stream_arn=stream),
    ]
    for name, source in zip(("C", "D"), sources, strict=True):
        StreamConsumer(stack, name, stream=source, starting_position=start, entry=ENTRY, handler=HANDLER)
    mappings = resources_of_type(Template.from_stack(stack), "AWS::Lambda::EventSourceMapping").values()
    assert [mapping["EventSourceArn"] for mapping in mappings] == [arn, stream]


def test_a_starting_position_that_is_left_out_says_which_there_are(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^Stack/C: starting_position=None .*TRIM_HORIZON"):
        StreamConsumer(stack, "C", stream=kinesis.Stream(stack, "Sales"), entry=ENTRY, handler=HANDLER)
