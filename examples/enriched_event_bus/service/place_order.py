"""Publishes that an order was placed."""

from __future__ import annotations

from best_practice_constructs.runtime import EventPublisher
from order_events import OrderPlaced

publisher = EventPublisher()


def handler(event: dict[str, str], _context: object) -> dict[str, str]:
    """Place the order that the event holds."""
    event_id = publisher.publish(OrderPlaced(order_id=event["order_id"], total=event["total"]))
    return {"event_id": event_id}
