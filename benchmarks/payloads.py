"""What the measured handlers are given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import examples.order_invoice  # noqa: F401 -- it makes the services importable  # pyright: ignore[reportUnusedImport]
from best_practice_constructs.testing import eventbridge_event, sqs_event
from shop.events import OrderedLine, OrderPlaced


def placed_order() -> Mapping[str, object]:
    """Give a batch of one message: the event that an order was placed, as EventBridge writes it."""
    line = OrderedLine(
        sku="LAMP-1",
        description="A lamp",
        quantity=2,
        unit_price=Decimal("9.90"),
        discount=Decimal("0.00"),
        net=Decimal("19.80"),
        tax_rate=Decimal("0.19"),
    )
    placed = OrderPlaced(
        order_id="0b0e7f0e-6b2e-4a51-9a0c-5a2f8d6f3c11",
        customer="Ada Lovelace",
        country="DE",
        currency="EUR",
        lines=(line,),
        subtotal=Decimal("19.80"),
        discount=Decimal("0.00"),
        tax=Decimal("3.76"),
        total=Decimal("23.56"),
        placed_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
    )
    return sqs_event(eventbridge_event(placed))


def order_messages(*, count: int, kilobytes: float, batch: int) -> Mapping[str, object]:
    """Give a batch of messages whose bodies are orders of that size, each with an id of its own.

    :param batch: a number that makes the ids of this batch unlike those of others.
    """
    return sqs_event(*(_order(f"{batch:08}-{number:04}", kilobytes=kilobytes) for number in range(count)))


def _order(order_id: str, *, kilobytes: float) -> dict[str, object]:
    order: dict[str, object] = {"order_id": order_id, "customer": "Ada Lovelace", "currency": "EUR", "total": "1211.20"}
    lines: list[dict[str, object]] = []
    order["lines"] = lines
    while len(json.dumps(order)) < kilobytes * 1000:
        lines.append({"sku": f"LAMP-{len(lines):02}", "description": "A lamp", "quantity": 2, "net": "19.80"})
    return order
