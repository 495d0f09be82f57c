"""A queue of orders, each of which is invoiced once."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from constructs import Construct

from best_practice_constructs import IdempotentQueueConsumer

SERVICE = str(Path(__file__).parent / "service")


class InvoiceStack(Stack):
    """Send ``{"order_id": "…"}`` to the queue; a second message with the same order does nothing."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.invoices = IdempotentQueueConsumer(
            self, "Invoices", entry=SERVICE, handler="issue_invoice.handler", idempotency_key="order_id"
        )
