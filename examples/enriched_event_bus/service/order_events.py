"""The events of the order service, declared once: the rule, the publisher and the consumer take them from here."""

from __future__ import annotations

from best_practice_constructs.runtime import Event, EventSource

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced(Event):
    """An order was placed."""

    order_id: str
    total: str
