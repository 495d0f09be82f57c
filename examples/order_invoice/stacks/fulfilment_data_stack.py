"""What the fulfilment service must not lose (C7)."""

from __future__ import annotations

from aws_cdk import Stack
from constructs import Construct

from examples.order_invoice.stacks.fact_table import create_stock_table, create_table


class FulfilmentDataStack(Stack):
    """The fulfilment service's data.

    :ivar fulfilments: what was done for each order: reserved, charged, shipped, refunded, released.
    :ivar stock: how many of each article are available.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, description="Order/invoice system: the data of the fulfilment service")
        self.fulfilments = create_table(self, "Fulfilments", partition_key="order_id", sort_key="fact")
        self.stock = create_stock_table(self, "Stock")
