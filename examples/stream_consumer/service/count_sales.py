"""A consumer that counts sales, in the order in which they were made."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from best_practice_constructs.runtime import PermanentError, StreamPosition, logger, stream_consumer


@dataclass(frozen=True, kw_only=True)
class Sale:
    """A sale, as the tills send it."""

    product_id: str
    price: Decimal


@stream_consumer(record=Sale)
def handler(sale: Sale, position: StreamPosition) -> None:
    """Count one sale."""
    if sale.price < 0:
        raise PermanentError(f"A sale at {sale.price} is none.")
    # What is counted elsewhere is counted once with the record's id as the condition: records can come again.
    logger().info("sale counted", extra={"product_id": sale.product_id, "record_id": position.record_id})
