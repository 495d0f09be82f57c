"""The events of the warehouse, declared once: the rule, the publisher and the consumer take them from here."""

from __future__ import annotations

from dataclasses import dataclass

from best_practice_constructs.runtime import Event, EventSource

warehouse = EventSource("com.example.warehouse")


@dataclass(frozen=True, kw_only=True)
class PackedLine:
    """What lies in a box."""

    box: int
    sku: str
    quantity: int


@warehouse.event(claim_check=("lines",))
class OrderPacked(Event):
    """An order was packed, into as many boxes as it took."""

    order_id: str
    country: str
    boxes: int
    lines: tuple[PackedLine, ...]
