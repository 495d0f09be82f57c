"""Permissions on EventBridge buses, one function per operation."""

from __future__ import annotations

from aws_cdk import aws_events as events

from best_practice_constructs.permissions.permission import Permission


def put_events(bus: events.IEventBus | str) -> Permission:
    """Allow ``PutEvents`` on the bus (an ``IEventBus`` or its ARN)."""
    return Permission(actions=("events:PutEvents",), resources=(bus if isinstance(bus, str) else bus.event_bus_arn,))
