"""Publishes that an order was shipped."""

from __future__ import annotations

from best_practice_constructs.runtime import TopicPublisher
from shipping_events import OrderShipped

publisher = TopicPublisher()


def handler(event: dict[str, str], _context: object) -> dict[str, str]:
    """Ship the order that the event holds."""
    event_id = publisher.publish(OrderShipped(order_id=event["order_id"], country=event["country"]))
    return {"event_id": event_id}
