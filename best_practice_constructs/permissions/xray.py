"""Permissions on X-Ray, which knows no resource for what a traced function sends."""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission


def send_traces() -> Permission:
    """Allow a function to send its traces (H11); the service knows no resource for it."""
    return Permission(
        actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
        resources=("*",),
        unscoped_because="X-Ray knows no resource for sending traces",
    )
