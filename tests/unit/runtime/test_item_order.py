"""Sets are published in order; those that have none are refused where they are declared."""

from __future__ import annotations

import datetime
import enum
import json
import typing
import uuid
from dataclasses import dataclass, make_dataclass
from decimal import Decimal
from typing import Literal, NewType

import pytest
from pydantic import BaseModel, ConfigDict

from best_practice_constructs.runtime import EventSource, InvalidEventError, OutgoingEvent
from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.json_types import reason_not_read
from best_practice_constructs.runtime.queue_message import MessageReader

OrderId = NewType("OrderId", str)


class Size(enum.Enum):
    """Texts, which an Enum does not compare."""

    SMALL = "small"
    LARGE = "large"


class Level(enum.IntEnum):
    """Whole numbers."""

    LOW = 1
    HIGH = 2


class Tone(enum.StrEnum):
    """It is compared as its text."""

    LOUD = "loud"
    LOW = "low"


@dataclass(frozen=True)
class Card:
    """It is not compared."""

    digits: str


@dataclass(frozen=True, order=True)
class Rank:
    """It says how it is compared."""

    place: int


def _event(hint: object, *, base: type = object) -> type:
    fields: dict[str, object] = {"__annotations__": {"held": hint}, "__module__": __name__}
    if base is BaseModel:
        fields["model_config"] = ConfigDict(frozen=True)
    return EventSource("com.example.sets").event(type("ThingHeld", (base,), fields))


def _arrived(event: object) -> object:
    entry = event_entry(OutgoingEvent(event=event), bus_name="bus", resources=[]).request
    body = {"source": entry["Source"], "detail-type": entry["DetailType"], "detail": json.loads(entry["Detail"])}
    read = MessageReader(event=type(event), wants_metadata=True).typed(json.dumps(body), body=body).event
    return vars(read)["held"]


@pytest.mark.parametrize(
    ("hint", "items"),
    [
        (set[str], {"b", "a"}),
        (frozenset[OrderId], frozenset({"b", "a"})),
        (set[int | float | Decimal], {2, 0.5, Decimal("1.50")}),
        (set[bool], {True, False}),
        (set[uuid.UUID], {uuid.UUID(int=2), uuid.UUID(int=1)}),
        (set[datetime.date], {datetime.date(2026, 1, 2), datetime.date(2026, 1, 1)}),
        (set[Tone], set(Tone)),
        (set[Level], set(Level)),
        (set[Rank], {Rank(2), Rank(1)}),
        (set[Literal["b", "a"]], {"b", "a"}),
        (set[tuple[int, str]], {(2, "a"), (1, "b")}),
        (frozenset[tuple[str, ...]], frozenset({("b",), ("a", "c")})),
        (tuple[()], ()),
    ],
)
def test_sets_whose_items_have_an_order_arrive(hint: object, items: object) -> None:
    assert _arrived(_event(hint)(held=items)) == items


@pytest.mark.parametrize(
    "hint",
    [
        set[Size],
        frozenset[Card],
        set[int | None],
        set[str | int],
        set[Literal["a", 1]],
        set[tuple[int, Size]],
        dict[str, list[set[Size]]],
    ],
    ids=str,
)
def test_sets_whose_items_have_none_are_refused(hint: object) -> None:
    message = (
        r"'held' of the event ThingHeld .* have no order, in which a set is written: write tuple\[…, ...\], or items"
    )
    with pytest.raises(InvalidEventError, match=message):
        _event(hint)


def test_the_sets_of_a_model_need_no_order() -> None:
    assert _arrived(_event(set[Size], base=BaseModel)(held=set(Size))) == set(Size)


def test_sets_that_are_only_read_need_no_order() -> None:
    assert reason_not_read(make_dataclass("Sizes", [("sizes", set[Size])])) is None


@pytest.mark.parametrize("name", ["List", "Dict", "Set", "Tuple"])
def test_the_older_names_of_lists_say_what_they_hold(name: str) -> None:
    with pytest.raises(
        InvalidEventError, match=rf"typing.{name} does not say what it holds: write {name.lower()}\[…\]"
    ):
        _event(getattr(typing, name))
