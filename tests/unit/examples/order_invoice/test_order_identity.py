from __future__ import annotations

import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.runtime import Caller, Problem
from orders.new_order import NewOrder
from orders.order_identity import fingerprint_of, idempotency_key_of, order_id_of, owner_of
from tests.unit.examples.order_invoice.samples import new_order


def test_the_same_owner_and_key_are_the_same_order() -> None:
    assert order_id_of(owner="a", idempotency_key="k") == order_id_of(owner="a", idempotency_key="k")
    assert uuid.UUID(order_id_of(owner="a", idempotency_key="k")).version == 5


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_no_two_pairs_of_owner_and_key_are_one_order(one: tuple[str, str], other: tuple[str, str]) -> None:
    ids = {order_id_of(owner=owner, idempotency_key=key) for owner, key in (one, other)}
    assert len(ids) == len({one, other})


def test_a_separator_in_the_owner_makes_no_other_pair() -> None:
    assert order_id_of(owner="a:b", idempotency_key="c") != order_id_of(owner="a", idempotency_key="b:c")


def test_the_fingerprint_tells_orders_apart_and_not_their_spelling() -> None:
    spelled = (
        b'{ "lines": [{"quantity": 2, "sku": "LAMP-01"}], "currency": "EUR", "country":"DE", '
        b'"customer": "Ada Lovelace" }'
    )
    assert fingerprint_of(msgspec.json.decode(spelled, type=NewOrder)) == fingerprint_of(new_order(quantity=2))
    assert fingerprint_of(new_order(quantity=3)) != fingerprint_of(new_order(quantity=2))


def _caller(identity: str) -> Caller:
    return Caller(kind="iam", identity=identity, claims={})


def test_two_sessions_of_one_role_are_one_owner() -> None:
    role = "arn:aws:sts::123456789012:assumed-role/Shop"
    assert owner_of(_caller(f"{role}/session-1")) == owner_of(_caller(f"{role}/session-2")) == role


def test_a_user_owns_under_its_own_name_and_nobody_under_none() -> None:
    user = "arn:aws:iam::123456789012:user/ada"
    assert owner_of(_caller(user)) == user
    assert owner_of(None) == "anonymous"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "  "}, {"Idempotency-Key": "k" * 256}])
def test_a_request_without_a_usable_key_is_a_problem(headers: dict[str, str]) -> None:
    with pytest.raises(Problem) as caught:
        idempotency_key_of(headers)
    assert caught.value.status == 400
