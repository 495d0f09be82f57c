"""The table where a consumer keeps what it has done (H2)."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct


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
