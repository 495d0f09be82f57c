"""A small app of plain aws-cdk-lib constructs, as a user of the embedded stage would have one."""

from __future__ import annotations

import json
from pathlib import Path

_APP = """
from aws_cdk import App, CfnOutput, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_xray as xray

app = App()
data = Stack(app, "Data")
table = dynamodb.TableV2(
    data,
    "Table",
    partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
    time_to_live_attribute="expiration",
)
code = Stack(app, "Code")
queue = sqs.Queue(code, "Queue", enforce_ssl=True, visibility_timeout=Duration.seconds(1))
group = xray.CfnGroup(code, "Group", group_name="orders")
consumer = lambda_.Function(
    code,
    "Consumer",
    runtime=lambda_.Runtime.PYTHON_3_13,
    architecture=lambda_.Architecture.ARM_64,
    handler="consumer.handler",
    code=lambda_.Code.from_asset("code"),
    environment={
        "TABLE": table.table_name,
        "GREETING": app.node.try_get_context("greeting") or "hello",
        "GROUP": group.attr_group_arn,
    },
    timeout=Duration.seconds(30),
)
consumer.add_event_source(event_sources.SqsEventSource(queue, report_batch_item_failures=True))
table.grant(consumer, "dynamodb:PutItem")
bus = events.EventBus(code, "Bus")
bus.archive("Archive", event_pattern=events.EventPattern(source=["orders"]), retention=Duration.days(1))
CfnOutput(code, "QueueUrl", value=queue.queue_url)
CfnOutput(code, "GroupArn", value=group.attr_group_arn)
app.synth()
"""

_CONSUMER = """
import json
import os
import time

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    failures = []
    for record in event["Records"]:
        order = json.loads(record["body"])
        time.sleep(order.get("seconds", 0))
        if order.get("read"):
            table.get_item(Key={"id": order["id"]})
        table.put_item(Item={"id": order["id"], "greeting": os.environ["GREETING"], "group": os.environ["GROUP"]})
        print(json.dumps({"stored": order["id"]}))
    return {"batchItemFailures": failures}
"""


def write_app(directory: Path) -> Path:
    """Write the app into a directory and return it."""
    (directory / "code").mkdir(parents=True)
    (directory / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    (directory / "app.py").write_text(_APP)
    (directory / "code" / "consumer.py").write_text(_CONSUMER)
    return directory
