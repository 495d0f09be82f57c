from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, TypedDict
from uuid import UUID

import pytest
from msgspec import Meta

from best_practice_constructs.api.mapping.field_shape import (
    FieldShape,
    Kind,
    StoredAsJson,
    UnmappableFieldError,
    shape_of,
)
from best_practice_constructs.api.mapping.json_writing import write_json


class Color(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 1


class Extra(TypedDict, total=False):
    note: str


@dataclass(frozen=True, kw_only=True)
class Everything:
    text: str
    id: UUID
    at: datetime
    color: Color
    word: Literal["a", "b"]
    level: Level
    number: float
    amount: Decimal
    yes: bool
    anything: dict[str, object]
    extra: Extra
    stored: Annotated[tuple[str, ...], Meta(max_length=3), StoredAsJson]
    maybe: int | None = None
    tags: list[str] = field(default_factory=list)


def test_a_field_is_what_it_is_in_json() -> None:
    members = shape_of(Everything).members
    assert {name: shape.kind for name, shape in members.items()} == {
        "text": Kind.TEXT,
        "id": Kind.TEXT,
        "at": Kind.TEXT,
        "color": Kind.TEXT,
        "word": Kind.TEXT,
        "level": Kind.WHOLE_NUMBER,
        "number": Kind.NUMBER,
        "amount": Kind.DECIMAL,
        "yes": Kind.BOOLEAN,
        "anything": Kind.ANY_JSON,
        "extra": Kind.OBJECT,
        "stored": Kind.LIST,
        "maybe": Kind.WHOLE_NUMBER,
        "tags": Kind.LIST,
    }
    assert {name for name, shape in members.items() if shape.is_optional} == {"maybe", "tags"}
    assert members["tags"].default == []
    assert members["stored"].is_stored_as_json
    assert members["stored"].most_elements == 3
    assert members["extra"].members["note"].is_optional


@dataclass(frozen=True, kw_only=True)
class Union:
    value: int | str


@dataclass(frozen=True, kw_only=True)
class Itself:
    inner: list[Itself]


@dataclass(frozen=True, kw_only=True)
class Complex:
    value: complex


@dataclass(frozen=True, kw_only=True)
class Holes:
    values: list[int | None]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Union, "Union.value may be of 2 types"),
        (Itself, "Itself contains itself"),
        (Complex, "Complex.value is of the type"),
        (Holes, r"Holes.values\[\] may have elements|Holes.values may have elements"),
        (int, "no declared fields"),
    ],
)
def test_what_a_template_cannot_write_is_named(model: type, words: str) -> None:
    with pytest.raises(UnmappableFieldError, match=words):
        shape_of(model)


@pytest.mark.parametrize("most", [None, 1001])
def test_a_list_that_a_loop_would_cut_off_is_refused(most: int | None) -> None:
    shape = FieldShape(kind=Kind.LIST, element=FieldShape(kind=Kind.TEXT), most_elements=most)
    with pytest.raises(UnmappableFieldError, match="more than 1000 elements"):
        write_json(shape, "body")


_KINDS = (Kind.TEXT, Kind.WHOLE_NUMBER, Kind.NUMBER, Kind.DECIMAL)
TEXT, WHOLE, NUMBER, DECIMAL = (FieldShape(kind=kind) for kind in _KINDS)


@pytest.mark.parametrize(
    ("given", "wanted", "fits"),
    [
        (TEXT, TEXT, True),
        (TEXT, WHOLE, False),
        (WHOLE, NUMBER, True),
        (NUMBER, WHOLE, False),
        (WHOLE, DECIMAL, True),
        (FieldShape(kind=Kind.TEXT, is_optional=True), TEXT, False),
        (TEXT, FieldShape(kind=Kind.TEXT, is_optional=True), True),
        (FieldShape(kind=Kind.LIST, element=TEXT), FieldShape(kind=Kind.LIST, element=WHOLE), False),
        (FieldShape(kind=Kind.OBJECT), FieldShape(kind=Kind.OBJECT, members={"a": TEXT}), False),
        (FieldShape(kind=Kind.OBJECT, members={"a": TEXT}), FieldShape(kind=Kind.OBJECT, members={"a": TEXT}), True),
    ],
)
def test_a_value_fits_what_takes_it(given: FieldShape, wanted: FieldShape, *, fits: bool) -> None:
    assert given.fits(wanted) == fits
