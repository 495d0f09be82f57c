"""The partner is told of each invoice, and of nothing else, with the key that it asks for."""

from __future__ import annotations

import json

import pytest

import examples.order_invoice  # noqa: F401 # pyright: ignore[reportUnusedImport] -- it makes the services' directory an import root
from best_practice_constructs.local import LocalStage
from examples.order_invoice.listening_partner import listening_partner
from invoices.invoice import INVOICE, Invoice
from tests.end_to_end.order_invoice_stage import deploy_system, place_orders, tell_again, wait_until_invoiced

pytestmark = pytest.mark.end_to_end


def test_the_partner_is_told_of_each_invoice_and_knows_repeats(embedded_stage: LocalStage) -> None:
    with listening_partner() as partner:
        system = deploy_system(embedded_stage, "partner", partner_url=f"{partner.url}/webhooks/invoices")
        place_orders(system, 5)
        wait_until_invoiced(system, 5, seconds=120)
        partner.wait_for(5, path="/webhooks/invoices", seconds=60)
        tell_again(system)
        requests = partner.wait_for(10, path="/webhooks/invoices", seconds=60)

        invoices = [fact.content(Invoice) for fact in system.invoice_facts() if fact.fact == INVOICE]
        told = {request.headers["idempotency-key"]: json.loads(request.body) for request in requests}
        assert len(requests) == 10
        assert {(each["invoice"], each["order"], each["total"]["amount"]) for each in told.values()} == {
            (invoice.number, invoice.order_id, str(invoice.total)) for invoice in invoices
        }
        assert len(told) == 5
        (key,) = {request.headers["x-api-key"] for request in requests}
        assert len(key) == 40
