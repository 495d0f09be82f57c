"""A consumer that handles each message once, however often it comes."""

from __future__ import annotations

from best_practice_constructs.runtime import logger, queue_consumer


@queue_consumer
def handler(message: dict[str, object]) -> None:
    """Issue the invoice of one order."""
    logger().info("invoice issued", extra={"order_id": message["order_id"]})
