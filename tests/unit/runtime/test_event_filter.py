"""Filters of events by their data."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.events.models import EventPattern as MotoEventPattern

from best_practice_constructs.runtime import EventFilter, EventSource, InvalidFilterError, OutgoingEvent, where
from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.event_type import Event

orders = EventSource("com.example.orders")


class Kind(enum.Enum):
    """A kind of order."""

    GIFT = "gift"
    OWN = "own"


@dataclass(frozen=True, kw_only=True)
class Money:
    """An amount."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Line:
    """An article."""

    sku: str
    net: Decimal


@orders.event
class OrderPlaced(Event):
    """An order with a field of each kind."""

    order_id: uuid.UUID
    kind: Kind
    country: str
    note: str | None
    quantity: int
    ratio: float
    paid: bool
    total: Money
    refund: Money | None
    fee: Decimal | None
    tags: tuple[str, ...]
    lines: tuple[Line, ...]
    day: datetime.date
    placed_at: datetime.datetime
    channel: Literal["web", "shop"]
    labels: dict[str, str] = dataclasses.field(default_factory=dict)


_TEXTS = st.text("aAbB*", max_size=4)
_AMOUNTS = st.one_of(
    st.decimals(-20, 20, places=2),
    st.decimals(-20, 20, places=6),
    st.sampled_from([Decimal("1E+20"), Decimal("-7E+12"), Decimal("0E-9"), Decimal(5)]),
)
_MONEY = st.builds(Money, currency=st.sampled_from(["EUR", "USD"]), amount=_AMOUNTS)
_QUARTERS = st.integers(-40, 40).map(lambda n: n / 4)
_EVENTS = st.builds(
    OrderPlaced,
    country=_TEXTS,
    note=st.none() | _TEXTS,
    quantity=st.integers(-5, 5),
    ratio=_QUARTERS,
    total=_MONEY,
    refund=st.none() | _MONEY,
    fee=st.none() | _AMOUNTS,
    tags=st.lists(_TEXTS, max_size=3).map(tuple),
    lines=st.just(()),
    labels=st.just({}),
)


def _some(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return values | st.lists(values, min_size=1, max_size=3)


def _numbers(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    lower = st.dictionaries(st.sampled_from(["gt", "gte"]), values, min_size=0, max_size=1)
    upper = st.dictionaries(st.sampled_from(["lt", "lte"]), values, min_size=0, max_size=1)
    return st.builds(lambda low, high: low | high, lower, upper).filter(bool)


def _texts(values: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, object]]:
    filled = values.filter(bool)
    return st.one_of(
        st.fixed_dictionaries({"": _some(values)}),
        st.fixed_dictionaries({"prefix": _some(filled)}),
        st.fixed_dictionaries({"suffix": _some(filled)}),
        st.fixed_dictionaries({"equals_ignore_case": _some(filled)}),
        st.fixed_dictionaries({"wildcard": _some(filled.filter(lambda text: "**" not in text))}),
        st.fixed_dictionaries({"exists": st.booleans()}),
    )


_COMPARED = st.decimals(-20, 20, places=2) | st.decimals(-20, 20, places=6)
_CONDITIONS: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "kind": st.fixed_dictionaries({"": _some(st.sampled_from(Kind))}),
    "country": _texts(_TEXTS) | st.fixed_dictionaries({"anything_but": _some(_TEXTS)}),
    "note": _texts(_TEXTS) | st.fixed_dictionaries({"": _some(st.none() | _TEXTS)}),
    "quantity": _numbers(st.integers(-5, 5)) | st.fixed_dictionaries({"anything_but": _some(st.integers(-5, 5))}),
    "ratio": _numbers(_QUARTERS) | st.fixed_dictionaries({"": _some(_QUARTERS | st.integers(-5, 5))}),
    "paid": st.fixed_dictionaries({"": st.booleans()}),
    "total__amount": _numbers(_COMPARED | st.integers(-20, 20)) | st.fixed_dictionaries({"": _some(_COMPARED)}),
    "total__currency": st.fixed_dictionaries({"": _some(st.sampled_from(["EUR", "USD"]))}),
    "refund__amount": _numbers(_COMPARED),
    "refund__currency": _texts(st.sampled_from(["EUR", "USD", "eur"])),
    "fee": _numbers(_COMPARED) | st.fixed_dictionaries({"": _some(st.none() | _COMPARED)}),
    "tags": st.fixed_dictionaries({"": _some(_TEXTS)}) | st.fixed_dictionaries({"prefix": _some(_TEXTS.filter(bool))}),
    "channel": st.fixed_dictionaries({"": _some(st.sampled_from(["web", "shop"]))}),
}
_FILTERS = st.dictionaries(st.sampled_from(sorted(_CONDITIONS)), st.none(), min_size=1, max_size=3).flatmap(
    lambda chosen: st.fixed_dictionaries({name: _CONDITIONS[name] for name in chosen})
)

