"""The promise under load: every acknowledged order gets exactly one invoice."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from best_practice_constructs.local import LocalStage
from tests.end_to_end.order_invoice_stage import (
    assert_each_order_has_exactly_one_invoice,
    deploy_system,
    place_orders,
    wait_until_invoiced,
)

pytestmark = pytest.mark.end_to_end

ORDERS = 500


def test_500_orders_from_4_clients_get_500_invoices_each_exactly_once(
    embedded_stage: LocalStage, record_property: Callable[[str, object], None]
) -> None:
    system = deploy_system(embedded_stage, "load")
    started = time.monotonic()
    placed = place_orders(system, ORDERS, clients=4)
    acknowledged = time.monotonic() - started
    counts = wait_until_invoiced(system, ORDERS, seconds=120)
    invoiced = time.monotonic() - started
    record_property("acknowledged_seconds", round(acknowledged, 1))
    record_property("invoiced_seconds", round(invoiced, 1))
    print(
        f"{ORDERS} orders acknowledged in {acknowledged:.1f} s ({ORDERS / acknowledged:.0f}/s), all invoiced after "
        f"{invoiced:.1f} s ({ORDERS / invoiced:.0f}/s)"
    )

    assert counts["orders/INVOICE"] == ORDERS
    assert_each_order_has_exactly_one_invoice(system, list(placed.order_ids.values()))
    assert system.dead_letters() == []
    assert system.waiting_messages() == 0
