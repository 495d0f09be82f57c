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
from tests.unit.helpers.examples import examples

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
    code: str | int
    discount: int | None
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
    either: str | int | None = None
    agreed: bool | None = None
    sizes: tuple[int, ...] = ()
    measure: float | str | None = None
    labels: dict[str, str] = dataclasses.field(default_factory=dict)


_TEXTS = st.text("aAbB*", max_size=4)
_AMOUNTS = st.one_of(
    st.decimals(-20, 20, places=2),
    st.decimals(-20, 20, places=6),
    st.sampled_from([Decimal("1E+20"), Decimal("-7E+12"), Decimal("0E-9"), Decimal(5)]),
)
_MONEY = st.builds(Money, currency=st.sampled_from(["EUR", "USD"]), amount=_AMOUNTS)
_RATIOS = st.one_of(
    st.integers(-40, 40).map(lambda n: n / 4),
    st.sampled_from([0.1 + 0.2, 0.3, 1e-7, -1e-6, 6e9, -1e300, 4_999_999_999.9999999, 5e-324]),
    st.floats(-1, 1),
)
_QUANTITIES = st.integers(-5, 5) | st.sampled_from([6_000_000_000, -(2**63), 5_000_000_000, 10**20])
_EVENTS = st.builds(
    OrderPlaced,
    country=_TEXTS,
    note=st.none() | _TEXTS,
    placed_at=st.datetimes(timezones=st.just(datetime.UTC)),
    quantity=_QUANTITIES,
    code=st.integers(-5, 5) | _TEXTS,
    discount=st.none() | _QUANTITIES,
    ratio=_RATIOS,
    total=_MONEY,
    refund=st.none() | _MONEY,
    fee=st.none() | _AMOUNTS,
    tags=st.lists(_TEXTS, max_size=3).map(tuple),
    lines=st.just(()),
    labels=st.just({}),
    either=st.none() | st.integers(-5, 5) | _TEXTS,
    agreed=st.none() | st.booleans(),
    sizes=st.just(()),
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


_COMPARED = st.decimals(-20, 20, places=2) | st.decimals(-20, 20, places=6) | st.just(Decimal("4999999999.999999"))
_COMPARED_RATIOS = st.integers(-40, 40).map(lambda n: n / 4) | st.sampled_from([0.3, 0.000001, 4_999_999_999.5])
_EXISTS: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries({"exists": st.booleans()})
_CONDITIONS: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "kind": st.fixed_dictionaries({"": _some(st.sampled_from(Kind))}),
    "country": _texts(_TEXTS) | st.fixed_dictionaries({"anything_but": _some(_TEXTS)}),
    "note": _texts(_TEXTS) | st.fixed_dictionaries({"": _some(st.none() | _TEXTS)}),
    "quantity": _numbers(st.integers(-5, 5) | st.just(4_999_999_999))
    | st.fixed_dictionaries({"": _some(_QUANTITIES)})
    | st.fixed_dictionaries({"anything_but": _some(st.integers(-5, 5))}),
    "discount": _numbers(st.integers(-5, 5)) | _EXISTS,
    "ratio": _numbers(_COMPARED_RATIOS) | st.fixed_dictionaries({"": _some(_COMPARED_RATIOS | st.integers(-5, 5))}),
    "paid": st.fixed_dictionaries({"": st.booleans()}),
    "total__amount": _numbers(_COMPARED | st.integers(-20, 20)) | st.fixed_dictionaries({"": _some(_COMPARED)}),
    "total__currency": st.fixed_dictionaries({"": _some(st.sampled_from(["EUR", "USD"]))}),
    "refund__amount": _numbers(_COMPARED),
    "refund__currency": _texts(st.sampled_from(["EUR", "USD", "eur"])),
    "fee": _numbers(_COMPARED) | _EXISTS | st.fixed_dictionaries({"": _some(st.none() | _COMPARED)}),
    "tags": st.fixed_dictionaries({"": _some(_TEXTS)}) | st.fixed_dictionaries({"prefix": _some(_TEXTS.filter(bool))}),
    "agreed": _EXISTS,
    "code": st.fixed_dictionaries({"": _some(_TEXTS | st.integers(-5, 5))})
    | st.fixed_dictionaries({"anything_but": _some(_TEXTS)})
    | st.fixed_dictionaries({"anything_but": _some(st.integers(-5, 5))}),
    "either": _numbers(st.integers(-5, 5)),
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
    if isinstance(value, Decimal | float) or (type(value) is int and not operators.keys() & {"", "anything_but"}):
        value = _compared(value)
    items = list(value) if isinstance(value, tuple) else [value]
    return all(any(_one(item, operator, wanted) for item in items) for operator, wanted in operators.items())


def _compared(number: Decimal | float) -> Decimal:
    """Give a number as EventBridge compares it, by its documentation: to six places, up to five billions."""
    # Within the bounds first: of 1e300 there are no six places.
    return round(max(Decimal(-5_000_000_000), min(Decimal(5_000_000_000), Decimal(str(number)))), 6)


def _one(value: object, operator: str, wanted: object) -> bool:
    if operator == "exists":
        return wanted is (value is not None)
    wanted_values = wanted if isinstance(wanted, list) else [wanted]
    if operator == "anything_but":
        return value not in wanted_values
    if operator in ("gt", "gte", "lt", "lte") and isinstance(value, str | None):
        return False
    if value is None and operator:
        return False
    if isinstance(value, Decimal):
        wanted_values = [Decimal(str(each)) if isinstance(each, float) else each for each in wanted_values]
    return any(_REFERENCE[operator](value, each) for each in wanted_values)


def _takes(event_filter: EventFilter, event: object) -> bool:
    """Ask moto's matcher of EventBridge patterns about the event as it is published."""
    entry = event_entry(OutgoingEvent(event=event), bus_name="bus", resources=[])
    _check_numbers(event_filter, json.loads(entry.request["Detail"], parse_int=Decimal, parse_float=Decimal))
    pattern = MotoEventPattern.load(json.dumps({"detail": event_filter.detail_pattern()}))
    return bool(pattern.matches_event({"detail": json.loads(entry.request["Detail"])}))  # type: ignore[typeddict-item] # only what is matched


def _check_numbers(event_filter: EventFilter, detail: object) -> None:
    """Check that EventBridge sees as numbers what it compares: moto sees them whatever they are."""
    for condition in event_filter.conditions:
        if not any(isinstance(each, dict) and "numeric" in each for each in condition.alternatives):
            continue
        assert condition.pattern_path[0] == "numbers"
        number = detail
        for name in condition.pattern_path:
            number = number.get(name) if isinstance(number, dict) else None
        if number is not None:
            assert isinstance(number, Decimal)
            assert abs(number) <= 5_000_000_000
            assert number == round(number, 6)


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


@settings(max_examples=examples(300), deadline=None)
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


def test_numbers_are_compared_where_eventbridge_sees_all_of_them() -> None:
    assert OrderPlaced.where(quantity__gte=1, ratio__lt=0.3, quantity__lt=9).detail_pattern() == {
        "numbers": {"quantity": [{"numeric": [">=", 1, "<", 9]}], "ratio": [{"numeric": ["<", 0.3]}]}
    }
    assert OrderPlaced.where(quantity=6_000_000_000).detail_pattern() == {"data": {"quantity": [6_000_000_000]}}


def test_to_exist_is_to_be_other_than_none() -> None:
    assert OrderPlaced.where(note__exists=True, fee__exists=True, refund__currency__exists=True).detail_pattern() == {
        "data": {"note": [{"wildcard": "*"}], "refund": {"currency": [{"exists": True}]}},
        "numbers": {"fee": [{"numeric": [">=", -5_000_000_000]}]},
    }
    assert OrderPlaced.where(discount__exists=False).detail_pattern() == {
        "data": {"discount": [None, {"exists": False}]}
    }
    assert OrderPlaced.where(agreed__exists=True).detail_pattern() == {"data": {"agreed": [True, False]}}


def test_numbers_or_none_are_asked_of_a_field_of_numbers_at_once() -> None:
    assert OrderPlaced.where(fee=[None, Decimal(5), None]).detail_pattern() == {
        "numbers": {"fee": [None, {"numeric": ["=", 5]}, None]}
    }
    assert OrderPlaced.where(measure=["a", None]).detail_pattern() == {"data": {"measure": ["a", None]}}


def test_a_star_behind_a_plain_star_is_one() -> None:
    pattern = r"a\**"
    assert OrderPlaced.where(country__wildcard=pattern).detail_pattern() == {
        "data": {"country": [{"wildcard": pattern}]}
    }


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
        ({"lines__net__gt": 1}, "numbers in lists stay as they are"),
        ({"lines__net": Decimal(1)}, "numbers in lists stay as they are"),
        ({"sizes__gt": 1}, "compare in the consumer"),
        ({"quantity__gt": 5_000_000_000}, "between -5,000,000,000 and 5,000,000,000"),
        ({"country": {"prefix": "D"}}, "write country__prefix='D'"),
        ({"country": {"anything-but": ["D"], "exists": True}}, "country__anything_but=['D'], country__exists=True"),
        ({"country__anything_but": {"prefix": "D"}}, "operators come after the field, as in country__prefix=…"),
        ({"total__amount": {"numeric": [">", 1]}}, "operators come after the field"),
        ({"code__anything_but": [1, "a"]}, "only texts there, or only numbers"),
        ({"quantity__anything_but": 5_000_000_000}, "between -5,000,000,000 and 5,000,000,000"),
        ({"country__wildcard": "a\\"}, "behind a backslash"),
        ({"country__wildcard": "\\a*"}, r"write \\ for a backslash"),
        ({"either__exists": True}, "cannot tell a value from null"),
        ({"lines__sku": "A", "lines__net__exists": True}, "ask of the list 'lines'"),
        ({"country": "DE", "country__prefix": "D"}, "any of several alternatives"),
        ({"country__prefix": ""}, "not empty"),
        ({"quantity__prefix": "1"}, "compares texts"),
        ({"country__wildcard": "a**"}, "two * in a row"),
        ({"country__wildcard": r"\***"}, "two * in a row"),
        ({"measure": ["a", 1.5]}, "beside the data, and for all else in them; make one route for the numbers and one"),
        ({"measure": [None, 1.5]}, "make one route for the numbers"),
        ({"note__anything_but": "x"}, "the field may be missing"),
        ({"paid__anything_but": True}, "texts and whole numbers"),
        ({"placed_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}, "time zones"),
    ],
)
def test_what_cannot_work_is_refused_with_its_name(conditions: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidFilterError, match="OrderPlaced") as error:
        OrderPlaced.where(**conditions)
    assert message in str(error.value)
