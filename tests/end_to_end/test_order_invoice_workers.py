"""The promise while workers die: kill -9 at any moment loses nothing and does nothing twice."""

from __future__ import annotations

import itertools
import threading
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
KILL_AFTER_EACH = 60


def test_killing_all_workers_several_times_during_500_orders_loses_nothing_and_repeats_nothing(
    embedded_stage: LocalStage, record_property: Callable[[str, object], None]
) -> None:
    system = deploy_system(embedded_stage, "workers")
    acknowledged = itertools.count(1)
    killed: list[tuple[int, ...]] = []
    lock = threading.Lock()

    def kill_now_and_then() -> None:
        with lock:
            if next(acknowledged) % KILL_AFTER_EACH == 0:
                killed.append(embedded_stage.kill_workers())

    placed = place_orders(system, ORDERS, clients=4, after_each=kill_now_and_then)
    # Some more while the queues are worked off and nobody places orders any more.
    for _ in range(2):
        time.sleep(1)
        killed.append(embedded_stage.kill_workers())
    started = time.monotonic()
    wait_until_invoiced(system, ORDERS, seconds=150)
    record_property("recovered_seconds", round(time.monotonic() - started, 1))
    print(
        f"{sum(map(len, killed))} workers killed in {len(killed)} strikes, {placed.retries} requests sent again, all "
        f"invoiced {time.monotonic() - started:.1f} s after the last strike"
    )

    assert len(killed) >= 8
    assert sum(len(pids) for pids in killed) >= 20
    assert_each_order_has_exactly_one_invoice(system, list(placed.order_ids.values()))
    assert system.dead_letters() == []
    assert system.waiting_messages() == 0