_REFERENCE: dict[str, Callable[[object, object], bool]] = {
    "": lambda value, wanted: value == wanted,
    "gt": lambda value, wanted: value > wanted,  # type: ignore[operator] # numbers by construction
    "gte": lambda value, wanted: value >= wanted,  # type: ignore[operator] # numbers by construction
    "lt": lambda value, wanted: value < wanted,  # type: ignore[operator] # numbers by construction
    "lte": lambda value, wanted: value <= wanted,  # type: ignore[operator] # numbers by construction
    "prefix": lambda value, wanted: str(value).startswith(str(wanted)),
    "suffix": lambda value, wanted: str(value).endswith(str(wanted)),
    "equals_ignore_case": lambda value, wanted: str(value).lower() == str(wanted).lower(),
    "wildcard": lambda value, wanted: _fits(str(value), str(wanted)),
}


def _fits(text: str, wildcard: str) -> bool:
    """Tell whether a text fits a wildcard, without the help of any matcher."""
    if not wildcard:
        return not text
    if wildcard[0] == "*":
        return _fits(text, wildcard[1:]) or bool(text and _fits(text[1:], wildcard))
    return bool(text) and text[0] == wildcard[0] and _fits(text[1:], wildcard[1:])


def _fulfils(event: OrderPlaced, path: str, operators: dict[str, object]) -> bool:
    value: object = event
    for name in path.split("__"):
        if value is None:
            return operators == {"exists": False}
        value = getattr(value, name)
    items = list(value) if isinstance(value, tuple) else [value]
    return all(any(_one(item, operator, wanted) for item in items) for operator, wanted in operators.items())


def _one(value: object, operator: str, wanted: object) -> bool:
    if operator == "exists":
        return wanted is True
    wanted_values = wanted if isinstance(wanted, list) else [wanted]
    if operator == "anything_but":
        return value not in wanted_values
    if value is None and operator:
        return False
    return any(_REFERENCE[operator](value, each) for each in wanted_values)


def _takes(event_filter: EventFilter, event: object) -> bool:
    """Ask moto's matcher of EventBridge patterns about the event as it is published."""
    entry = event_entry(OutgoingEvent(event=event), bus_name="bus", resources=[])
    pattern = MotoEventPattern.load(json.dumps({"detail": event_filter.detail_pattern()}))
    return bool(pattern.matches_event({"detail": json.loads(entry.request["Detail"])}))  # type: ignore[typeddict-item] # only what is matched


def _agree(event: OrderPlaced, conditions: dict[str, dict[str, object]]) -> bool:
    flat = {
        f"{path}__{operator}".removesuffix("__"): value
        for path, operators in conditions.items()
        for operator, value in operators.items()
    }
    try:
        made = OrderPlaced.where(**flat)
    except InvalidFilterError as error:
        if "no number lies between" not in str(error):
            raise
        return False
    expected = all(_fulfils(event, path, operators) for path, operators in conditions.items())
    assert _takes(made, event) == expected, (made.detail_pattern(), event)
    return expected


@settings(max_examples=300, deadline=None)
@given(event=_EVENTS, conditions=_FILTERS)
def test_pattern_and_conditions_agree(event: OrderPlaced, conditions: dict[str, dict[str, object]]) -> None:
    _agree(event, conditions)


