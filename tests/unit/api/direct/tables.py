"""Tables, and what lies in them, for the tests of direct routes to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, cast

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from boto3.dynamodb.types import TypeDeserializer
from msgspec import Meta

from best_practice_constructs import StoredAsJson
from tests.unit.api.direct.support import attribute_of

TEXT = dynamodb.AttributeType.STRING


@dataclass(frozen=True, kw_only=True)
class Line:
    sku: str
    quantity: int
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    state: Literal["PLACED", "PAID"]
    total: Decimal
    paid: bool
    lines: Annotated[list[Line], Meta(max_length=50)]
    history: Annotated[list[Line], Meta(max_length=50), StoredAsJson]
    first: Line
    weight: float | None = None
    comment: str = "none"


LINE: Mapping[str, object] = {"sku": "A'1", "quantity": 2, "note": None}
ORDER: Mapping[str, object] = {
    "state": "PLACED",
    "total": "12.30",
    "paid": True,
    "lines": [LINE, {"sku": "B", "quantity": 1, "note": "new"}],
    "history": [LINE],
    "first": LINE,
    "weight": None,
    "comment": "none",
}


def new_table(stack: Stack, *, sorted_by: str | None = None, number: bool = False) -> dynamodb.Table:
    kind = dynamodb.AttributeType.NUMBER if number else TEXT
    return dynamodb.Table(
        stack,
        "T",
        partition_key=dynamodb.Attribute(name="id", type=kind),
        sort_key=dynamodb.Attribute(name=sorted_by, type=TEXT) if sorted_by else None,
    )


def item_of(stored: Mapping[str, object]) -> dict[str, object]:
    item = {name: attribute_of(value) for name, value in stored.items()}
    return {
        **item,
        "total": {"N": stored["total"]},
        "history": {"S": json.dumps(stored["history"])},
    }


def plain_of(item: Mapping[str, object]) -> dict[str, object]:
    read = cast("Callable[[object], object]", TypeDeserializer().deserialize)
    return {name: read(value) for name, value in item.items()}
