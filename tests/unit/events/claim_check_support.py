"""Events that may be put aside, who publishes and consumes them, and readings of what they may."""

from __future__ import annotations

import json
from typing import cast

from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from best_practice_constructs import EventSource, IdempotentQueueConsumer, SinglePurposeFunction
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import resources_of_type, statements_of_role

orders = EventSource("com.example.orders")


@orders.event(claim_check=("lines",))
class OrderPlaced:
    order_id: str
    lines: list[str]


@orders.event
class OrderCancelled:
    order_id: str


def new_app() -> App:
    return App(context={"aws:cdk:bundling-stacks": []})


def new_function(stack: Stack, id: str = "Function") -> SinglePurposeFunction:
    return SinglePurposeFunction(stack, id, entry=ENTRY, handler=HANDLER)


def new_consumer(stack: Stack, id: str = "Consumer") -> IdempotentQueueConsumer:
    return IdempotentQueueConsumer(stack, id, entry=ENTRY, handler=HANDLER)


def on_objects(template: Template, name: str) -> set[tuple[str, str]]:
    """Give what the role of a function may do with objects and keys, as (action, resource)."""
    (role,) = [each for each in resources_of_type(template, "AWS::IAM::Role") if each.startswith(f"{name}")]
    return {
        (action, resource)
        for _, actions, resources in statements_of_role(template, role)
        for action in actions
        for resource in resources
        if action.startswith(("s3:", "kms:"))
    }


def variables_of(template: Template, name: str) -> dict[str, object]:
    (function,) = [
        properties
        for logical_id, properties in resources_of_type(template, "AWS::Lambda::Function").items()
        if logical_id.startswith(name)
    ]
    variables = cast("dict[str, dict[str, object]]", function["Environment"])["Variables"]
    return {key: value for key, value in variables.items() if key.startswith("CLAIM_CHECK")}


def objects_of(bucket: str) -> str:
    return json.dumps({"Fn::Join": ["", [{"Fn::GetAtt": [bucket, "Arn"]}, "/claim-checks/*"]]})
