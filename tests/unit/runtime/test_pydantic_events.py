"""Events that are Pydantic models: declared, published and consumed as dataclasses are."""

from __future__ import annotations

import datetime
import enum
import json
import uuid
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from best_practice_constructs.runtime import EventSource, OutgoingEvent, where
from best_practice_constructs.runtime.codec import Decoder, encode
from best_practice_constructs.runtime.errors import DecodingError, MalformedMessageError, TypeMismatchError
from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.queue_message import MessageReader

orders = EventSource("com.example.orders")


class Kind(enum.Enum):
    """A kind of order."""

    GIFT = "gift"
    OWN = "own"


class Money(BaseModel):
    """An amount."""

    model_config = ConfigDict(frozen=True)

    currency: str
    amount: Decimal


@dataclass(frozen=True)
class Line:
    """An article, as a dataclass."""

    sku: str
    quantity: int


@orders.event
class OrderPlaced(BaseModel):
    """An order with a field of each kind."""

    model_config = ConfigDict(frozen=True)

    order_id: uuid.UUID
    kind: Kind
    total: Money
    refund: Money | None = None
    lines: tuple[Line, ...] = ()
    note: str | int | None
    day: datetime.date
    placed_at: datetime.datetime
    ratio: float
    labels: dict[str, list[int]]


_MONEY = st.builds(
    Money,
    currency=st.sampled_from(["EUR", "USD"]),
    amount=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30),
)
_ORDERS = st.builds(
    OrderPlaced,
    total=_MONEY,
    refund=st.none() | _MONEY,
    ratio=st.floats(allow_nan=False, allow_infinity=False),
    placed_at=st.datetimes(
        timezones=st.sampled_from([datetime.UTC, datetime.timezone(datetime.timedelta(hours=5, minutes=30))])
    ),
)


def _body(event: OrderPlaced) -> str:
    entry = event_entry(OutgoingEvent(event=event), bus_name="bus", resources=[])
    detail = json.loads(entry.request["Detail"])
    return json.dumps({"source": "com.example.orders", "detail-type": "OrderPlaced", "detail": detail})


@given(_ORDERS)
def test_an_event_arrives_as_it_was_published(event: OrderPlaced) -> None:
    reader = MessageReader(event=OrderPlaced, wants_metadata=True)
    text = _body(event)
    read = reader.typed(text, body=json.loads(text))
    assert read.event == event
    assert isinstance(read.event, OrderPlaced)
    assert str(read.event.total.amount) == str(event.total.amount)
    assert read.metadata is not None


def test_what_does_not_fit_is_named() -> None:
    event = OrderPlaced(
        order_id=uuid.UUID(int=1),
        kind=Kind.OWN,
        total=Money(currency="EUR", amount=Decimal("9.90")),
        note=None,
        day=datetime.date(2026, 1, 1),
        placed_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        ratio=0.5,
        labels={},
    )
    text = _body(event).replace('"EUR"', "17")
    with pytest.raises(
        MalformedMessageError, match=r"does not fit OrderPlaced: .* at \$\.detail\.data\.total\.currency"
    ):
        MessageReader(event=OrderPlaced, wants_metadata=False).typed(text, body=json.loads(text))
    decoder = Decoder(OrderPlaced)
    with pytest.raises(DecodingError):
        decoder.decode("{")
    with pytest.raises(TypeMismatchError, match=r"at \$\.total\.amount"):
        decoder.decode(encode(event).replace(b"9.90", b"NaN"))
    with pytest.raises(TypeMismatchError, match=r"finite number.* at \$\.ratio"):
        encode(event.model_copy(update={"ratio": float("inf")}))


def test_it_is_filtered_as_any_event() -> None:
    assert where(OrderPlaced, total__amount__gt=3, lines__sku="A", kind=Kind.GIFT).detail_pattern() == {
        "numbers": {"total": {"amount": [{"numeric": [">", 3]}]}},
        "data": {"lines": {"sku": ["A"]}, "kind": ["gift"]},
    }
