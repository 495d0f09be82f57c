"""Declaring events."""

from __future__ import annotations

import dataclasses
import enum
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, TypedDict

import pytest

from best_practice_constructs.runtime import EventSource, InvalidEventError, UndeclaredEventError, event_declaration
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.past_tense import is_past_tense
from tests.unit.runtime.support import OrderPlaced


@pytest.fixture
def source() -> EventSource:
    return EventSource("com.example.orders")


class Size(enum.Enum):
    """A size."""

    SMALL = "small"


class Weight(TypedDict):
    """A weight."""

    grams: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line."""

    product: str
    size: Size


def test_an_event_is_a_frozen_keyword_only_dataclass(source: EventSource) -> None:
    @source.event
    class OrderPlaced(Event):
        order_id: str
        total: Decimal = Decimal(0)

    placed = OrderPlaced(order_id="1")
    assert placed == OrderPlaced(order_id="1", total=Decimal(0))
    with pytest.raises(dataclasses.FrozenInstanceError):
        placed.order_id = "2"  # type: ignore[misc]  # the fault
    with pytest.raises(TypeError):
        OrderPlaced("1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the fault
    declaration = event_declaration(OrderPlaced)
    assert (
        declaration.source,
        declaration.detail_type,
        declaration.version,
        declaration.type,
        declaration.changed,
    ) == (
        "com.example.orders",
        "OrderPlaced",
        1,
        OrderPlaced,
        (),
    )
    assert source.events == (declaration,)


def test_version_detail_type_and_changes_can_be_said(source: EventSource) -> None:
    @source.event(version=2, detail_type="order.placed", changed=["order"])
    class Placed(Event):
        order_id: str

    declaration = event_declaration(Placed)
    assert (declaration.detail_type, declaration.version, declaration.changed) == ("order.placed", 2, ("order",))


def test_a_dataclass_is_taken_as_it_is_when_it_is_frozen(source: EventSource) -> None:
    @source.event
    @dataclass(frozen=True, kw_only=True, slots=True)
    class OrderShipped:
        order_id: str

    assert OrderShipped(order_id="1").order_id == "1"
    with pytest.raises(InvalidEventError, match=r"OrderReturned can be changed.*frozen=True"):

        @source.event
        @dataclass
        class OrderReturned:
            order_id: str


def test_an_heir_of_an_event_is_none_by_itself() -> None:
    class OrderPlacedTwice(OrderPlaced):
        pass

    with pytest.raises(UndeclaredEventError, match="OrderPlacedTwice"):
        event_declaration(OrderPlacedTwice)


@pytest.mark.parametrize(
    "name",
    ["OrderPlaced", "order.placed", "InvoicePaid", "MoneySent", "OrderPlacedByAgent", "PDFWritten", "order_withdrawn"],
)
def test_the_past_tense_is_known(name: str) -> None:
    assert is_past_tense(name)


@pytest.mark.parametrize("name", ["PlaceOrder", "Order", "OrderEvent", "PaymentNeed", "FeedUpdate", "", "Speed"])
def test_what_is_no_past_tense_is_known_too(name: str) -> None:
    assert not is_past_tense(name)


def test_an_event_named_as_a_command_is_refused_unless_it_is_said_to_be_right(source: EventSource) -> None:
    with pytest.raises(InvalidEventError, match=r"PlaceOrder.*past tense"):

        @source.event
        class PlaceOrder(Event):
            order_id: str

    @source.event(name_is_past_tense=True)
    class OrderGotStuck(Event):
        order_id: str

    assert event_declaration(OrderGotStuck).detail_type == "OrderGotStuck"


def test_what_travels_as_json_can_be_a_field(source: EventSource) -> None:
    @source.event
    class EverythingHappened(Event):
        text: str | None
        at: datetime
        size: Size
        choice: Literal["a", "b"]
        lines: tuple[Line, ...]
        weights: Sequence[Weight]
        prices: Mapping[str, Decimal]
        ratio: Annotated[float, "of something"]
        anything: dict[str, object]

    assert event_declaration(EverythingHappened).version == 1


@pytest.mark.parametrize(
    ("field_type", "said"),
    [
        (bytes, "bytes has no JSON form"),
        (complex, "complex has no JSON form"),
        (list[bytes], "bytes has no JSON form"),
        (dict[int, str], "keys that are not str"),
        (dict[str, Event], "Event has no JSON form"),
        (type[int], "has no JSON form"),
    ],
)
def test_a_field_that_is_not_json_is_refused(source: EventSource, field_type: object, said: str) -> None:
    cls = type("OrderPlaced", (), {"__annotations__": {"inside": field_type}})
    with pytest.raises(
        InvalidEventError, match="The field 'inside' of the event OrderPlaced cannot travel as JSON"
    ) as raised:
        source.event(cls)
    assert said in str(raised.value)


def test_a_type_that_cannot_be_found_is_refused(source: EventSource) -> None:
    cls = type("OrderPlaced", (), {"__annotations__": {"inside": "Nowhere"}})
    with pytest.raises(InvalidEventError, match="Nowhere"):
        source.event(cls)


def test_an_event_is_declared_once_a_version(source: EventSource) -> None:
    def declare(version: int) -> None:
        @source.event(version=version)
        class OrderPlaced(Event):
            order_id: str

    declare(1)
    declare(2)
    with pytest.raises(InvalidEventError, match="twice"):
        declare(2)
    with pytest.raises(InvalidEventError, match="count from 1"):
        declare(0)
    assert [declaration.version for declaration in source.events] == [1, 2]


@pytest.mark.parametrize("name", ["", "aws.orders", "com example", "x" * 257])
def test_a_source_that_eventbridge_refuses_is_refused(name: str) -> None:
    with pytest.raises(InvalidEventError, match="event source"):
        EventSource(name)


def test_a_detail_type_has_a_length(source: EventSource) -> None:
    with pytest.raises(InvalidEventError, match="128"):
        source.event(detail_type="Placed" * 30)(type("Placed", (), {}))


def test_declaring_events_needs_the_standard_library_alone() -> None:
    code = (
        "import sys\n"
        "from best_practice_constructs.runtime import EventSource, event_declaration\n"
        "outside = [n for n in sys.modules if n.partition('.')[0] not in sys.stdlib_module_names | {'__main__'}]\n"
        "print([n for n in outside if not n.startswith('best_practice_constructs')])"
    )
    # -S leaves the .pth files of the environment out, which import what they like.
    out = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
