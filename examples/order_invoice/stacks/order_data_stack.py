"""What the order service must not lose (C7)."""

from __future__ import annotations

from aws_cdk import Stack
from constructs import Construct

from examples.order_invoice.stacks.fact_table import create_fact_table


class OrderDataStack(Stack):
    """The order service's data.

    :ivar orders: facts about orders: placed, cancelled, invoiced, credited.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, description="Order/invoice system: the data of the order service")
        self.orders = create_fact_table(self, "Orders")
