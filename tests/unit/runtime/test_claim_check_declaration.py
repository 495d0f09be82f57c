"""Which fields may be put aside: the author of an event says it, and what cannot work is refused there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from pydantic import BaseModel, ConfigDict

from best_practice_constructs.runtime import (
    EventSource,
    InvalidEventError,
    InvalidFilterError,
    OutgoingEvent,
    event_declaration,
    where,
)
from best_practice_constructs.runtime.enriched_event import enriched_event


@pytest.fixture
def source() -> EventSource:
    return EventSource("com.example.orders")


@dataclass(frozen=True, kw_only=True)
class Line:
    sku: str
    net: Decimal


class Fields:
    order_id: str
    total: Decimal
    best: Line
    lines: list[Line]
    notes: str


def declared(source: EventSource, *claim_check: str) -> type:
    members = {"__annotations__": dict(Fields.__annotations__), "__module__": __name__}
    made: type = type("OrderPlaced", (), members)
    event: type = source.event(claim_check=claim_check)(made)
    return event


def test_it_is_part_of_the_declaration(source: EventSource) -> None:
    assert event_declaration(declared(source, "lines", "notes", "lines")).claim_check == ("lines", "notes")
    assert event_declaration(declared(EventSource("other"))).claim_check == ()


def test_a_model_of_pydantic_says_it_too(source: EventSource) -> None:
    @source.event(claim_check=("lines",))
    class OrderPlaced(BaseModel):
        model_config = ConfigDict(frozen=True)

        order_id: str
        lines: list[str]

    assert event_declaration(OrderPlaced).claim_check == ("lines",)


def test_a_field_that_the_event_has_not_is_refused(source: EventSource) -> None:
    with pytest.raises(InvalidEventError, match=r"no field 'line', which claim_check names: did you mean 'lines'\?"):
        declared(source, "line")
    with pytest.raises(InvalidEventError, match="'x', which claim_check names: it has best, lines, notes, order_id, t"):
        declared(source, "x")


def test_a_text_is_no_list_of_fields(source: EventSource) -> None:
    with pytest.raises(InvalidEventError, match=r"write claim_check=\('lines',\)"):
        source.event(claim_check="lines")(type("OrderPlaced", (Fields,), {}))


def test_some_field_must_stay(source: EventSource) -> None:
    with pytest.raises(InvalidEventError, match="claim_check names every field of the event OrderPlaced"):
        declared(source, "order_id", "total", "best", "lines", "notes")


@pytest.mark.parametrize(
    ("condition", "value"), [("lines__sku", "A"), ("best__net__gte", 5), ("notes__exists", True), ("notes", ["a", "b"])]
)
def test_no_rule_may_ask_for_what_may_not_be_there(source: EventSource, condition: str, value: object) -> None:
    event = declared(source, "lines", "best", "notes")
    with pytest.raises(InvalidFilterError, match=r"is put aside when the event is large.*would be missed"):
        where(event, **{condition: value})
    assert where(event, order_id="1", total__gte=5).detail_pattern()


def test_what_no_rule_may_ask_for_is_not_there_as_a_number_either(source: EventSource) -> None:
    line = Line(sku="A", net=Decimal("9.90"))
    for claim_check, numbers in (((), b'{"total":1,"best":{"net":9.900000}}'), (("best",), b'{"total":1}')):
        event = declared(EventSource("com.example.orders"), *claim_check)(
            order_id="1", total=Decimal(1), best=line, lines=[line], notes=""
        )
        assert enriched_event(OutgoingEvent(event=event)).after == b',"numbers":%b}' % numbers
    event = declared(source, "total", "best")(order_id="1", total=Decimal(1), best=line, lines=[], notes="")
    assert enriched_event(OutgoingEvent(event=event)).after == b"}"
