"""Publishes that an order was packed."""

from __future__ import annotations

from typing import TypedDict

from best_practice_constructs.runtime import EventPublisher
from packing_events import OrderPacked, PackedLine

_LINES_OF_A_BOX = 100

publisher = EventPublisher()


class Order(TypedDict):
    """What is to be packed."""

    order_id: str
    skus: list[str]


def handler(event: Order, _context: object) -> dict[str, str]:
    """Pack the order that the event holds."""
    lines = tuple(
        PackedLine(box=number // _LINES_OF_A_BOX + 1, sku=sku, quantity=1) for number, sku in enumerate(event["skus"])
    )
    boxes = lines[-1].box if lines else 0
    packed = OrderPacked(order_id=event["order_id"], country="DE", boxes=boxes, lines=lines)
    return {"event_id": publisher.publish(packed)}
