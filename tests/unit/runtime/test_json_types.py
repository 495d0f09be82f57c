"""What an event may hold arrives as it was sent; what would not is refused where the event is declared."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import enum
import functools
import itertools
import json
import operator
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, NewType, NotRequired, TypedDict, TypeVar, cast

import msgspec
import pytest
import typing_extensions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from pydantic import BaseModel, ConfigDict, create_model

from best_practice_constructs.events.event_schema import event_schema
from best_practice_constructs.runtime import EventSource, InvalidEventError, OutgoingEvent, event_declaration, where
from best_practice_constructs.runtime.event_checks import check_fields
from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.json_types import reason_not_read
from best_practice_constructs.runtime.json_unions import forms
from best_practice_constructs.runtime.queue_message import MessageReader
from tests.unit.helpers.examples import examples
from tests.unit.helpers.formats import FORMATS

OrderId = NewType("OrderId", str)
Amount = NewType("Amount", Decimal)
ItemT = TypeVar("ItemT")


class Size(enum.Enum):
    """Texts."""

    SMALL = "small"
    LARGE = "5"


class Level(enum.IntEnum):
    """Whole numbers."""

    LOW = 1
    HIGH = 2


class Mixed(enum.Enum):
    """Both."""

    ONE = 1
    TWO = "two"


class Ratio(enum.Enum):
    """Floats."""

    HALF = 0.5


class Price(enum.Enum):
    """Decimals."""

    LOW = Decimal(1)


class Option(enum.Flag):
    """Flags."""

    FAST = 1
    SAFE = 2


@dataclass(frozen=True, kw_only=True)
class Card:
    """One way to pay."""

    number: str


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Another one."""

    account: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """It holds others."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Page(Generic[ItemT]):
    """A generic class."""

    items: tuple[ItemT, ...]


@dataclass
class Changing:
    """A class that can be changed."""

    number: int


class Weight(TypedDict):
    """A mapping with a member that may be missing."""

    grams: Decimal
    note: NotRequired[str]


class Parcel(typing_extensions.TypedDict):
    """A mapping of the kind that Pydantic asks for."""

    grams: Decimal
    note: typing_extensions.NotRequired[str]


class PaidByCard(BaseModel):
    """A model that says what it is."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["card"]
    number: str


