"""The events of shipping, declared once: the filter, the publisher and the consumer take them from here."""

from __future__ import annotations

from best_practice_constructs.runtime import Event, EventSource

shipping = EventSource("com.example.shipping")


@shipping.event
class OrderShipped(Event):
    """An order left the house."""

    order_id: str
    country: str
