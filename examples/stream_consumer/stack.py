"""A stream of sales, read in the order in which they were made."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from best_practice_constructs import ServiceDefaults, StreamConsumer

SERVICE = str(Path(__file__).parent / "service")


class SalesStack(Stack):
    """Put ``{"product_id": "…", "price": "9.90"}`` into the stream, with the shop as partition key."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.sales = kinesis.Stream(
            self,
            "Sales",
            encryption=kinesis.StreamEncryption.MANAGED,
            removal_policy=ServiceDefaults.of(self).removal_policy,
        )
        self.figures = StreamConsumer(
            self,
            "Figures",
            stream=self.sales,
            # No sale may be missing from the figures: a new consumer starts with the oldest that the stream has.
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            entry=SERVICE,
            handler="count_sales.handler",
        )
