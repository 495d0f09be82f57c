"""The catalogue of the examples, and beside it an event on a bus and a change of an item."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import App, CfnOutput
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

sys.path.insert(0, str(Path(__file__).parents[3]))

from best_practice_constructs import (
    BodyField,
    EnrichedEventBus,
    EventSource,
    Header,
    PathParameter,
    PublishToTopic,
    PutEvent,
    UpdateItem,
)
from examples.direct_integrations.stack import CatalogueStack

partners = EventSource("com.example.partners")


@partners.event
class ParcelDelivered:
    partner: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    words: str


@dataclass(frozen=True, kw_only=True)
class Renaming:
    name: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Renamed:
    name: str
    created_at: str
    note: str | None = None


app = App()
stack = CatalogueStack(app, "Direct")
seen = sqs.Queue(stack, "Seen")
bus = EnrichedEventBus(stack, "Bus")
bus.route(ParcelDelivered, to=seen)
put = PutEvent(
    bus, event=ParcelDelivered, fields={"partner": PathParameter("partner")}, event_id=Header("Idempotency-Key")
)
stack.api.post("/events/{partner}", put, body=Delivery)
topic = sns.Topic(stack, "Notices")
topic.add_subscription(subscriptions.SqsSubscription(seen))
publish = PublishToTopic(topic, attributes={"words": BodyField("words")})
stack.api.post("/notices", publish, body=Delivery)
products = stack.node.find_child("Products")
assert isinstance(products, dynamodb.Table)
key = {"shop": PathParameter("shop"), "product_id": PathParameter("product_id")}
rename = UpdateItem(products, key=key, answer=Renamed)
stack.api.patch("/shops/{shop}/products/{product_id}", rename, body=Renaming)
wishes = stack.node.find_child("Wishes")
assert isinstance(wishes, sqs.Queue)
for name, value in {
    "Url": stack.api.url,
    "Seen": seen.queue_url,
    "Wishes": wishes.queue_url,
    "Table": products.table_name,
}.items():
    CfnOutput(stack, f"Told{name}", value=value)
app.synth()