@pytest.mark.slow
def test_ten_thousand_events_and_filters_agree() -> None:
    taken: list[bool] = []

    @settings(max_examples=10_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(event=_EVENTS, conditions=_FILTERS)
    def agree(event: OrderPlaced, conditions: dict[str, dict[str, object]]) -> None:
        taken.append(_agree(event, conditions))

    agree()
    assert len(taken) >= 10_000
    assert sum(taken) > 500, "the filters hardly ever take an event: the test says little"


def test_conditions_become_a_pattern() -> None:
    made = where(OrderPlaced, kind=[Kind.GIFT], total__currency="EUR", total__amount__gte=100, total__amount__lt=500)
    assert made.detail_pattern() == {
        "data": {"kind": ["gift"], "total": {"currency": ["EUR"]}},
        "numbers": {"total": {"amount": [{"numeric": [">=", 100, "<", 500]}]}},
    }
    assert OrderPlaced.where(order_id=uuid.UUID(int=1)).detail_pattern() == {
        "data": {"order_id": ["00000000-0000-0000-0000-000000000001"]}
    }
    assert OrderPlaced.where(day=datetime.date(2026, 1, 2)).detail_pattern() == {"data": {"day": ["2026-01-02"]}}
    assert OrderPlaced.where(lines__sku=["A", "B"]).detail_pattern() == {"data": {"lines": {"sku": ["A", "B"]}}}


def test_a_class_without_the_base_has_where_too() -> None:
    @orders.event
    class OrderShipped:
        order_id: str

    filtered: Callable[..., EventFilter] = getattr(OrderShipped, "where")  # noqa: B009 -- checkers do not know it
    assert filtered(order_id="1") == where(OrderShipped, order_id="1")


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({}, "without conditions is none"),
        ({"contry": "DE"}, "OrderPlaced has no field 'contry'; did you mean 'country'?"),
        ({"total__amont": 1}, "total has no field 'amont'; did you mean 'amount'?"),
        ({"country__name": "DE"}, "country is a single value, and has no field 'name'"),
        ({"country": []}, "an empty list matches nothing"),
        ({"country": 17}, "the field is str; pass str"),
        ({"quantity": "17"}, "the field is int"),
        ({"quantity": True}, "the field is int"),
        ({"quantity": 1.5}, "the field is int"),
        ({"quantity__gt": 1.5}, "whole numbers with whole ones"),
        ({"paid": 1}, "the field is bool"),
        ({"kind": "gift"}, "the field is Kind"),
        ({"channel": "phone"}, "typing.Literal['web', 'shop']"),
        ({"country": None}, "the field is str"),
        ({"refund__currency": None}, "the field is str"),
        ({"total": "EUR"}, "name one of them, as in total__…"),
        ({"total__exists": True}, "single values only"),
        ({"country__exists": "yes"}, "pass True or False"),
        ({"country__gt": 1}, "only numbers are compared"),
        ({"total__amount__gt": "1"}, "the field is Decimal"),
        ({"total__amount__gt": 10**10}, "-5,000,000,000"),
        ({"total__amount__gt": Decimal("0.0000001")}, "6 decimal places"),
        ({"total__amount__gt": 1, "total__amount__gte": 1}, "one of them says less"),
        ({"total__amount__gt": 5, "total__amount__lt": 5}, "no number lies between"),
        ({"lines__net__gt": 1}, "decimals in lists are texts"),
        ({"lines__net": Decimal(1)}, "decimals in lists are texts"),
        ({"lines__sku": "A", "lines__net__exists": True}, "ask of the list 'lines'"),
        ({"country": "DE", "country__prefix": "D"}, "any of several alternatives"),
        ({"country__prefix": ""}, "not empty"),
        ({"quantity__prefix": "1"}, "compares texts"),
        ({"country__wildcard": "a**"}, "two * in a row"),
        ({"note__anything_but": "x"}, "the field may be missing"),
        ({"paid__anything_but": True}, "texts and whole numbers"),
        ({"placed_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}, "time zones"),
    ],
)
def test_what_cannot_work_is_refused_with_its_name(conditions: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidFilterError, match="OrderPlaced") as error:
        OrderPlaced.where(**conditions)
    assert message in str(error.value)
