"""What the fields of an event cannot be, and how large it may become."""

from __future__ import annotations

import datetime
import enum
import json
import uuid
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from best_practice_constructs.runtime import EventSource, InvalidEventError, LargeEventWarning
from best_practice_constructs.runtime.codec import encode
from best_practice_constructs.runtime.event_size import EventSize, event_size
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES
from best_practice_constructs.runtime.secret_names import looks_secret


@pytest.fixture
def source() -> EventSource:
    return EventSource("com.example.orders")


@dataclass(frozen=True)
class Card:
    """What no event may hold."""

    card_number: str


class Colour(enum.Enum):
    """A colour."""

    RED = "red"
    ULTRAMARINE = "ultramarine"


@dataclass(frozen=True, kw_only=True)
class Bounded:
    """Everything that has a bound."""

    name: Annotated[str, msgspec.Meta(max_length=10)]
    colour: Colour
    size: Literal["s", "xxl"]
    count: int
    ratio: float
    sure: bool
    day: datetime.date
    at: datetime.datetime
    key: uuid.UUID
    note: Annotated[str, msgspec.Meta(max_length=3)] | None
    tags: Annotated[list[Colour], msgspec.Meta(max_length=2)]
    pair: tuple[int, bool]


@pytest.mark.parametrize(
    "name",
    """
    password userPassword api_key APIKey access_token cvv cardNumber client_secret passwords tokens pwd api_keys
    privateKeys passcode jwt bearer session_id connection_string ConnectionStrings security_code sas_url cardnumber
    card_numbers credentials bearer_token otp_codes cookies
    """.split(),
)
def test_secrets_are_known_by_their_names(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    """
    order_id tokens_sold_total passenger pinned key keys number secretary iban ssn email token_count secret_name
    password_expires_at token_type pass bypass session sort_key idempotency_key postal_code discount_code spin
    """.split(),
)
def test_other_names_are_no_secrets(name: str) -> None:
    assert not looks_secret(name)


def _with_password(source: EventSource) -> None:
    @source.event
    class UserRegistered:
        password: str


def _with_card(source: EventSource) -> None:
    @source.event
    class OrderPaid:
        cards: tuple[Card, ...]


def _in_values(source: EventSource) -> None:
    @source.event
    class OrderPaid:
        cards: dict[str, Card]


def _in_lists_of_lists(source: EventSource) -> None:
    @source.event
    class OrderPaid:
        cards: list[dict[str, list[list[Card] | None]]]


def _with_typo(source: EventSource) -> None:
    @source.event(not_secret=["page_tokn"])
    class PageRead:
        page_token: str


def _too_large(source: EventSource) -> None:
    numbers = Literal[tuple(f"{number:01000d}" for number in range(2))]  # type: ignore[valid-type] # made for its size

    fields = {"__annotations__": {f"field_{number}": numbers for number in range(1_100)}, "__module__": __name__}
    source.event(type("OrderPlaced", (), fields))


def _that_changes(source: EventSource) -> None:
    @source.event
    class OrderPlaced(BaseModel):
        order_id: str


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (_with_password, "The field 'password' of the event .*UserRegistered looks like a secret"),
        (_with_card, r"The field 'cards.card_number' of .* not_secret=\('cards.card_number',\)"),
        (_in_values, r"not_secret=\('cards.\*.card_number',\)"),
        (_in_lists_of_lists, r"The field 'cards.\*.card_number' of .* looks like a secret"),
        (_with_typo, "has no field 'page_tokn', which not_secret names; it has page_token"),
        (_too_large, "has at least 11[0-9]{5} bytes"),
        (_that_changes, r"model_config = ConfigDict\(frozen=True\)"),
    ],
)
def test_what_no_event_may_be_is_refused(
    source: EventSource, declare: Callable[[EventSource], None], message: str
) -> None:
    with pytest.raises(InvalidEventError, match=message):
        declare(source)


