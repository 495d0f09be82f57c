"""The alias that carries a function's provisioned concurrency (L4)."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from best_practice_constructs.functions.provisioned_concurrency import ProvisionedConcurrencyScaling

ALIAS_NAME = "live"


def create_provisioned_alias(
    scope: Construct, *, function: lambda_.Function, concurrent_executions: int
) -> lambda_.Alias:
    """Create an alias of the function's current version; on ``$LATEST`` provisioned concurrency does nothing."""
    return lambda_.Alias(
        scope,
        "Alias",
        alias_name=ALIAS_NAME,
        version=function.current_version,
        provisioned_concurrent_executions=concurrent_executions,
    )


def scale_provisioned_alias(
    alias: lambda_.Alias, scaling: ProvisionedConcurrencyScaling, *, concurrent_executions: int
) -> lambda_.IScalableFunctionAttribute:
    """Let the alias's provisioned concurrency follow use and schedules."""
    attribute = alias.add_auto_scaling(
        min_capacity=scaling.min_capacity or concurrent_executions, max_capacity=scaling.max_capacity
    )
    if scaling.utilization_target is not None:
        attribute.scale_on_utilization(utilization_target=scaling.utilization_target)
    for schedule in scaling.schedules:
        attribute.scale_on_schedule(
            schedule.name,
            schedule=schedule.schedule,
            min_capacity=schedule.min_capacity,
            max_capacity=schedule.max_capacity,
        )
    return attribute
