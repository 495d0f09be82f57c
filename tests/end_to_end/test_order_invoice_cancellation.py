"""A cancelled order has no invoice, or an invoice and its credit note; whatever is faster."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from best_practice_constructs.local import LocalStage
from examples.order_invoice.running_system import RunningSystem
from invoices.invoice import CANCELLATION, CREDIT_NOTE, INVOICE, CreditNote, Invoice
from tests.end_to_end.order_invoice_stage import (
    assert_each_order_has_exactly_one_invoice,
    assert_series_has_neither_gap_nor_repeat,
    deploy_system,
    fact_named,
    new_order,
    place_orders,
    wait_until_invoiced,
)

pytestmark = pytest.mark.end_to_end


def _wait_for_outcome(system: RunningSystem, cancelled: int) -> None:
    """Wait until the invoice service has answered every cancellation, and the orders show it."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        counts = system.count_of_facts()
        answered = counts[f"invoices/{CANCELLATION}"] + counts[f"invoices/{CREDIT_NOTE}"]
        shown = all(counts[f"orders/{name}"] == counts[f"invoices/{name}"] for name in (INVOICE, CREDIT_NOTE))
        if answered == cancelled and shown and system.waiting_messages() == 0:
            return
        time.sleep(0.4)
    raise AssertionError(f"not answered: {system.count_of_facts()}")


def test_an_invoiced_order_that_is_cancelled_gets_a_credit_note(embedded_stage: LocalStage) -> None:
    system = deploy_system(embedded_stage, "credit")
    placed = place_orders(system, 5)
    wait_until_invoiced(system, 5, seconds=60)
    client = system.order_client()
    to_cancel = list(placed.order_ids.values())[:3]
    for order_id in to_cancel * 2:
        assert client.cancel(order_id, reason="changed my mind").status == 202
    _wait_for_outcome(system, 3)

    assert_each_order_has_exactly_one_invoice(system, list(placed.order_ids.values()))
    notes = [fact.content(CreditNote) for fact in fact_named(system.invoice_facts(), CREDIT_NOTE)]
    assert sorted(note.invoice.order_id for note in notes) == sorted(to_cancel)
    assert_series_has_neither_gap_nor_repeat([note.number for note in notes])
    shown = client.get(to_cancel[0]).body["credit_note"]
    assert isinstance(shown, dict)
    assert shown["total"] == "121.12"


def test_a_cancellation_that_races_with_the_invoice_leaves_no_invoice_without_credit_note(
    embedded_stage: LocalStage,
) -> None:
    system = deploy_system(embedded_stage, "race")
    races = 60

    def place_and_cancel(index: int) -> str:
        client = system.order_client()
        order_id = str(client.place(new_order(customer=f"Customer {index}")).body["order_id"])
        # From at once to after the invoice, which takes a good half second.
        time.sleep(index / races * 1.5)
        assert client.cancel(order_id, reason="too slow").status == 202
        return order_id

    with ThreadPoolExecutor(6) as pool:
        order_ids = set(pool.map(place_and_cancel, range(races)))
    _wait_for_outcome(system, races)

    facts = system.invoice_facts()
    invoiced = {fact.order_id for fact in fact_named(facts, INVOICE)}
    credited = {fact.order_id for fact in fact_named(facts, CREDIT_NOTE)}
    prevented = {fact.order_id for fact in fact_named(facts, CANCELLATION)}
    print(f"of {races} cancelled orders, {len(prevented)} never had an invoice, {len(credited)} had it taken back")
    assert credited == invoiced
    assert prevented == order_ids - invoiced
    assert_series_has_neither_gap_nor_repeat([f.content(Invoice).number for f in fact_named(facts, INVOICE)])
    assert_series_has_neither_gap_nor_repeat([f.content(CreditNote).number for f in fact_named(facts, CREDIT_NOTE)])
    client = system.order_client()
    states = {str(client.get(order_id).body["state"]) for order_id in order_ids}
    assert states <= {"CANCELLED", "CREDITED"}
    assert system.dead_letters() == []