def test_what_may_become_too_large_is_warned_of(source: EventSource) -> None:
    many = Annotated[list[Annotated[str, msgspec.Meta(max_length=1_000)]], msgspec.Meta(max_length=1_000_000)]
    fields = {
        "__annotations__": {"order_id": str, "lines": many},
        "__module__": __name__,
        "__qualname__": "OrderPlaced",
    }
    with pytest.warns(
        LargeEventWarning, match=r"OrderPlaced may have up to 6\d{9} bytes, .*claim_check=\('lines',\)"
    ) as said:
        source.event(type("OrderPlaced", (), fields))
    assert said[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source.event(version=2, claim_check=["lines"])(type("OrderPlaced", (), dict(fields)))
        few = {
            **fields,
            "__annotations__": {"order_id": str, "lines": Annotated[list[int], msgspec.Meta(max_length=9)]},
        }
        source.event(version=3)(type("OrderPlaced", (), few))


def test_bounds_count_beside_what_has_none(source: EventSource) -> None:
    @dataclass(frozen=True)
    class Line:
        amount: Decimal
        sku: Annotated[str, msgspec.Meta(max_length=1_000)]

    def declare(version: int, most: int) -> None:
        lines = Annotated[tuple[Line, ...], msgspec.Meta(max_length=most)]
        fields = {"__annotations__": {"note": str, "lines": lines}, "__module__": __name__}
        source.event(version=version)(type("OrderPlaced", (), fields))

    with pytest.warns(LargeEventWarning, match=r"OrderPlaced may have up to 6\d{9} bytes, 6\d{9} of them in 'lines'"):
        declare(1, 1_000_000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        declare(2, 100)


def test_what_fits_without_its_envelope_only_is_refused(source: EventSource) -> None:
    exact = Literal["x" * (MAXIMUM_EVENT_BYTES - 100)]  # type: ignore[valid-type] # made for its size
    with pytest.raises(InvalidEventError, match="1024 more for its envelope"):
        source.event(type("OrderPlaced", (), {"__annotations__": {"text": exact}, "__module__": __name__}))


def test_what_is_no_secret_can_be_said(source: EventSource) -> None:
    @source.event(not_secret=["page_token"])
    class PageRead:
        page_token: str

    assert source.events[0].type is PageRead


def test_in_lambda_a_class_that_has_passed_is_not_checked_again(
    source: EventSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    _with_password(source)
    assert source.events[0].detail_type == "UserRegistered"


@given(
    st.builds(
        Bounded,
        name=st.text(max_size=10),
        note=st.none() | st.text(max_size=3),
        tags=st.lists(st.sampled_from(Colour), max_size=2),
        count=st.integers(-(2**63), 2**63 - 1),
        ratio=st.floats(allow_nan=False, allow_infinity=False),
        at=st.datetimes(timezones=st.timezones()),
    )
)
def test_an_event_is_as_large_as_its_class_says(event: Bounded) -> None:
    size = event_size(Bounded)
    assert size.largest is not None
    assert size.smallest <= len(encode(event)) <= size.largest
    assert size.unbounded == ()


def test_what_has_no_bound_is_named() -> None:
    @dataclass
    class Inner:
        text: str
        amount: Decimal

    @dataclass
    class Outer:
        inner: Annotated[list[Inner], msgspec.Meta(max_length=3)]
        many: list[int]
        any: object

    globals().update(Inner=Inner)
    size = event_size(Outer)
    assert (size.largest, size.unbounded) == (None, ("inner[].text", "inner[].amount", "many", "any"))


def test_a_pydantic_model_tells_its_bounds() -> None:
    class Greeted(BaseModel):
        model_config = ConfigDict(frozen=True)
        name: str = Field(max_length=5)

    empty = len('{"name":""}')
    assert event_size(Greeted) == EventSize(smallest=empty, largest=empty + 30, unbounded=(), bounded=empty + 30)
    assert len(json.dumps({"name": "é" * 5}).replace(" ", "")) == len('{"name":""}') + 30
