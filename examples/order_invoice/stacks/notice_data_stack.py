"""What the notices service must not lose (C7)."""

from __future__ import annotations

from aws_cdk import Stack
from constructs import Construct

from examples.order_invoice.stacks.fact_table import create_table


class NoticeDataStack(Stack):
    """The notices service's data.

    :ivar notices: what customers were told, each notice once.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, description="Order/invoice system: the data of the notices service")
        self.notices = create_table(self, "Notices", partition_key="order_id", sort_key="document_number")
