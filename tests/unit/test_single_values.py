"""A single value where a list is taken."""

from __future__ import annotations

from typing import Any, cast

import pytest
from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_

from best_practice_constructs import (
    ChangeFilter,
    ChangePipe,
    ChangePublisher,
    EnrichedEventBus,
    EventSchemaRegistry,
    EventSource,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    StreamConsumer,
)
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.single_values import refuse_single_value
from tests.unit.helpers.entries import ENTRY, HANDLER

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced(Event):
    """An order."""

    order_id: str


INSERTED = ChangeFilter(event_names=["INSERT"])
FILTERED = cast("dict[str, object]", lambda_.FilterCriteria.filter({"eventName": ["INSERT"]}))


def _table(stack: Stack) -> dynamodb.Table:
    return dynamodb.Table(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    )


def _stream_consumer(stack: Stack, filters: object) -> StreamConsumer:
    return StreamConsumer(
        stack,
        "Consumer",
        stream=_table(stack),
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        entry=ENTRY,
        handler=HANDLER,
        filters=cast("Any", filters),
    )


@pytest.mark.parametrize("given", [INSERTED, FILTERED])
def test_one_filter_is_written_as_a_list(stack: Stack, given: object) -> None:
    with pytest.raises(InvalidArgumentError) as raised:
        _stream_consumer(stack, given)
    assert f"filters={given!r} cannot work: it takes a list of filters. Write filters=[{given!r}]." in str(raised.value)
    assert "Consumer" in raised.value.path


def test_queues_and_pipes_take_lists_too(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match="it takes a list of filters"):
        IdempotentQueueConsumer(stack, "Queue", entry=ENTRY, handler=HANDLER, filters=cast("Any", FILTERED))
    with pytest.raises(InvalidArgumentError, match="it takes a list of filters"):
        ChangePipe(
            stack,
            "Pipe",
            table=_table(stack),
            bus=EnrichedEventBus(stack, "Bus"),
            event=OrderPlaced,
            filters=cast("Any", INSERTED),
        )


@pytest.mark.parametrize("given", [OrderPlaced, OrderPlaced.where(order_id="1"), "INSERT"])
def test_events_are_no_filters_of_records(stack: Stack, given: object) -> None:
    with pytest.raises(InvalidArgumentError) as raised:
        _stream_consumer(stack, [given])
    assert "mappings and pipes filter records" in raised.value.reason
    assert "ChangeFilter" in raised.value.remedy
    assert "bus.route(OrderPlaced.where(…), to=…)" in raised.value.remedy


def test_one_published_event_is_written_as_a_list(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match=r"Write events=\[OrderPlaced\]"):
        ChangePublisher(
            stack,
            "Changes",
            table=_table(stack),
            bus=EnrichedEventBus(stack, "Bus"),
            events=cast("Any", OrderPlaced),
            entry=ENTRY,
            handler=HANDLER,
        )


def test_one_source_of_a_registry_is_written_as_a_list(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match=r"Write sources=\[EventSource\('com.example.orders'\)\]"):
        EventSchemaRegistry(stack, "Schemas", sources=cast("Any", orders))


@pytest.mark.parametrize("given", [None, [], (OrderPlaced,), {OrderPlaced}, frozenset((1,))])
def test_lists_pass(stack: Stack, given: object) -> None:
    refuse_single_value(stack, "events", given, kind="declared classes")
