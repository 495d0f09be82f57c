"""What a pipe makes of a change, by the model of Pipes, is what a function makes of it; and a consumer reads it."""

from __future__ import annotations

import datetime
import enum
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Literal, cast

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs import ChangePipe, EnrichedEventBus, EventSource, ServiceDefaults
from best_practice_constructs.runtime import EventMetadata
from best_practice_constructs.runtime.change_fields import ChangeFields
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.queue_message import MessageReader
from best_practice_constructs.runtime.stream_record import change_of, position_of
from tests.unit.events.pipe_model import UndeliverableError, deliver
from tests.unit.helpers.examples import examples
from tests.unit.helpers.templates import only_resource
from tests.unit.runtime.stream_support import dynamodb_record

shop = EventSource("com.example.shop")


class Channel(enum.Enum):
    """Where something was bought."""

    WEB = "web"
    TILL = 'at the "till"'


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where something goes."""

    city: str
    is_island: bool


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A map within a map."""

    address: Address
    day: datetime.date


@shop.event(version=2, compatible_since=1, changed=("order.<state>",), detail_type="Order placed")
class OrderPlaced(Event):
    """A field of each kind that Pipes can copy."""

    order_id: str
    request: uuid.UUID
    total: Decimal
    is_paid: bool
    placed_at: datetime.datetime
    patience: datetime.timedelta
    channel: Channel
    currency: Literal["EUR", "CHF"]
    delivery: Delivery


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order, as it lies in the table."""

    order_id: str
    total: Decimal
    delivery: Delivery


@shop.event
class OrderChanged(Event):
    """What an order was and is."""

    order_id: str
    before: Order
    after: Order


@shop.event
class OrderForgotten(Event):
    """What an order was."""

    order_id: str
    delivery: Delivery


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ['"', "\\", '"}}', "<$.eventID>", "\n\t", "ü🙂", "</b>"]
)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6)
TIMES = st.datetimes(timezones=st.just(datetime.UTC))
DELIVERIES = st.builds(Delivery, address=st.builds(Address, city=TEXTS, is_island=st.booleans()), day=st.dates())
ORDERS = st.builds(Order, order_id=TEXTS, total=DECIMALS, delivery=DELIVERIES)
PLACED = st.builds(
    OrderPlaced,
    order_id=TEXTS,
    request=st.uuids(),
    total=DECIMALS,
    is_paid=st.booleans(),
    placed_at=TIMES,
    patience=st.timedeltas(min_value=datetime.timedelta(0), max_value=datetime.timedelta(days=9999)),
    channel=st.sampled_from(Channel),
    currency=st.sampled_from(["EUR", "CHF"]),
    delivery=DELIVERIES,
)


def attribute(value: object) -> dict[str, object]:
    """Give a value as DynamoDB's JSON has it."""
    if is_dataclass(value):
        return {"M": item(value)}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, Decimal):
        return {"N": format(value.normalize(), "f")}
    if isinstance(value, enum.Enum):
        return {"S": str(value.value)}
    if isinstance(value, datetime.timedelta):
        return {"S": f"P{value.days}DT{value.seconds}.{value.microseconds:06}S"}
    return {"S": value.isoformat() if isinstance(value, datetime.date) else str(value)}


def item(value: object) -> dict[str, object]:
    return {each.name: attribute(getattr(value, each.name)) for each in fields(value)}  # type: ignore[arg-type] # dataclasses


def _pipe(event: type, **options: object) -> Mapping[str, object]:
    stack = Stack(App(), "Shop")
    ServiceDefaults(service='the "shop" <1>', stage="test", application_version="1.2").apply_to(stack)
    table = dynamodb.Table(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    )
    bus = EnrichedEventBus(stack, "Bus")
    ChangePipe(stack, "Pipe", table=table, bus=bus, event=event, **options)  # type: ignore[arg-type] # by their names
    return only_resource(Template.from_stack(stack), "AWS::Pipes::Pipe")


@pytest.fixture(scope="module")
def placing() -> Mapping[str, object]:
    return _pipe(OrderPlaced, correlation_id_attribute="order_id", occurred_at_attribute="placed_at")


@pytest.fixture(scope="module")
def changing() -> Mapping[str, object]:
    return _pipe(OrderChanged)


@pytest.fixture(scope="module")
def forgetting() -> Mapping[str, object]:
    return _pipe(OrderForgotten, filters=[lambda_.FilterCriteria.filter({"eventName": ["REMOVE"]})])


def _read(event: type, delivered: object) -> tuple[object, EventMetadata]:
    """Read a delivery as ``queue_consumer(event=…)`` does."""
    assert isinstance(delivered, dict)
    reader = MessageReader(event=event, wants_metadata=True)
    message = reader.typed(json.dumps(delivered), body=cast("dict[str, object]", delivered))
    assert message.metadata is not None
    return message.event, message.metadata


def _filled(event: type, record: dict[str, object]) -> object:
    """Give what a function with ``change_publisher(event)`` tells of the same change."""
    return ChangeFields(event).fill(change_of(record, position=position_of(record)))


@settings(max_examples=examples(300), deadline=None)
@given(placed=PLACED)
def test_a_consumer_reads_the_event_that_the_item_says(placing: Mapping[str, object], placed: OrderPlaced) -> None:
    record = dynamodb_record(after={**item(placed), "of_no_field": {"L": []}}, sequence_number="7")
    event, metadata = _read(OrderPlaced, deliver(placing, record))
    assert event == placed == _filled(OrderPlaced, record)
    assert metadata == EventMetadata(
        event_id="change-7-Order placed-2",
        service='the "shop" <1>',
        stage="test",
        application_version="1.2",
        correlation_id=placed.order_id,
        causation_id="change-7",
        schema_version=2,
        compatible_since=1,
        occurred_at=placed.placed_at,
        changed=("order.<state>",),
    )


@settings(max_examples=examples(100), deadline=None)
@given(before=ORDERS, after=ORDERS)
def test_images_become_before_and_after(changing: Mapping[str, object], before: Order, after: Order) -> None:
    record = dynamodb_record("MODIFY", before=item(before), after=item(after))
    event, metadata = _read(OrderChanged, deliver(changing, record))
    assert event == OrderChanged(order_id=after.order_id, before=before, after=after) == _filled(OrderChanged, record)
    assert metadata.occurred_at == datetime.datetime(2026, 11, 24, 12, 0, 1, 250_000, tzinfo=datetime.UTC)
    assert metadata.correlation_id == metadata.event_id


@settings(max_examples=examples(100), deadline=None)
@given(order=ORDERS)
def test_what_was_removed_is_told_from_the_old_image(forgetting: Mapping[str, object], order: Order) -> None:
    record = dynamodb_record("REMOVE", before=item(order))
    event, _ = _read(OrderForgotten, deliver(forgetting, record))
    assert event == OrderForgotten(order_id=order.order_id, delivery=order.delivery) == _filled(OrderForgotten, record)


@pytest.mark.parametrize(("kind", "images"), [("INSERT", {"after": {}}), ("REMOVE", {"before": {}})])
def test_changes_without_an_image_that_is_needed_are_passed_over(
    changing: Mapping[str, object], kind: str, images: Mapping[str, Mapping[str, object]]
) -> None:
    assert deliver(changing, dynamodb_record(kind, **images)) is None  # type: ignore[arg-type] # by their names


def test_an_attribute_that_is_missing_is_no_event(changing: Mapping[str, object]) -> None:
    with pytest.raises(UndeliverableError, match='"total":,'):
        deliver(changing, dynamodb_record("MODIFY", before={"order_id": {"S": "1"}}, after={"order_id": {"S": "1"}}))
