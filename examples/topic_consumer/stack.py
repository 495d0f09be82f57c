"""A topic, a publisher and a consumer that hears of some of its events."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from best_practice_constructs import SinglePurposeFunction, TopicConsumer
from best_practice_constructs.permissions import sns as sns_permissions
from shipping_events import OrderShipped

SERVICE = str(Path(__file__).parent / "service")


class NoticesStack(Stack):
    """``ship_order`` publishes ``OrderShipped``; ``write_letter`` gets those to some countries through a queue."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.notices = sns.Topic(self, "Notices", enforce_ssl=True)
        self.ship_order = SinglePurposeFunction(
            self,
            "ShipOrder",
            entry=SERVICE,
            handler="ship_order.handler",
            environment={"SNS_TOPIC_ARN": self.notices.topic_arn},
        )
        self.ship_order.allow(sns_permissions.publish(self.notices))
        self.letters = TopicConsumer(
            self,
            "Letters",
            topic=self.notices,
            filter_policy=OrderShipped.where(country=["AT", "CH", "DE"]),
            entry=SERVICE,
            handler="write_letter.handler",
        )
