from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, TypedDict, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from best_practice_constructs.schemas.json_schema import UnsupportedTypeError, model_schema
from best_practice_constructs.schemas.text_forms import TIME, TIME_WITH_ZONE, TIME_WITHOUT_ZONE
from tests.unit.helpers.formats import FORMATS


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True, kw_only=True)
class Line:
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    quantity: Annotated[int, msgspec.Meta(gt=0, le=100)]
    price: Decimal
    size: Size = Size.SMALL


@dataclass(frozen=True, kw_only=True)
class Order:
    kind: Literal["order"]
    lines: Annotated[list[Line], msgspec.Meta(min_length=1)]
    placed_at: datetime
    note: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    position: tuple[int, str] = (0, "")
    gift: bool | int = False


SCHEMA = model_schema(Order)
VALIDATOR = Draft4Validator(SCHEMA, format_checker=FORMATS)

_lines = st.builds(
    Line,
    sku=st.text(min_size=1, max_size=20),
    quantity=st.integers(1, 100),
    price=st.decimals(allow_nan=False, allow_infinity=False),
    size=st.sampled_from(Size),
)
_orders = st.builds(
    Order,
    kind=st.just("order"),
    lines=st.lists(_lines, min_size=1, max_size=3),
    placed_at=st.datetimes(timezones=st.just(UTC)),
    note=st.none() | st.text(),
    labels=st.dictionaries(st.text(), st.text(), max_size=2),
    position=st.tuples(st.integers(), st.text()),
    gift=st.booleans() | st.integers(),
)


def test_it_is_draft_4_and_refers_to_nothing() -> None:
    Draft4Validator.check_schema(SCHEMA)
    assert "$ref" not in json.dumps(SCHEMA)
    assert "$defs" not in SCHEMA


@given(order=_orders)
def test_what_the_runtime_writes_is_valid(order: Order) -> None:
    VALIDATOR.validate(json.loads(msgspec.json.encode(order)))


@given(
    order=_orders,
    broken=st.sampled_from(
        [
            {"kind": "cancellation"},
            {"lines": []},
            {"lines": [{"sku": "", "quantity": 1, "price": "1"}]},
            {"lines": [{"sku": "a", "quantity": 0, "price": "1"}]},
            {"lines": [{"sku": "a", "quantity": 101, "price": "1"}]},
            {"lines": [{"sku": "a", "quantity": 1, "price": 1.5}]},
            {"lines": [{"sku": "a", "quantity": 1, "price": "a lot"}]},
            {"lines": [{"sku": "a", "quantity": 1, "price": "1", "size": "huge"}]},
            {"note": 1},
            {"labels": {"a": 1}},
            {"position": [1, "a", "b"]},
            {"gift": "yes"},
            {"placed_at": "yesterday"},
            {"placed_at": "2026-01-01T00:00:00"},
        ]
    ),
)
def test_what_is_broken_is_not(order: Order, broken: dict[str, object]) -> None:
    assert not VALIDATOR.is_valid(json.loads(msgspec.json.encode(order)) | broken)


@pytest.mark.parametrize("missing", ["kind", "lines", "placed_at"])
def test_what_is_required_is_missed(missing: str) -> None:
    document = {
        "kind": "order",
        "lines": [{"sku": "a", "quantity": 1, "price": "1"}],
        "placed_at": "2026-01-01T00:00:00Z",
    }
    VALIDATOR.validate(document)
    del document[missing]
    assert not VALIDATOR.is_valid(document)


class Opened(TypedDict):
    """A mapping with a time."""

    at: datetime


class Card(msgspec.Struct, tag="card"):
    """One way to pay."""

    expires: date


class Transfer(msgspec.Struct, tag="transfer"):
    """Another one."""

    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class Times:
    """Times wherever they may lie."""

    plain: datetime
    zoned: Annotated[datetime, msgspec.Meta(tz=True, description="with a zone")]
    maybe: datetime | None
    many: list[datetime]
    both: tuple[int, time]
    named: dict[str, time | None]
    opened: Opened
    union: int | datetime | list[time] | None
    paid: Card | Transfer | None
    local: Annotated[time, msgspec.Meta(tz=False)]
    abroad: Annotated[time, msgspec.Meta(tz=True)]
    anything: object
    day: date
    text: str


def test_times_are_told_wherever_they_lie() -> None:
    properties = cast("dict[str, Any]", model_schema(Times)["properties"])
    moment, hour = {"type": "string", "format": "date-time"}, {"type": "string", "pattern": TIME}
    null = {"type": "null"}
    assert properties["plain"] == moment
    assert properties["zoned"] == {**moment, "description": "with a zone"}
    assert properties["maybe"] == {"anyOf": [moment, null]}
    assert properties["many"]["items"] == moment
    assert properties["both"]["items"] == [{"type": "integer"}, hour]
    assert properties["named"]["additionalProperties"] == {"anyOf": [hour, null]}
    assert properties["opened"]["properties"] == {"at": moment}
    assert moment in properties["union"]["anyOf"]
    assert {"type": "array", "items": hour} in properties["union"]["anyOf"]
    paid = json.dumps(properties["paid"])
    assert '"sent_at": {"type": "string", "format": "date-time"}' in paid
    assert '"expires": {"type": "string", "format": "date"}' in paid
    assert properties["local"]["pattern"] == TIME_WITHOUT_ZONE
    assert properties["abroad"]["pattern"] == TIME_WITH_ZONE
    assert (properties["anything"], properties["text"]) == ({}, {"type": "string"})
    assert properties["day"] == {"type": "string", "format": "date"}


def test_what_is_read_may_have_times_of_any_form() -> None:
    properties = cast("dict[str, Any]", model_schema(Times, read=True)["properties"])
    for name in ("plain", "local", "text"):
        assert properties[name] == {"type": "string"}


def test_what_is_not_declared_is_allowed() -> None:
    document = {
        "kind": "order",
        "lines": [{"sku": "a", "quantity": 1, "price": "1"}],
        "placed_at": "2026-01-01T00:00:00Z",
    }
    VALIDATOR.validate({**document, "newer": True})


class Custom:
    pass


@dataclass
class WithCustom:
    name: str
    custom: Custom


@dataclass
class Tree:
    children: list[Tree]


def test_a_field_without_a_json_form_is_named() -> None:
    with pytest.raises(UnsupportedTypeError, match=r"WithCustom\.custom"):
        model_schema(WithCustom)


def test_a_type_that_contains_itself_is_refused() -> None:
    with pytest.raises(UnsupportedTypeError, match="Tree contains itself"):
        model_schema(Tree)


@pytest.mark.parametrize("price", ["9.90", 9.9, 10])
def test_what_is_read_may_have_decimals_as_numbers(price: object) -> None:
    validator = Draft4Validator(model_schema(Line, read=True))
    assert validator.is_valid({"sku": "A", "quantity": 1, "price": price})
    assert not validator.is_valid({"sku": "A", "quantity": 1, "price": "much"})
    assert not validator.is_valid({"sku": "A", "quantity": 1, "price": True})
