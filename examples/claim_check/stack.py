"""A bus whose large events leave their large fields in S3, and a consumer that does not notice."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from constructs import Construct

from best_practice_constructs import ClaimCheckStore, EnrichedEventBus, IdempotentQueueConsumer, SinglePurposeFunction
from packing_events import OrderPacked

SERVICE = str(Path(__file__).parent / "service")


class PackingStack(Stack):
    """``pack_order`` publishes ``OrderPacked``, whose lines may be many; ``print_list`` gets all of them."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.claim_checks = ClaimCheckStore(self, "ClaimChecks")
        self.bus = EnrichedEventBus(self, "Bus", claim_check=self.claim_checks)
        self.pack_order = SinglePurposeFunction(self, "PackOrder", entry=SERVICE, handler="pack_order.handler")
        self.bus.add_publisher(self.pack_order, OrderPacked)
        self.lists = IdempotentQueueConsumer(self, "Lists", entry=SERVICE, handler="print_list.handler")
        self.bus.route(OrderPacked, to=self.lists)
