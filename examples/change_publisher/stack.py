"""A table of products that tells of itself, through a function and through a pipe."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from best_practice_constructs import ChangeFilter, ChangePipe, ChangePublisher, EnrichedEventBus, ServiceDefaults
from product_events import ProductChanged, ProductListed

SERVICE = str(Path(__file__).parent / "service")


class ProductStack(Stack):
    """Put ``{"product_id": "lamp", "name": "Lamp", "price": 9.90}`` into the table, and change it."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.products = dynamodb.Table(
            self,
            "Products",
            partition_key=dynamodb.Attribute(name="product_id", type=dynamodb.AttributeType.STRING),
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=ServiceDefaults.of(self).removal_policy,
        )
        self.bus = EnrichedEventBus(self, "Bus")
        # Tags are a list, and what changed is told: that takes a function.
        self.publish_changes = ChangePublisher(
            self,
            "PublishChanges",
            table=self.products,
            bus=self.bus,
            events=(ProductChanged,),
            filters=[ChangeFilter(event_names=["MODIFY"])],
            entry=SERVICE,
            handler="publish_changes.handler",
        )
        # Values are copied: that takes none.
        self.tell_of_new = ChangePipe(
            self,
            "TellOfNew",
            table=self.products,
            bus=self.bus,
            event=ProductListed,
            filters=[ChangeFilter(event_names=["INSERT"])],
        )
