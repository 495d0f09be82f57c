"""A small app of this library's consumers: orders can be invoiced once their product has a price."""

from __future__ import annotations

import json
from pathlib import Path

_APP = """
from aws_cdk import App, CfnOutput, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb

from best_practice_constructs import AsyncFunctionConsumer, IdempotentQueueConsumer, ServiceDefaults
from best_practice_constructs.permissions import dynamodb as allow

app = App()
ServiceDefaults.development(service="invoices").apply_to(app)
stack = Stack(app, "Shop")
key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
prices = dynamodb.Table(stack, "Prices", partition_key=key, billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST)
invoices = dynamodb.Table(stack, "Invoices", partition_key=key, billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST)
common = {
    "entry": "service",
    "environment": {"PRICES": prices.table_name, "INVOICES": invoices.table_name},
    "idempotency_key": "order_id",
    "timeout": Duration.seconds(5),
}
consumers = {
    "Queue": IdempotentQueueConsumer(stack, "Queue", handler="invoice.from_queue", **common),
    "Fifo": IdempotentQueueConsumer(stack, "Fifo", handler="invoice.from_queue", fifo=True, **common),
    "Direct": AsyncFunctionConsumer(stack, "Direct", handler="invoice.from_event", **common),
}
for consumer in consumers.values():
    consumer.allow(allow.get_item(prices), allow.update_item(invoices))
for name in ("Queue", "Fifo"):
    CfnOutput(stack, f"{name}Url", value=consumers[name].queue.queue_url)
    CfnOutput(stack, f"{name}DeadLetters", value=consumers[name].dead_letter_queue.queue_name)
CfnOutput(stack, "DirectFunction", value=consumers["Direct"].function.function.function_name)
CfnOutput(stack, "DirectDeadLetters", value=consumers["Direct"].failures_queue.queue_name)
CfnOutput(stack, "PricesTable", value=prices.table_name)
CfnOutput(stack, "InvoicesTable", value=invoices.table_name)
app.synth()
"""

_SERVICE = """
import os

import boto3

from best_practice_constructs.runtime import PermanentError, async_event_consumer, queue_consumer

client = boto3.client("dynamodb")


def _issue(order):
    sku = str(order["sku"])
    price = client.get_item(TableName=os.environ["PRICES"], Key={"id": {"S": sku}}).get("Item")
    if price is None and order.get("retry"):
        raise LookupError(f"{sku} has no price yet.")
    if price is None:
        raise PermanentError(f"The product {sku} has no price.")
    number = _count("of all")
    _count(str(order["order_id"]), number)


def _count(id, number="0"):
    response = client.update_item(
        TableName=os.environ["INVOICES"],
        Key={"id": {"S": id}},
        UpdateExpression="ADD times :one SET issued_as = :number",
        ExpressionAttributeValues={":one": {"N": "1"}, ":number": {"N": number}},
        ReturnValues="ALL_NEW",
    )
    return response["Attributes"]["times"]["N"]


@queue_consumer
def from_queue(order: dict[str, object]) -> None:
    _issue(order)


@async_event_consumer
def from_event(order: dict[str, object]) -> None:
    _issue(order)
"""


def write_app(directory: Path) -> Path:
    """Write the app into a directory and return it."""
    (directory / "service").mkdir(parents=True)
    (directory / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    (directory / "app.py").write_text(_APP)
    (directory / "service" / "invoice.py").write_text(_SERVICE)
    return directory
