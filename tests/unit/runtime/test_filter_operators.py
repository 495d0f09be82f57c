"""What filters say of operators that there are not, and of values that were meant otherwise."""

from __future__ import annotations

import enum
from decimal import Decimal

import pytest

from best_practice_constructs.runtime import EventSource, InvalidFilterError
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.filter_operators import OPERATORS

orders = EventSource("com.example.orders")


class Kind(enum.Enum):
    """A kind of order, whose names are not its values in capitals."""

    GIFT = "gift"
    OWN = "for oneself"


class Rank(enum.IntEnum):
    """How soon."""

    FIRST = 1


@orders.event
class OrderPlaced(Event):
    """An order."""

    kind: Kind
    rank: Rank
    either: Kind | None
    country: str
    quantity: int
    total: Decimal
    tags: tuple[str, ...]
    labels: dict[str, str]


def refusal(**conditions: object) -> str:
    with pytest.raises(InvalidFilterError, match="OrderPlaced") as raised:
        OrderPlaced.where(**conditions)
    return str(raised.value)


@pytest.mark.parametrize(
    ("conditions", "remedy"),
    [
        ({"country__startswith": "D"}, "did you mean country__prefix=…?"),
        ({"country__EndsWith": "D"}, "did you mean country__suffix=…?"),
        ({"country__contains": "D"}, "did you mean country__wildcard='*…*'?"),
        ({"country__prefx": "D"}, "did you mean country__prefix=…?"),
        ({"country__Prefix": "D"}, "did you mean country__prefix=…?"),
        ({"country___prefix": "D"}, "did you mean country__prefix=…?"),
        ({"country__ne": "D"}, "did you mean country__anything_but=…?"),
        ({"country__isnull": True}, "did you mean country__exists=…?"),
        ({"total__ge": 1}, "did you mean total__gte=…?"),
        ({"total__greater": 1}, "did you mean total__gte=…?"),
        ({"tags__startswith": "a"}, "did you mean tags__prefix=…?"),
        ({"country__zzz": "D"}, "there such an operator; the operators are gt"),
        ({"country__in": ["DE"]}, "write country=… with a value, or a list of values."),
        ({"country__": "DE"}, "write country=… with a value, or a list of values."),
        ({"quantity__between": (1, 2)}, "write quantity__gte=… and quantity__lte=…."),
    ],
)
def test_an_unknown_operator_says_which_was_meant(conditions: dict[str, object], remedy: str) -> None:
    message = refusal(**conditions)
    (given,) = conditions
    assert f"The condition {given!r} of OrderPlaced cannot work" in message
    assert remedy in message


def test_an_unknown_operator_lists_those_that_there_are() -> None:
    message = refusal(country__zzz="D")
    assert all(operator in message for operator in OPERATORS)


def test_a_condition_has_one_operator() -> None:
    assert "a condition has one operator: anything_but or prefix" in refusal(country__anything_but__prefix="D")


def test_an_unknown_field_is_no_unknown_operator() -> None:
    message = refusal(contry__startswith="D")
    assert "OrderPlaced has no field 'contry'; did you mean 'country'?" in message
    assert "operator" not in message


def test_the_keys_of_a_mapping_are_no_fields() -> None:
    assert "labels is a mapping, whose keys are no fields" in refusal(labels__colour="red")


@pytest.mark.parametrize(
    ("conditions", "remedy"),
    [
        ({"kind": "gift"}, "the field is Kind; write Kind.GIFT."),
        ({"kind": "GIFT"}, "write Kind.GIFT."),
        ({"kind": [Kind.OWN, "Gift"]}, "write Kind.GIFT."),
        ({"kind__anything_but": "own"}, "write Kind.OWN."),
        ({"rank": 1}, "write Rank.FIRST."),
        ({"rank": "first"}, "write Rank.FIRST."),
        ({"either": "for oneself"}, "write Kind.OWN."),
        ({"kind": "lost"}, "the field is Kind; pass Kind."),
    ],
)
def test_the_value_or_the_name_of_an_enum_says_which_member(conditions: dict[str, object], remedy: str) -> None:
    assert remedy in refusal(**conditions)
    assert OrderPlaced.where(kind=Kind.OWN).detail_pattern() == {"data": {"kind": ["for oneself"]}}


@pytest.mark.parametrize("several", [[1, 2], (1, 2), {1, 2}, {"low": 1}])
def test_a_number_is_compared_with_one(several: object) -> None:
    for name in ("quantity", "total"):
        message = refusal(**{f"{name}__gte": several})
        assert f"gte={several!r}" in message
        assert f"pass one; what lies between two is {name}__gte=… and {name}__lte=…" in message
        assert f"any of several {name}=[…]" in message


@pytest.mark.parametrize(
    ("conditions", "given", "remedy"),
    [
        ({"total__gte": "x"}, "cannot work with gte='x': the field is Decimal", "an int, a float or a Decimal"),
        ({"total__gte": True}, "cannot work with gte=True", "an int, a float or a Decimal"),
        ({"total": "x"}, "cannot work with 'x'", "an int, a float or a Decimal"),
        ({"quantity__lt": "x"}, "cannot work with lt='x'", "pass int."),
        ({"country__gte": "DE"}, "cannot work with gte='DE'", "the field is str: ask for values, as in country=[…]"),
        ({"country__gte": "A", "country__lt": "M"}, "gte='A' and lt='M'", "as in country__prefix=…"),
        ({"quantity__prefix": "1"}, "cannot work with prefix='1'", "compare numbers with gt, gte, lt and lte"),
        ({"kind__gt": 1}, "cannot work with gt=1", "the field is Kind: ask for values"),
    ],
)
def test_a_value_that_does_not_fit_names_its_operator_and_what_fits(
    conditions: dict[str, object], given: str, remedy: str
) -> None:
    message = refusal(**conditions)
    assert given in message
    assert remedy in message
