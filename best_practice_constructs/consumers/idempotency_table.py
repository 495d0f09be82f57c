"""The table where a consumer keeps what it has done (H2)."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from best_practice_constructs.consumers.idempotency_model import IdempotencyModel
from best_practice_constructs.permissions.permission import Permission


def create_idempotency_table(scope: Construct, *, removal_policy: RemovalPolicy) -> dynamodb.Table:
    """Create the table as the runtime needs it: on demand, with expiring records and point-in-time recovery."""
    return dynamodb.Table(
        scope,
        "Idempotency",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        time_to_live_attribute="expiration",
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=removal_policy,
    )


def keep_idempotency_records(table_arn: str, model: IdempotencyModel) -> Permission:
    """Allow the runtime to keep its records in the table, in one statement."""
    actions: tuple[str, ...] = ("dynamodb:PutItem",)
    if model is IdempotencyModel.RECORD:
        # Powertools reads an existing record from the failed condition of its put: it never calls GetItem.
        actions += ("dynamodb:UpdateItem", "dynamodb:DeleteItem")
    return Permission(actions=actions, resources=(table_arn,))
