"""JSON there and back."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.runtime.codec import Decoder, encode
from best_practice_constructs.runtime.errors import DecodingError, TypeMismatchError


class Color(enum.Enum):
    """A color."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, kw_only=True)
class Inner:
    """Something inside."""

    amount: Decimal
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Everything:
    """Whatever events are made of."""

    text: str
    number: int
    ratio: float
    flag: bool
    at: datetime
    day: date
    lasts: timedelta
    id: UUID
    color: Color
    inner: Inner
    several: tuple[Inner, ...]
    by_name: dict[str, Decimal]


decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1E30"), max_value=Decimal("1E30"))
inners = st.builds(Inner, amount=decimals, note=st.none() | st.text())
everything = st.builds(
    Everything,
    text=st.text(),
    number=st.integers(-(2**63), 2**63 - 1),
    ratio=st.floats(allow_nan=False, allow_infinity=False),
    flag=st.booleans(),
    at=st.datetimes(timezones=st.just(UTC)),
    day=st.dates(),
    lasts=st.timedeltas(min_value=timedelta(days=-10_000), max_value=timedelta(days=10_000)),
    id=st.uuids(),
    color=st.sampled_from(Color),
    inner=inners,
    several=st.lists(inners, max_size=3).map(tuple),
    by_name=st.dictionaries(st.text(), decimals, max_size=3),
)
decoder = Decoder(Everything)


@settings(deadline=None)
@given(everything)
def test_what_is_written_is_read_back_digit_by_digit(value: Everything) -> None:
    again = decoder.decode(encode(value))
    assert again == value
    assert str(again.inner.amount) == str(value.inner.amount)


@settings(deadline=None)
@given(st.binary() | st.text())
def test_nothing_but_a_decoding_error_comes_of_garbage(text: bytes | str) -> None:
    with pytest.raises(DecodingError):
        decoder.decode(text)


@pytest.mark.parametrize("number", ["NaN", "sNaN", "-Infinity", "1e126", "1e-131", "9" * 127])
def test_a_number_that_nobody_can_store_is_refused(number: str) -> None:
    with pytest.raises(TypeMismatchError) as raised:
        Decoder(list[Inner]).decode(f'[{{"amount": "{number}", "note": null}}]')
    assert (raised.value.path, raised.value.pointer) == ("$[0].amount", "/0/amount")


@pytest.mark.parametrize(
    "value", [float("nan"), {"a": [float("inf")]}, Inner(amount=Decimal("NaN"), note=None), [{"x": Decimal("1e999")}]]
)
def test_a_number_that_json_does_not_know_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match="number"):
        encode(value)


@pytest.mark.parametrize("depth", [10, 200, 400, 600, 800, 900, 950, 990, 1000, 5000])
def test_deep_nesting_is_read_or_refused_and_no_crash(depth: int) -> None:
    text = "[" * depth + "1.5" + "]" * depth
    refusal = ""
    try:
        Decoder(list[object]).decode(text)
    except DecodingError as error:
        refusal = str(error)
    assert refusal == "" if depth <= 200 else refusal in ("", "JSON is nested too deeply")


def test_a_missing_field_is_named_by_its_own_place() -> None:
    with pytest.raises(TypeMismatchError, match=r"required field `note` at \$.note"):
        Decoder(Inner).decode('{"amount": "1"}')
