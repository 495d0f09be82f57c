from __future__ import annotations

import uuid

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from orders.new_order import NewOrder
from orders.order_identity import fingerprint_of, order_id_of

from tests.unit.examples.order_invoice.samples import new_order


def test_the_same_caller_and_key_are_the_same_order() -> None:
    assert order_id_of(caller="a", idempotency_key="k") == order_id_of(caller="a", idempotency_key="k")
    assert uuid.UUID(order_id_of(caller="a", idempotency_key="k")).version == 5


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_no_two_pairs_of_caller_and_key_are_one_order(one: tuple[str, str], other: tuple[str, str]) -> None:
    ids = {order_id_of(caller=caller, idempotency_key=key) for caller, key in (one, other)}
    assert len(ids) == len({one, other})


def test_a_separator_in_the_caller_makes_no_other_pair() -> None:
    assert order_id_of(caller="a:b", idempotency_key="c") != order_id_of(caller="a", idempotency_key="b:c")


def test_the_fingerprint_tells_orders_apart_and_not_their_spelling() -> None:
    spelled = b'{ "lines": [{"quantity": 2, "sku": "LAMP-01"}], "currency": "EUR", "country":"DE", "customer": "Ada Lovelace" }'
    assert fingerprint_of(msgspec.json.decode(spelled, type=NewOrder)) == fingerprint_of(new_order(quantity=2))
    assert fingerprint_of(new_order(quantity=3)) != fingerprint_of(new_order(quantity=2))
