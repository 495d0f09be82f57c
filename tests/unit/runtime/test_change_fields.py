"""Events that are filled from changes without any code: what fits, what is left out, what is refused."""

from __future__ import annotations

import enum
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal, cast

import pydantic
import pytest

from best_practice_constructs.runtime import EventSource, MalformedMessageError, UndeclaredEventError, codec
from best_practice_constructs.runtime.change import Change
from best_practice_constructs.runtime.change_fields import ChangeFields
from best_practice_constructs.runtime.event_images import image_fields
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.stream_record import change_of, position_of
from tests.unit.runtime.stream_support import dynamodb_record

shop = EventSource("com.example.shop")


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


class Level(enum.IntEnum):
    LOW = 1


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of an order."""

    sku: str
    quantity: int
    price: Decimal = Decimal(0)
    note: str | None = None


@shop.event
class OrderPlaced(Event):
    """One field of each kind."""

    order_id: str
    quantity: int
    weight: float
    total: Decimal
    paid: bool
    placed_at: datetime
    day: date
    request: uuid.UUID
    size: Size
    level: Level
    channel: Literal["web", "till"]
    line: Line
    lines: tuple[Line, ...]
    tags: list[str]
    amounts: list[Decimal]
    by_sku: Mapping[str, list[Line]]
    extra: dict[str, object]
    coupon: str | None = None
    currency: str = "EUR"


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order as an item."""

    id: str
    state: str
    total: Decimal = Decimal(0)


@shop.event
class OrderChanged(Event):
    """What an order was and is."""

    id: str
    before: Order | None
    after: Mapping[str, object] | None


LINE = {"M": {"sku": {"S": "lamp"}, "quantity": {"N": "2"}, "price": {"N": "12.5"}, "unknown": {"BOOL": True}}}
ITEM: dict[str, object] = {
    "order_id": {"S": 'with "quotes" and\nlines'},
    "quantity": {"N": "12345678901234567890"},
    "weight": {"N": "1.5"},
    "total": {"N": "12345678901234567890.123456789"},
    "paid": {"BOOL": True},
    "placed_at": {"S": "2026-11-24T12:00:00+00:00"},
    "day": {"S": "2026-11-24"},
    "request": {"S": "6f0c1c5e-4c5c-5d0e-9b57-0d9f7f1f2a11"},
    "size": {"S": "l"},
    "level": {"N": "1"},
    "channel": {"S": "till"},
    "line": LINE,
    "lines": {"L": [LINE, LINE]},
    "tags": {"SS": ["b", "a"]},
    "amounts": {"NS": ["2.5", "1"]},
    "by_sku": {"M": {"lamp": {"L": [LINE]}}},
    "extra": {
        "M": {"depth": {"N": "1.10"}, "parts": {"L": [{"N": "3"}]}, "raw": {"B": "YWI="}, "none": {"NULL": True}}
    },
    "of_no_field": {"S": "left out"},
}


def change(event_name: str = "INSERT", **images: Mapping[str, object] | None) -> Change:
    record = dynamodb_record(event_name, **images)  # type: ignore[arg-type] # images by their names
    return change_of(record, position=position_of(record))


def test_every_kind_of_field_is_read_as_it_is_declared() -> None:
    placed = cast("OrderPlaced", ChangeFields(OrderPlaced).fill(change(after=ITEM)))
    line = Line(sku="lamp", quantity=2, price=Decimal("12.5"))
    assert placed == OrderPlaced(
        order_id='with "quotes" and\nlines',
        quantity=12345678901234567890,
        weight=1.5,
        total=Decimal("12345678901234567890.123456789"),
        paid=True,
        placed_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
        day=date(2026, 11, 24),
        request=uuid.UUID("6f0c1c5e-4c5c-5d0e-9b57-0d9f7f1f2a11"),
        size=Size.LARGE,
        level=Level.LOW,
        channel="till",
        line=line,
        lines=(line, line),
        tags=["a", "b"],
        amounts=[Decimal(1), Decimal("2.5")],
        by_sku={"lamp": [line]},
        extra={"depth": "1.10", "parts": ["3"], "raw": "YWI=", "none": None},
    )
    assert (placed.coupon, placed.currency) == (None, "EUR")


