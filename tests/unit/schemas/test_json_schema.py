from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from best_practice_constructs.schemas.json_schema import UnsupportedTypeError, model_schema


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
VALIDATOR = Draft4Validator(SCHEMA)

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
    placed_at=st.datetimes(),
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
        ]
    ),
)
def test_what_is_broken_is_not(order: Order, broken: dict[str, object]) -> None:
    assert not VALIDATOR.is_valid(json.loads(msgspec.json.encode(order)) | broken)


@pytest.mark.parametrize("missing", ["kind", "lines", "placed_at"])
def test_what_is_required_is_missed(missing: str) -> None:
    document = {"kind": "order", "lines": [{"sku": "a", "quantity": 1, "price": "1"}], "placed_at": "2026-01-01T00:00Z"}
    VALIDATOR.validate(document)
    del document[missing]
    assert not VALIDATOR.is_valid(document)


def test_what_is_not_declared_is_allowed() -> None:
    document = {"kind": "order", "lines": [{"sku": "a", "quantity": 1, "price": "1"}], "placed_at": "x", "newer": True}
    VALIDATOR.validate(document)


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
