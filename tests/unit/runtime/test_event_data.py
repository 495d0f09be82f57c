"""What an event says is what its consumers read, or it is not published."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from pydantic import BaseModel, ConfigDict

from best_practice_constructs.events.event_schema import event_schema
from best_practice_constructs.runtime import (
    Event,
    EventPublisher,
    EventSource,
    InvalidEventDataError,
    OutgoingEvent,
    clients,
    event_declaration,
)
from best_practice_constructs.runtime.event_data import event_data
from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.queue_message import MessageReader
from tests.unit.helpers.formats import FORMATS

orders = EventSource("com.example.orders")


@dataclass(frozen=True)
class Line:
    sku: str
    net: Decimal


@orders.event
class OrderPlaced:
    order_id: uuid.UUID
    quantity: int
    total: Decimal
    ratio: float
    placed_at: datetime.datetime
    lines: tuple[Line, ...]
    note: str | None = None
    code: Annotated[str, msgspec.Meta(max_length=3)] = ""
    labels: dict[str, int] | None = None


@orders.event
class OrderShipped(BaseModel):
    model_config = ConfigDict(frozen=True)

    order_id: str
    weight: Decimal


_FIELDS: dict[str, object] = {
    "order_id": uuid.UUID(int=1),
    "quantity": 1,
    "total": Decimal("9.90"),
    "ratio": 0.5,
    "placed_at": datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC),
    "lines": (Line("pen", Decimal("9.90")),),
}


# What is at fault in the tests below.
_NAIVE = datetime.datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- the fault


def placed(**fields: object) -> OrderPlaced:
    return OrderPlaced(**cast("dict[str, Any]", _FIELDS | fields))


@pytest.fixture(autouse=True)
def no_clients() -> Iterator[None]:
    yield
    clients.forget()


def test_what_is_of_its_types_is_written_as_it_is() -> None:
    event = placed(labels={"a": 1})
    data = event_data(event)
    assert data.event == event
    assert json.loads(data.text)["lines"] == [{"sku": "pen", "net": "9.90"}]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"total": 5}, {"total": Decimal(5)}),
        ({"total": "9.90"}, {"total": Decimal("9.90")}),
        ({"ratio": 1}, {"ratio": 1.0}),
        ({"lines": [Line("pen", cast("Decimal", 3))]}, {"lines": (Line("pen", Decimal(3)),)}),
        ({"placed_at": "2026-11-24 00:00:00Z"}, {"placed_at": _FIELDS["placed_at"]}),
        ({"order_id": str(uuid.UUID(int=255)).upper()}, {"order_id": uuid.UUID(int=255)}),
    ],
)
def test_what_stands_for_a_value_without_a_doubt_is_that_value(
    given: dict[str, object], meant: dict[str, object]
) -> None:
    assert event_data(placed(**given)).event == placed(**meant)
    assert event_data(placed(**given)).text == event_data(placed(**meant)).text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"order_id": None}, "Expected `uuid`, got `null` at order_id"),
        ({"quantity": "many"}, "Expected `int`, got `str` at quantity"),
        ({"total": 9.9}, r"Expected `Decimal`, got the `float` 9\.9 at total\. Write Decimal\('9\.9'\): a float may"),
        ({"total": 1e-7}, r"Write Decimal\('1E-7'\)"),
        ({"note": "\ud800"}, "surrogates not allowed"),
        ({"total": Decimal("NaN")}, "Expected a finite number, got `NaN` at total"),
        ({"ratio": float("inf")}, "Expected a finite number, got `inf` at ratio"),
        ({"lines": (Line("pen", cast("Decimal", "dear")),)}, r"at lines\[0\]\.net"),
        ({"lines": (Line("pen", cast("Decimal", 0.1)),)}, r"at lines\[0\]\.net. Write Decimal\('0\.1'\)"),
        (
            {"placed_at": _NAIVE},
            r"The time 2026-11-24 12:00:00 has no zone, .* at placed_at\. Pass datetime\.now",
        ),
        ({"placed_at": "2026-11-24T12:00:00"}, r"has no zone, .* at placed_at"),
        ({"code": "long"}, "length <= 3 at code"),
        ({"note": object()}, "object is unsupported"),
        ({"labels": {"a": True}}, "Expected `int`, got `bool`"),
    ],
)
def test_what_is_of_another_type_is_refused_where_it_is_wrong(fields: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidEventDataError, match=message) as refusal:
        event_data(placed(**fields))
    assert str(refusal.value).startswith("The event OrderPlaced is not published: ")


@dataclass(frozen=True)
class Delivery:
    at: datetime.datetime | None
    opens_at: datetime.time


@orders.event
class DeliveryPlanned(Event):
    deliveries: tuple[Delivery, ...] = ()
    by_name: dict[str, Delivery] | None = None
    days: list[datetime.datetime | int] | None = None
    anything: object = None
    named: dict[str, Any] | None = None


@orders.event
class DeliveryDone(BaseModel):
    model_config = ConfigDict(frozen=True)

    delivery: Delivery
    times: dict[str, datetime.datetime]


_NOON = datetime.time(12)


@pytest.mark.parametrize(
    ("event", "path"),
    [
        (DeliveryPlanned(deliveries=(Delivery(None, _NOON), Delivery(_NAIVE, _NOON))), r"deliveries\[1\]\.at"),
        (DeliveryPlanned(by_name={"a": Delivery(_NAIVE, _NOON)}), r"by_name\.a\.at"),
        (DeliveryPlanned(days=[1, _NAIVE]), r"days\[1\]"),
        (DeliveryPlanned(anything=_NAIVE), "anything"),
        (DeliveryPlanned(named={"a": [{"b": _NAIVE}]}), r"named\.a\[0\]\.b"),
        (DeliveryPlanned(anything=Delivery(_NAIVE, _NOON)), r"anything\.at"),
        (DeliveryDone(delivery=Delivery(_NAIVE, _NOON), times={}), r"delivery\.at"),
        (DeliveryDone(delivery=Delivery(None, _NOON), times={"a": _NAIVE}), r"times\.a"),
    ],
)
def test_a_time_without_a_zone_is_refused_wherever_it_lies(event: object, path: str) -> None:
    with pytest.raises(InvalidEventDataError, match=rf"has no zone, .* at {path}\. Pass datetime\.now\(UTC\)"):
        event_data(event)


def test_a_time_of_day_needs_no_zone_and_a_point_in_time_may_have_any() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=-3))
    delivery = Delivery(_NAIVE.replace(tzinfo=zone), _NOON)
    planned = DeliveryPlanned(deliveries=(delivery,), days=[1, _NAIVE.replace(tzinfo=zone)], anything={"at": _NOON})
    assert json.loads(event_data(planned).text)["deliveries"] == [
        {"at": "2026-11-24T12:00:00-03:00", "opens_at": "12:00:00"}
    ]
    done = DeliveryDone(delivery=delivery, times={"a": _NAIVE.replace(tzinfo=zone)})
    assert event_data(done).event == done


def test_a_part_with_more_fields_than_declared_is_refused() -> None:
    @dataclass(frozen=True)
    class LineWithGift(Line):
        gift: str = "a pen"

    with pytest.raises(InvalidEventDataError, match=r"the fields gift, net, sku.*at lines\[0\]"):
        event_data(placed(lines=(LineWithGift("pen", Decimal(1)),)))


def test_a_model_that_was_not_validated_is_refused() -> None:
    assert event_data(OrderShipped(order_id="1", weight=Decimal("0.5"))).event
    # Pydantic itself only warns.
    with pytest.warns(UserWarning, match="serialized value"), pytest.raises(InvalidEventDataError, match="weight"):
        event_data(OrderShipped.model_construct(order_id="1", weight=cast("Decimal", "heavy")))


def test_nothing_is_sent_when_one_of_several_is_wrong() -> None:
    clients.use("events", None)
    with pytest.raises(InvalidEventDataError):
        EventPublisher(bus_name="bus").publish_all(
            [OutgoingEvent(event=placed()), OutgoingEvent(event=placed(quantity=None))]
        )


_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats()
    | st.decimals()
    | st.text(max_size=5)
    | st.datetimes(timezones=st.just(datetime.UTC))
    | st.uuids()
    | st.builds(Line, sku=st.text(max_size=3) | st.integers(), net=st.decimals() | st.floats() | st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


@given(name=st.sampled_from([*_FIELDS, "note", "code", "labels"]), value=_ANYTHING)
def test_what_is_published_fits_the_schema_and_is_read_whatever_was_given(name: str, value: object) -> None:
    event = placed(**{name: value})
    try:
        entry = event_entry(OutgoingEvent(event=event), bus_name="bus", resources=[])
    except InvalidEventDataError:
        return
    request = cast("dict[str, Any]", entry.request)
    body = {"source": request["Source"], "detail-type": request["DetailType"], "detail": json.loads(request["Detail"])}
    Draft4Validator(event_schema(event_declaration(OrderPlaced)), format_checker=FORMATS).validate(
        body | {"resources": []}
    )
    text = json.dumps(body)
    read = MessageReader(event=OrderPlaced, wants_metadata=True).typed(text, body=body).event
    assert event_data(read).text == event_data(event).text
