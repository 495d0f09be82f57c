"""The tables of the system: facts, whose stream tells of each new one, and what is derived from them."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from best_practice_constructs import ChangeFilter, ServiceDefaults


def create_fact_table(scope: Construct, id: str) -> dynamodb.Table:
    """Create a table of facts about orders: on demand, with a stream of new items and point-in-time recovery."""
    return _create_table(
        scope,
        id,
        partition_key="order_id",
        sort_key=dynamodb.Attribute(name="fact", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_IMAGE,
    )


def new_facts(*facts: str) -> ChangeFilter:
    """Give the filter of the table's stream for new facts of these kinds (sort keys)."""
    return ChangeFilter(event_names=["INSERT"], keys={"fact": facts})


def create_series_table(scope: Construct, id: str) -> dynamodb.Table:
    """Create the table of counters, one item for each series of numbers."""
    return _create_table(scope, id, partition_key="series", sort_key=None, stream=None)


def create_stock_table(scope: Construct, id: str) -> dynamodb.Table:
    """Create the table of what is in stock, one item for each article."""
    return _create_table(scope, id, partition_key="sku", sort_key=None, stream=None)


def create_counted_facts_table(scope: Construct, id: str) -> dynamodb.Table:
    """Create the table of marks that a fact was counted, each of which expires by itself, as the runtime makes them."""
    return _create_table(scope, id, partition_key="id", sort_key=None, stream=None, time_to_live_attribute="expiration")


def create_table(scope: Construct, id: str, *, partition_key: str, sort_key: str) -> dynamodb.Table:
    """Create a table of what is derived from facts: on demand, without a stream, with point-in-time recovery."""
    return _create_table(
        scope,
        id,
        partition_key=partition_key,
        sort_key=dynamodb.Attribute(name=sort_key, type=dynamodb.AttributeType.STRING),
        stream=None,
    )


def _create_table(
    scope: Construct,
    id: str,
    *,
    partition_key: str,
    sort_key: dynamodb.Attribute | None,
    stream: dynamodb.StreamViewType | None,
    time_to_live_attribute: str | None = None,
) -> dynamodb.Table:
    removal_policy = ServiceDefaults.of(scope).removal_policy
    return dynamodb.Table(
        scope,
        id,
        partition_key=dynamodb.Attribute(name=partition_key, type=dynamodb.AttributeType.STRING),
        sort_key=sort_key,
        stream=stream,
        time_to_live_attribute=time_to_live_attribute,
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=removal_policy,
        # What outlives its stack must not be deleted by hand either.
        deletion_protection=removal_policy == RemovalPolicy.RETAIN,
    )
