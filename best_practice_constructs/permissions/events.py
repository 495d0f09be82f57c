"""Permissions on EventBridge buses, one function per operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from best_practice_constructs.permissions.named_values import named_values
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_events as events


def put_events(
    bus: events.IEventBus | str, *, source: str | None = None, detail_types: Sequence[str] | None = None
) -> Permission:
    """Allow ``PutEvents`` on the bus (an ``IEventBus`` or its ARN).

    :param source: the only source that the events may name; any by default.
    :param detail_types: the only detail types that the events may have; any by default.
    """
    arn = arn_of(bus, "event_bus_arn", service="events", example="eu-west-1:111122223333:event-bus/orders")
    named: dict[str, str | list[str]] = {}
    if source is not None:
        named["events:source"] = named_values("source", [source])[0]
    if detail_types is not None:
        named["events:detail-type"] = named_values("detail_types", detail_types)
    # One call may put several events, so that a request has several values of each: all of them have to be allowed. Of
    # a request that names none, "ForAllValues" is true as well; "Null" closes that gap.
    conditions: dict[str, dict[str, str | list[str]]] = (
        {"ForAllValues:StringEquals": named, "Null": dict.fromkeys(named, "false")} if named else {}
    )
    return Permission(actions=("events:PutEvents",), resources=(arn,), conditions=conditions)


def invoke_api_destination(api_destination: events.IApiDestination | str) -> Permission:
    """Allow a rule or a pipe to call the API destination (an ``IApiDestination`` or its ARN)."""
    arn = arn_of(
        api_destination,
        "api_destination_arn",
        service="events",
        example="eu-west-1:111122223333:api-destination/carrier/a1b2",
    )
    return Permission(actions=("events:InvokeApiDestination",), resources=(arn,))
