"""A bus, a publisher and a consumer that share one declaration of their event."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from constructs import Construct

from best_practice_constructs import EnrichedEventBus, IdempotentQueueConsumer, SinglePurposeFunction
from order_events import OrderPlaced

SERVICE = str(Path(__file__).parent / "service")


class OrderEventsStack(Stack):
    """``place_order`` publishes ``OrderPlaced``; ``note_order`` gets it through a queue."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.bus = EnrichedEventBus(self, "Bus")
        self.place_order = SinglePurposeFunction(self, "PlaceOrder", entry=SERVICE, handler="place_order.handler")
        self.bus.add_publisher(self.place_order)
        self.notes = IdempotentQueueConsumer(self, "Notes", entry=SERVICE, handler="note_order.handler")
        self.bus.route(OrderPlaced, to=self.notes)
