"""Payloads are what handlers get: the runtime reads them."""

from __future__ import annotations

import datetime
import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, cast

import pytest
from pydantic import BaseModel, ConfigDict

from best_practice_constructs.runtime import EventSource, OutgoingEvent
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.queue_message import MessageReader
from best_practice_constructs.testing import FakeLambdaContext, eventbridge_event, example, sqs_event

orders = EventSource("com.example.orders")


class Kind(enum.Enum):
    """A kind."""

    GIFT = "gift"


@dataclass(frozen=True, kw_only=True)
class Line:
    """An article."""

    sku: str
    net: Decimal


@orders.event
class OrderPlaced(Event):
    """An order with a field of each kind."""

    order_id: uuid.UUID
    customer: Annotated[str, "a name"]
    kind: Kind
    lines: tuple[Line, ...]
    note: str | None
    either: int | str
    position: tuple[int, bool]
    channel: Literal["web", "shop"]
    labels: Mapping[str, Sequence[int]]
    placed_at: datetime.datetime
    ratio: float


@orders.event
class OrderShipped(BaseModel):
    """The same as a model."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    weight: Decimal


class Opaque:
    """What has no example."""


@dataclass
class WithOpaque:
    """It needs to be told."""

    thing: Opaque


def test_an_example_has_a_value_of_each_type() -> None:
    placed = example(OrderPlaced, customer="Ada")
    assert placed == example(OrderPlaced, customer="Ada")
    assert (placed.customer, placed.kind, placed.note, placed.either) == ("Ada", Kind.GIFT, None, 1)
    assert placed.lines == (Line(sku="sku", net=Decimal("9.90")),)
    assert (placed.position, placed.channel, placed.labels) == ((1, True), "web", {"labels": [1]})
    assert example(OrderShipped).weight == Decimal("9.90")


def test_what_has_no_example_is_told() -> None:
    with pytest.raises(TypeError, match="OrderPlaced has no field 'custmer'"):
        example(OrderPlaced, custmer="Ada")
    with pytest.raises(TypeError, match=r"pass thing=…"):
        example(WithOpaque)
    thing = Opaque()
    assert example(WithOpaque, thing=thing).thing is thing
    with pytest.raises(TypeError, match="no dataclass"):
        example(int)


@pytest.mark.parametrize("event", [example(OrderPlaced), example(OrderShipped)], ids=["dataclass", "model"])
def test_a_consumer_reads_what_was_made(event: object) -> None:
    payload = eventbridge_event(event, correlation_id="request-1")
    assert payload == eventbridge_event(event, correlation_id="request-1")
    batch = sqs_event(event, OutgoingEvent(event=event, event_id="17"), payload)
    records = cast("list[dict[str, str]]", batch["Records"])
    assert len(records) == 3
    reader = MessageReader(event=type(event), wants_metadata=True)
    for record in records:
        read = reader.typed(record["body"], body=reader.body(record["body"]))
        assert read.event == event
        assert read.metadata is not None
    assert FakeLambdaContext().get_remaining_time_in_millis() == 30_000


def test_metadata_that_there_are_not_are_told() -> None:
    with pytest.raises(TypeError, match="The metadata have no 'correlation'"):
        eventbridge_event(example(OrderShipped), correlation="x")


def test_messages_of_a_fifo_queue_have_their_group() -> None:
    (record,) = cast(
        "list[dict[str, dict[str, str]]]", sqs_event("text", message_group_id="g", receive_count=3)["Records"]
    )
    assert record["attributes"]["MessageGroupId"] == "g"
    assert record["attributes"]["ApproximateReceiveCount"] == "3"
    assert str(record["eventSourceARN"]).endswith(".fifo")
