"""Alarms on what a rule cannot deliver: at once where it is given up, after minutes where it is tried again (H9)."""

from __future__ import annotations

from aws_cdk import Fn
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from constructs import Construct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import duration_of
from best_practice_constructs.observability.alarm import create_alarm

_DEFAULT_BUS = "default"


def create_failed_deliveries_alarm(
    route: Construct, id: str, *, rule: events.CfnRule, event_bus: events.IEventBus, defaults: ServiceDefaults
) -> cloudwatch.Alarm:
    """Create an alarm that goes off when an event was given up, whether its dead letter arrived or not.

    :raises InvalidArgumentError: the defaults require alarm actions and have none (the production preset).
    """
    return create_alarm(
        route,
        id,
        metric=_metric("FailedInvocations", rule=rule, event_bus=event_bus),
        threshold=1,
        description=(
            f"EventBridge gave up events of {path_of(route)}: the partner refused them (a 4xx that is not tried again, "
            "or a redirect), or could not be reached for as long as the route tries. The dead letters say which, with "
            "the status in ERROR_MESSAGE."
        ),
        defaults=defaults,
    )


def create_retries_alarm(
    route: Construct, id: str, *, rule: events.CfnRule, event_bus: events.IEventBus, defaults: ServiceDefaults
) -> cloudwatch.Alarm:
    """Create an alarm that goes off when deliveries are tried again in three minutes of fifteen.

    A dead letter tells of it only when the route has given up: after a day, by default.

    :raises InvalidArgumentError: the defaults require alarm actions and have none (the production preset).
    """
    return create_alarm(
        route,
        id,
        metric=_metric("RetryInvocationAttempts", rule=rule, event_bus=event_bus),
        threshold=1,
        # EventBridge waits longer and longer between its attempts: of an event that always fails, not every minute
        # tells.
        evaluation_periods=15,
        datapoints_to_alarm=3,
        description=(
            f"Deliveries of {path_of(route)} fail and are tried again: the partner is down, slower than 5 s, refuses "
            "the credentials (401, 407) or asks for fewer requests (429: lower rate_limit_per_second). Events wait, "
            "and are given up when they are older than the route's max_event_age."
        ),
        defaults=defaults,
    )


def _metric(name: str, *, rule: events.CfnRule, event_bus: events.IEventBus) -> cloudwatch.Metric:
    bus_name = event_bus.event_bus_name
    is_default = bus_name == _DEFAULT_BUS
    # What Ref gives of a rule on a bus of one's own holds the bus's name too. A partner's bus has slashes in its name.
    position = 1 if is_default else 2 + bus_name.count("/")
    dimensions = {"RuleName": Fn.select(position, Fn.split("/", rule.attr_arn))}
    if not is_default:
        dimensions["EventBusName"] = bus_name
    return cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name=name,
        dimensions_map=dimensions,
        statistic="Sum",
        period=duration_of(60),
    )
