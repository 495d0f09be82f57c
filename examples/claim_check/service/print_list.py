"""Prints the list of what was packed."""

from __future__ import annotations

from best_practice_constructs.runtime import logger, queue_consumer
from packing_events import OrderPacked


@queue_consumer(event=OrderPacked)
def handler(packed: OrderPacked) -> None:
    """Print one list."""
    last = packed.lines[-1].sku if packed.lines else "nothing"
    logger().info("list printed", extra={"order_id": packed.order_id, "lines": len(packed.lines), "last": last})
