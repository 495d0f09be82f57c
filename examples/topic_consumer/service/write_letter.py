"""Writes a letter to the customer of each order that was shipped."""

from __future__ import annotations

from best_practice_constructs.runtime import EventMetadata, logger, queue_consumer
from shipping_events import OrderShipped


@queue_consumer(event=OrderShipped)
def handler(shipped: OrderShipped, metadata: EventMetadata) -> None:
    """Write one letter."""
    logger().info("letter written", extra={"order_id": shipped.order_id, "published_by": metadata.service})