@pytest.mark.parametrize(
    ("attributes", "where"),
    [
        ({"quantity": {"N": "1.5"}}, "Expected `int`, got `float` at $.quantity"),
        ({"quantity": {"S": "1"}}, "Expected `int`, got `str` at $.quantity"),
        ({"order_id": {"N": "1"}}, "Expected `str`, got `int` at $.order_id"),
        ({"placed_at": {"N": "1795521600"}}, "at $.placed_at"),
        ({"placed_at": {"S": "yesterday"}}, "at $.placed_at"),
        ({"size": {"S": "m"}}, "at $.size"),
        ({"lines": {"L": [{"M": {"sku": {"S": "x"}}}]}}, "at $.lines[0].quantity"),
        ({"paid": {"NULL": True}}, "at $.paid"),
    ],
)
def test_what_does_not_fit_is_malformed_and_the_field_is_named(attributes: dict[str, object], where: str) -> None:
    with pytest.raises(MalformedMessageError, match="The change does not fit OrderPlaced: ") as error:
        ChangeFields(OrderPlaced).fill(change(after={**ITEM, **attributes}))
    assert where in str(error.value)


def test_an_attribute_that_is_missing_is_malformed_where_there_is_no_default() -> None:
    item = {name: value for name, value in ITEM.items() if name != "total"}
    with pytest.raises(MalformedMessageError, match=r"missing required field `total` at \$\.total"):
        ChangeFields(OrderPlaced).fill(change(after=item))


NEW = {"id": {"S": "1"}, "state": {"S": "NEW"}}
PAID = {"id": {"S": "1"}, "state": {"S": "PAID"}, "total": {"N": "9.90"}}


def test_before_and_after_are_the_images() -> None:
    filled = ChangeFields(OrderChanged).fill(change("MODIFY", before=PAID, after=NEW))
    before = Order(id="1", state="PAID", total=Decimal("9.9"))
    assert filled == OrderChanged(id="1", before=before, after={"id": "1", "state": "NEW"})


@pytest.mark.parametrize(
    ("event_name", "images", "expected"),
    [
        ("INSERT", {"after": NEW}, (None, {"id": "1", "state": "NEW"})),
        ("REMOVE", {"before": NEW}, (Order(id="1", state="NEW"), None)),
        ("REMOVE", {"keys": {"id": {"S": "1"}}}, (None, None)),
        ("MODIFY", {"keys": {"id": {"S": "1"}}}, (None, None)),
    ],
)
def test_an_image_that_is_missing_is_none_and_other_fields_come_from_what_is_left(
    event_name: str, images: Mapping[str, Mapping[str, object]], expected: tuple[object, object]
) -> None:
    filled = cast("OrderChanged", ChangeFields(OrderChanged).fill(change(event_name, **images)))
    assert filled.id == "1"
    assert (filled.before, filled.after) == expected


def test_an_attribute_that_was_removed_is_not_told_as_if_it_were_there() -> None:
    @shop.event(detail_type="TotalChanged")
    class TotalChanged(Event):
        id: str
        total: Decimal | None = None

    assert ChangeFields(TotalChanged).fill(change("MODIFY", before=PAID, after=NEW)) == TotalChanged(id="1")


def test_an_image_that_must_be_there_is_malformed_where_it_is_not() -> None:
    @shop.event(detail_type="StateChanged")
    class StateChanged(Event):
        before: Order
        after: Order

    with pytest.raises(MalformedMessageError, match=r"got `null` at \$\.before"):
        ChangeFields(StateChanged).fill(change(after=NEW))


def test_an_attribute_may_be_called_before() -> None:
    @shop.event(detail_type="AppointmentMoved")
    class AppointmentMoved(Event):
        id: str
        before: str
        after: list[Order] = field(default_factory=list)

    assert image_fields(AppointmentMoved) == ()
    filled = ChangeFields(AppointmentMoved).fill(change(after={"id": {"S": "1"}, "before": {"S": "noon"}}))
    assert filled == AppointmentMoved(id="1", before="noon")


def test_a_pydantic_model_will_do() -> None:
    @shop.event(detail_type="PriceChanged")
    class PriceChanged(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(frozen=True)

        sku: str
        price: Decimal
        stock: int

    item = {"sku": {"S": "lamp"}, "price": {"N": "9.99"}, "stock": {"N": "3"}}
    assert ChangeFields(PriceChanged).fill(change(after=item)) == PriceChanged(
        sku="lamp", price=Decimal("9.99"), stock=3
    )
    with pytest.raises(MalformedMessageError, match="does not fit PriceChanged"):
        ChangeFields(PriceChanged).fill(change(after={**item, "price": {"S": "much"}}))


def test_a_class_that_is_no_event_is_refused() -> None:
    with pytest.raises(UndeclaredEventError):
        ChangeFields(Order)


def test_sets_are_written_in_the_same_order_in_every_process() -> None:
    program = (
        "from best_practice_constructs.runtime import codec\n"
        "print(codec.encode({'tags': {'red', 'green', 'blue', 'black', 'white'}}, is_deterministic=True).decode())"
    )
    written = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert written == {codec.encode({"tags": ["black", "blue", "green", "red", "white"]}).decode() + "\n"}
