"""One table behind two APIs: read by the API itself, and by a function that passes the item through."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_

from best_practice_constructs import GetItem, NoAuthorization, PathParameter, ProvisionedApi

PASSING_CODE = """
import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    item = table.get_item(Key={"product_id": event["pathParameters"]["product_id"]}).get("Item")
    if item is None:
        return {"statusCode": 404, "body": "{}"}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(item)}
"""


@dataclass(frozen=True, kw_only=True)
class Product:
    """What both APIs answer."""

    product_id: str
    name: str


class ProductsStack(Stack):
    """The table and both APIs."""

    def __init__(self, scope: App, id: str) -> None:
        super().__init__(scope, id)
        key = dynamodb.Attribute(name="product_id", type=dynamodb.AttributeType.STRING)
        products = dynamodb.Table(self, "Products", partition_key=key)
        api = ProvisionedApi(
            self,
            "Direct",
            authorization=NoAuthorization(reason="It runs on one machine only."),
            throttling_rate_limit=10_000,
            throttling_burst_limit=5_000,
        )
        read = GetItem(products, key={"product_id": PathParameter("product_id")}, answer=Product)
        api.get("/products/{product_id}", read)
        function = lambda_.Function(
            self,
            "PassThrough",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            memory_size=512,
            code=lambda_.Code.from_inline(PASSING_CODE),
            environment={"TABLE": products.table_name},
        )
        products.grant(function, "dynamodb:GetItem")
        by_hand = apigateway.RestApi(self, "ByHand", cloud_watch_role=False)
        by_hand.root.resource_for_path("/products/{product_id}").add_method(
            "GET", apigateway.LambdaIntegration(function)
        )
        CfnOutput(self, "ToldDirect", value=api.rest_api.url)
        CfnOutput(self, "ToldByHand", value=by_hand.url)
        CfnOutput(self, "ToldTable", value=products.table_name)


if __name__ == "__main__":
    app = App()
    ProductsStack(app, "Shop")
    app.synth()
