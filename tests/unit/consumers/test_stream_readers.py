"""DynamoDB serves two readers of a stream at once: each that is more is warned of."""

from __future__ import annotations

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Annotations, Match

from best_practice_constructs import ChangePublisher, EnrichedEventBus, EventSource, StreamConsumer
from best_practice_constructs.consumers.stream_readers import TOO_MANY_READERS
from tests.unit.helpers.entries import ENTRY, HANDLER

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced:
    """An order is there."""

    order_id: str


def _table(stack: Stack, id: str = "Table") -> dynamodb.Table:
    key = dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING)
    return dynamodb.Table(stack, id, partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)


def _read(stack: Stack, name: str, stream: dynamodb.ITable | kinesis.IStream) -> StreamConsumer:
    start = lambda_.StartingPosition.LATEST
    return StreamConsumer(stack, name, stream=stream, starting_position=start, entry=ENTRY, handler=HANDLER)


def _warnings(stack: Stack) -> list[tuple[str, str]]:
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp(TOO_MANY_READERS))
    return [(each.id, str(each.entry.data)) for each in found]


def test_the_third_reader_of_a_table_is_warned_of(stack: Stack) -> None:
    table = _table(stack)
    bus = EnrichedEventBus(stack, "Bus")
    ChangePublisher(stack, "Tell", table=table, bus=bus, events=[OrderPlaced], entry=ENTRY, handler=HANDLER)
    _read(stack, "Count", table)
    _read(stack, "Index", table)
    ((path, warning),) = _warnings(stack)
    assert path == "/Stack/Index"
    assert "Stack/Index is reader 3 of the stream of Stack/Table, beside Stack/Tell/Consumer, Stack/Count" in warning
    assert "Let one ChangePublisher publish the changes to a bus" in warning


@pytest.mark.parametrize("is_kinesis", [True, False])
def test_two_of_a_table_and_any_number_of_kinesis_are_right(stack: Stack, *, is_kinesis: bool) -> None:
    sources: list[dynamodb.ITable | kinesis.IStream] = [kinesis.Stream(stack, "Sales")] * 3
    if not is_kinesis:
        sources = [*[_table(stack)] * 2, _table(stack, "Other")]
    for number, source in enumerate(sources):
        _read(stack, f"C{number}", source)
    assert _warnings(stack) == []


def test_another_app_counts_for_itself(stack: Stack) -> None:
    arn = "arn:aws:dynamodb:us-east-1:111122223333:table/sales"
    there = Stack(App(context={"aws:cdk:bundling-stacks": []}), "Stack")
    for number, each in enumerate((stack, stack, there)):
        table = dynamodb.Table.from_table_attributes(
            each, f"T{number}", table_arn=arn, table_stream_arn=f"{arn}/stream/2026-11-24T00:00:00.000"
        )
        _read(each, f"C{number}", table)
    assert _warnings(stack) == _warnings(there) == []
