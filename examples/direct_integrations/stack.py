"""A catalogue with an API and no function: products are written, read and listed, and wishes go into a queue."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs import (
    CallerIdentity,
    GetItem,
    PathParameter,
    ProvisionedApi,
    PutItem,
    QueryItems,
    RequestTime,
    SendMessage,
)
from best_practice_constructs.compliance import acknowledge


@dataclass(frozen=True, kw_only=True)
class NewProduct:
    """What is written of a product."""

    name: str
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Product:
    """What is read of a product."""

    product_id: str
    name: str
    price: Decimal
    created_at: str


@dataclass(frozen=True, kw_only=True)
class NewWish:
    """What somebody would like to have."""

    product_id: str
    words: str


class CatalogueStack(Stack):
    """``PUT``, ``GET /shops/{shop}/products/{product_id}``, ``GET /shops/{shop}/products``, ``POST /wishes``."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        products = dynamodb.Table(
            self,
            "Products",
            partition_key=dynamodb.Attribute(name="shop", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="product_id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
        )
        failed = sqs.DeadLetterQueue(
            queue=sqs.Queue(self, "FailedWishes", enforce_ssl=True, retention_period=Duration.days(14)),
            max_receive_count=5,
        )
        acknowledge(
            failed.queue,
            reason="This queue is itself where dead letters go.",
            findings=("Serverless::Serverless-SQSRedrivePolicy",),
        )
        wishes = sqs.Queue(self, "Wishes", enforce_ssl=True, dead_letter_queue=failed)

        one = {"shop": PathParameter("shop"), "product_id": PathParameter("product_id")}
        written = {"owner": CallerIdentity(), "created_at": RequestTime()}
        self.api = ProvisionedApi(self, "Api")
        path = "/shops/{shop}/products"
        self.api.put(f"{path}/{{product_id}}", PutItem(products, key=one, attributes=written), body=NewProduct)
        self.api.get(f"{path}/{{product_id}}", GetItem(products, key=one, answer=Product))
        self.api.get(path, QueryItems(products, key={"shop": PathParameter("shop")}, answer=Product, limit=50))
        self.api.post("/wishes", SendMessage(wishes, location="wishes/{request_id}", retry_after=1), body=NewWish)