class PaidByTransfer(BaseModel):
    """Another one."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["transfer"]
    number: str


class Silent(BaseModel):
    """One that does not."""

    model_config = ConfigDict(frozen=True)

    number: str


def _event(hint: object, *, as_model: bool = False) -> type:
    source = EventSource("com.example.generated")
    if as_model:
        model = create_model("OrderPlaced", __config__=ConfigDict(frozen=True), held=cast("Any", (hint, ...)))
        return source.event(model)
    return source.event(type("OrderPlaced", (), {"__annotations__": {"held": hint}, "__module__": __name__}))


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (Card | Transfer, "Card and Transfer are both JSON objects"),
        (tuple[Card | Transfer, ...], "a Literal field that says which it is; or an event for each"),
        (Card | dict[str, int], "are both JSON objects"),
        (Size | str, "Size and str are both texts in JSON"),
        (Level | int, "Level and int are both numbers"),
        (Level | float, "Level and float are both numbers"),
        (str | Decimal, "str and Decimal are both texts"),
        (datetime.datetime | str, "datetime and str are both texts"),
        (datetime.datetime | datetime.date | None, "datetime and date are both texts"),
        (Literal["a"] | datetime.date, "both texts"),
        (list[int] | tuple[int, ...], "are both lists"),
        (object | int, "is anything: write Any"),
        (Mixed, "the values of Mixed are int, str"),
        (Ratio, "the values of Ratio are float"),
        (Price, "all are texts or all are whole numbers"),
        (Option, "write a tuple of an Enum"),
        (Literal[1.5], "has the value 1.5"),  # pyright: ignore[reportInvalidTypeForm] # the fault
        (Literal[b"x"], r"has the value b'x'"),
        (Literal[Size.SMALL], "write the type itself, or an Enum of texts"),
        (Part, "Part contains itself"),
        (
            Page[int],
            "is a generic dataclass, of which schemas and filters cannot be made: write a dataclass of its ",
        ),
        (
            Annotated[datetime.datetime, msgspec.Meta(tz=False)],
            "write datetime, or a date and a time for what is",
        ),
        (set[list[int]], "cannot be items of a set"),
        (frozenset[Changing], "freeze the class of the items"),
        (Silent, "Silent is a Pydantic model, which is not read within a dataclass"),
        (dict[int, str], "keys that are not str"),
        (bytes, "bytes has no JSON form"),
        (Annotated[int, msgspec.Meta(max_length=3)], "Can only set `max_length`"),
    ],
)
def test_what_would_not_arrive_as_it_was_sent_is_refused(hint: object, message: str) -> None:
    with pytest.raises(InvalidEventError, match="The field 'held' of the event OrderPlaced cannot travel") as error:
        _event(hint)
    assert message in str(error.value)


def test_what_an_event_holds_cannot_be_changed_either() -> None:
    with pytest.raises(InvalidEventError, match=r"Changing within the event OrderPlaced can be changed.*frozen=True"):
        _event(tuple[Changing, ...])


@pytest.mark.parametrize("hint", [Card | Transfer, Silent | PaidByCard, Size | str, Level | float, dict[int, str]])
def test_the_same_is_refused_of_a_model(hint: object) -> None:
    with pytest.raises(InvalidEventError, match="The field 'held' of the event OrderPlaced cannot travel"):
        _event(hint, as_model=True)


@pytest.mark.parametrize(
    "hint",
    [Level | Decimal, Level | datetime.datetime, Level | bool, Size | int, Literal[1] | bool, Literal[True] | int],
)
def test_what_pydantic_would_take_for_something_else_is_refused_of_a_model_only(hint: object) -> None:
    _event(hint)
    with pytest.raises(InvalidEventError, match="read from the same JSON by Pydantic"):
        _event(hint, as_model=True)


def test_models_that_say_what_they_are_may_stand_for_one_another() -> None:
    event = _event(PaidByCard | PaidByTransfer, as_model=True)
    for paid in (PaidByCard(kind="card", number="1"), PaidByTransfer(kind="transfer", number="1")):
        assert _arrived(event(held=paid)) == event(held=paid)


def test_members_that_may_be_missing_and_new_types_are_read_and_filtered() -> None:
    event = _event(dict[str, Weight])
    for weight in (Weight(grams=Decimal("1.50")), Weight(grams=Decimal(2), note="light")):
        assert _arrived(event(held={"a": weight})) == event(held={"a": weight})
    for as_model in (False, True):
        event = _event(Parcel, as_model=as_model)
        for parcel in (Parcel(grams=Decimal("1.50")), Parcel(grams=Decimal(2), note="light")):
            assert _arrived(event(held=parcel)) == event(held=parcel)
        with pytest.raises(ValueError, match="the field may be missing"):
            where(event, held__note__anything_but="x")
    event = _event(Weight)
    assert where(event, held__grams__gt=1).detail_pattern() == {"numbers": {"held": {"grams": [{"numeric": [">", 1]}]}}}
    with pytest.raises(ValueError, match="the field may be missing"):
        where(event, held__note__anything_but="x")
    event = _event(OrderId)
    assert where(event, held__prefix="A").detail_pattern() == {"data": {"held": [{"prefix": "A"}]}}
    assert where(_event(tuple[OrderId, ...]), held="A").detail_pattern() == {"data": {"held": ["A"]}}


# Each type with a strategy of its values.
_NUMBERS = itertools.count()
_Typed = tuple[object, st.SearchStrategy[object]]
_OFFSETS = st.builds(datetime.timezone, st.integers(-23 * 60, 23 * 60).map(lambda m: datetime.timedelta(minutes=m)))
_ZONES = st.none() | _OFFSETS
# Bounds have no zone; a zone moves neither out of the calendar.
_EARLIEST, _LATEST = (datetime.datetime.combine(datetime.date(year, 1, 1), datetime.time()) for year in (2, 9998))
_DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
_SCALARS: list[_Typed] = [
    (str, st.text()),
    (int, st.integers(-(2**70), 2**70)),
    (float, st.floats(allow_nan=False, allow_infinity=False)),
    (bool, st.booleans()),
    (Decimal, _DECIMALS),
    (datetime.datetime, st.datetimes(_EARLIEST, _LATEST, timezones=cast("Any", _OFFSETS))),
    (datetime.date, st.dates()),
    (datetime.time, st.times(timezones=_ZONES)),
    (datetime.timedelta, st.timedeltas()),
    (uuid.UUID, st.uuids()),
    (Size, st.sampled_from(Size)),
    (Level, st.sampled_from(Level)),
    (Literal["a", "b", 1], st.sampled_from(["a", "b", 1])),
    (OrderId, st.text().map(OrderId)),
    (Amount, _DECIMALS.map(Amount)),
    (Card, st.builds(Card, number=st.text())),
    (type(None), st.none()),
]


def _lists(item: _Typed) -> st.SearchStrategy[_Typed]:
    hint, values = cast("tuple[type, st.SearchStrategy[object]]", item)
    many = st.lists(values, max_size=3)
    return st.sampled_from(
        cast(
            "list[_Typed]",
            [
                (list[hint], many),  # type: ignore[valid-type] # made of values
                (tuple[hint, ...], many.map(tuple)),  # type: ignore[valid-type] # made of values
                (tuple[hint, int], st.tuples(values, st.integers())),  # type: ignore[valid-type] # made of values
                (dict[str, hint], st.dictionaries(st.text(), values, max_size=3)),  # type: ignore[valid-type] # made of values
                (collections.abc.Sequence[hint], many),  # type: ignore[valid-type] # made of values
                (collections.abc.Mapping[str, hint], st.dictionaries(st.text(), values, max_size=3)),  # type: ignore[valid-type] # made of values
            ],
        )
    )


def _classes(item: _Typed) -> st.SearchStrategy[_Typed]:
    hint, values = item
    made = dataclasses.make_dataclass(f"Made{next(_NUMBERS)}", [("value", hint)], frozen=True, kw_only=True)
    return st.just((made, st.builds(made, value=values)))


def _unions(items: list[_Typed]) -> st.SearchStrategy[_Typed]:
    return st.just((_union([hint for hint, _ in items]), st.one_of([values for _, values in items])))


def _union(hints: list[object]) -> object:
    return functools.reduce(operator.or_, cast("list[type]", hints))


_TYPES: st.SearchStrategy[_Typed] = st.recursive(
    st.sampled_from(_SCALARS),
    lambda inner: st.one_of(
        inner.flatmap(_lists), inner.flatmap(_classes), st.lists(inner, min_size=2, max_size=3).flatmap(_unions)
    ),
    max_leaves=5,
)


def _arrived(event: object) -> object:
    entry = event_entry(OutgoingEvent(event=event), bus_name="bus", resources=[])
    declaration = event_declaration(type(event))
    body = {"source": declaration.source, "detail-type": declaration.detail_type}
    text = json.dumps({**body, "detail": json.loads(entry.request["Detail"])})
    Draft4Validator(event_schema(declaration), format_checker=FORMATS).validate(json.loads(text))
    return MessageReader(event=type(event), wants_metadata=True).typed(text, body=json.loads(text)).event


def _same(one: object, other: object) -> bool:
    """Compare more strictly than ``==``, to which 1, 1.0 and True are one."""
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(each, other[key]) for key, each in one.items())
    if dataclasses.is_dataclass(one) and type(one) is type(other):
        return all(_same(getattr(one, each.name), getattr(other, each.name)) for each in dataclasses.fields(one))
    return type(one) is type(other) and str(one) == str(other) and one == other


@settings(deadline=None, max_examples=examples(400), suppress_health_check=list(HealthCheck))
@given(typed=_TYPES, as_model=st.booleans(), data=st.data())
def test_what_can_be_declared_arrives_as_it_was_sent(
    typed: _Typed,
    as_model: bool,  # noqa: FBT001 -- given by its name
    data: st.DataObject,
) -> None:
    hint, values = typed
    try:
        event_class = _event(hint, as_model=as_model)
    except InvalidEventError:
        return
    held = data.draw(values)
    event = event_class(held=held)
    arrived = _arrived(event)
    assert type(arrived) is event_class
    assert _same(vars(arrived)["held"], held), (hint, held, arrived)
    check_fields(event_class, not_secret=(), claim_check=())


@settings(deadline=None, max_examples=examples(300))
@given(st.lists(st.sampled_from(_SCALARS), min_size=2, max_size=3, unique_by=lambda typed: str(typed[0])))
def test_a_union_is_refused_only_when_two_of_its_types_look_alike(items: list[_Typed]) -> None:
    hints = [hint for hint, _ in items]
    union = _union(hints)
    written = [each for hint in hints for each in forms(getattr(hint, "__supertype__", hint))]
    if len(written) == len({*written}):
        assert event_declaration(_event(union)).version == 1


def test_a_class_that_is_only_read_may_contain_itself() -> None:
    assert reason_not_read(Part) is None
    assert "Card and Transfer" in str(reason_not_read(dataclasses.make_dataclass("Paid", [("by", Card | Transfer)])))


def test_anything_is_what_json_makes_of_it() -> None:
    event = _event(dict[str, Any])
    plain: dict[str, object] = {"a": [1, 1.5, None, True, "x", {"b": []}]}
    assert _arrived(event(held=plain)) == event(held=plain)
    assert _arrived(event(held={"a": Decimal("1.50")})) == event(held={"a": "1.50"})
    assert _arrived(_event(object)(held=plain)).held == plain  # type: ignore[attr-defined] # made above
