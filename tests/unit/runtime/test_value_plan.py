"""The fast look at a value says what a look at each of its parts says."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Literal, TypedDict

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.runtime.codec import encode
from best_practice_constructs.runtime.errors import TypeMismatchError
from best_practice_constructs.runtime.value_parts import unusable_number
from best_practice_constructs.runtime.value_plan import look_at_decoded, look_at_encoded


class Weight(TypedDict):
    """A weight."""

    grams: float


class Price(msgspec.Struct):
    """A price."""

    amount: Decimal


@dataclass
class Leaf:
    """What holds numbers."""

    ratio: float
    amount: Decimal = Decimal(0)
    name: str = ""


@dataclass
class Tree:
    """Numbers in every kind of place."""

    number: Annotated[Decimal, "of something"]
    maybe: Decimal | None
    either: Leaf | float | str
    mixed: list[int] | Decimal
    leaves: list[Leaf]
    pairs: dict[str, tuple[Leaf, ...]]
    position: tuple[int, Decimal]
    weight: Weight
    price: Price
    anything: object
    kind: Literal["a", "b"]
    count: int = 0
    children: list[Tree] = field(default_factory=list)


_DECIMALS = st.decimals() | st.sampled_from([Decimal("1E+200"), Decimal("1E-200"), Decimal("NaN")])
_FLOATS = st.floats()
_LEAVES = st.builds(Leaf, ratio=_FLOATS, amount=_DECIMALS)
_TREES: st.SearchStrategy[Tree] = st.deferred(
    lambda: st.builds(
        Tree,
        number=_DECIMALS,
        maybe=st.none() | _DECIMALS,
        either=_LEAVES | _FLOATS | st.text(),
        mixed=st.lists(st.integers()) | _DECIMALS,
        leaves=st.lists(_LEAVES, max_size=2),
        pairs=st.dictionaries(st.text(max_size=2), st.lists(_LEAVES, max_size=2).map(tuple), max_size=2),
        position=st.tuples(st.integers(), _DECIMALS),
        weight=st.fixed_dictionaries({"grams": _FLOATS}),
        price=st.builds(Price, amount=_DECIMALS),
        anything=_FLOATS | st.text() | st.lists(_DECIMALS, max_size=2),
        children=st.lists(_TREES, max_size=1),
    )
)


@given(_TREES)
def test_what_is_to_be_written_is_looked_at_everywhere(tree: Tree) -> None:
    look = look_at_encoded(Tree)
    assert look is not None
    assert look(tree) == (unusable_number(tree) is not None)


@pytest.mark.parametrize("value_type", [str, Literal["a"], list[str], dict[str, bool], tuple[bool, ...], bytes])
def test_what_holds_no_number_is_not_looked_at(value_type: object) -> None:
    assert look_at_encoded(value_type) is None
    assert look_at_decoded(value_type) is None


def test_what_was_read_has_its_defaults_as_attributes() -> None:
    @dataclass
    class Inner:
        text: str = "t"

    @dataclass
    class Outer:
        inner: Inner
        many: list[Inner]
        amount: Decimal = Decimal(1)

    globals().update(Inner=Inner)
    read = msgspec.json.decode('{"inner":{},"many":[{}]}', type=Outer)
    look = look_at_decoded(Outer)
    assert look is not None
    assert not look(read)
    assert (vars(read)["amount"], vars(read.inner), vars(read.many[0])) == (Decimal(1), {"text": "t"}, {"text": "t"})


def test_what_was_read_has_no_float_or_int_to_look_at() -> None:
    assert look_at_decoded(dict[str, list[int | float]]) is None


@dataclass
class Loose:
    """Nothing holds it to its types."""

    amount: Decimal
    count: int
    leaf: Leaf | None
    leaves: list[Leaf]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Loose(amount=100, count=1, leaf=None, leaves=[]), b'"amount":100'),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the fault
        (Loose(amount=None, count=1, leaf=None, leaves=None), b'"leaves":null'),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the fault
        (Loose(amount=Decimal(1), count="1", leaf={}, leaves=[{}]), b'"count":"1"'),  # type: ignore[arg-type, list-item]  # pyright: ignore[reportArgumentType]  # the fault
    ],
)
def test_a_value_of_another_type_than_it_should_be_is_written_as_it_is(value: Loose, written: bytes) -> None:
    assert written in encode(value)


@pytest.mark.parametrize("field_name", ["amount", "count", "leaf"])
def test_a_nan_is_found_in_a_field_of_another_type_too(field_name: str) -> None:
    fields = {"amount": Decimal(1), "count": 1, "leaf": None, "leaves": [], field_name: float("nan")}
    with pytest.raises(TypeMismatchError, match=rf"finite number.* at \$\.{field_name}"):
        encode(Loose(**fields))  # type: ignore[arg-type] # the fault
