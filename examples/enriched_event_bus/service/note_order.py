"""Notes each order that was placed."""

from __future__ import annotations

from best_practice_constructs.runtime import EventMetadata, logger, queue_consumer
from order_events import OrderPlaced


@queue_consumer(event=OrderPlaced)
def handler(placed: OrderPlaced, metadata: EventMetadata) -> None:
    """Note one order."""
    logger().info("order noted", extra={"order_id": placed.order_id, "published_by": metadata.service})
