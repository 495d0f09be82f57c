"""Sets are published in one order, the same in each process."""

from __future__ import annotations

import datetime
import enum
import json
import os
import subprocess
import sys
import typing
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NewType

import pytest
from pydantic import BaseModel, ConfigDict

from best_practice_constructs.runtime import EventSource, InvalidEventError, OutgoingEvent
from best_practice_constructs.runtime.event_entry import event_entry
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
    ("hint", "items"),
    [
        (set[Size], set(Size)),
        (frozenset[Card], frozenset({Card("1"), Card("2")})),
        (set[int | None], {1, None, 2}),
        (set[str | int], {"a", 1, "1"}),
        (set[Literal["a", 1]], {"a", 1}),
        (set[tuple[int, Size]], {(1, Size.LARGE), (1, Size.SMALL)}),
        (dict[str, list[set[Size]]], {"a": [set(Size), set()]}),
    ],
)
def test_sets_whose_items_are_not_compared_arrive_too(hint: object, items: object) -> None:
    assert _arrived(_event(hint)(held=items)) == items


def test_the_sets_and_mappings_of_a_model_arrive() -> None:
    assert _arrived(_event(set[Size], base=BaseModel)(held=set(Size))) == set(Size)
    mapping = {"b": 2**70, "a": 1}
    assert _arrived(_event(dict[str, int], base=BaseModel)(held=mapping)) == mapping


_WRITES_SETS = """
import enum
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, field_serializer

from best_practice_constructs.runtime import EventSource, OutgoingEvent
from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.invocation import Cause, caused_by

things = EventSource("com.example.things")
Size = enum.Enum("Size", {name: name for name in "abcdefgh"})


@dataclass(frozen=True)
class Card:
    digits: str
    sizes: frozenset[Size] = frozenset(Size)


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)

    names: frozenset[str]


@things.event
class ThingHeld:
    names: set[str]
    sizes: set[Size]
    cards: set[Card]
    nested: dict[str, tuple[set[Size], ...]]
    anything: Any


@things.event
class ModelHeld(BaseModel):
    model_config = ConfigDict(frozen=True)

    names: set[str]
    sizes: frozenset[Size]
    cards: frozenset[Card]
    parts: list[frozenset[Part]]
    named: dict[str, set[str]]
    anything: Any
    lengths: set[str]

    @field_serializer("lengths")
    def length(self, lengths: set[str]) -> list[str]:
        return sorted(lengths)[:2] + ["x"] if len(lengths) < 3 else sorted(lengths)


names = {*"red green blue black white".split()}
mapping = {name: {name, "b", "c"} for name in names}
cards = {Card(name) for name in names}
parts = [frozenset(Part(names=frozenset({name, "b"})) for name in names)]
events = [
    ThingHeld(names=names, sizes=set(Size), cards=cards, nested={"a": (set(Size),)}, anything=[set(names)]),
    ModelHeld(
        names=names, sizes=set(Size), cards=cards, parts=parts, named=mapping, anything=[set(names)], lengths=names
    ),
]
with caused_by(Cause(correlation_id="c", causation_id="1")):
    for event in events:
        entry = event_entry(OutgoingEvent(event=event), bus_name="bus", resources=[])
        print(entry.event_id, entry.request["Detail"].partition('"data":')[2])
"""


def test_sets_are_written_in_the_same_order_by_each_process() -> None:
    written = {
        subprocess.run(
            [sys.executable, "-c", _WRITES_SETS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    (text,) = written
    assert '"names":["black","blue","green","red","white"]' in text
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize("name", ["List", "Dict", "Set", "Tuple"])
def test_the_older_names_of_lists_say_what_they_hold(name: str) -> None:
    with pytest.raises(
        InvalidEventError, match=rf"typing.{name} does not say what it holds: write {name.lower()}\[…\]"
    ):
        _event(getattr(typing, name))
