"""The cause of a failed stack is the resource that failed first, not what was cancelled because of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from best_practice_constructs.local.stack_deployer import first_failure

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.literals import ResourceStatusType
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef


def event(logical_id: str, status: ResourceStatusType, reason: str = "") -> StackEventTypeDef:
    return {
        "StackId": "s",
        "EventId": "e",
        "StackName": "Orders",
        "Timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "LogicalResourceId": logical_id,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def test_the_first_failure_is_the_cause() -> None:
    newest_first = [
        event("Orders", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Table, Queue]"),
        event("Queue", "CREATE_FAILED", "Resource creation cancelled"),
        event("Table", "CREATE_FAILED", "KeySchema is missing"),
        event("Table", "CREATE_IN_PROGRESS"),
    ]
    assert first_failure(newest_first) == ("Table", "KeySchema is missing")


def test_without_a_failed_resource_the_stack_tells_the_reason() -> None:
    assert first_failure([event("Orders", "ROLLBACK_IN_PROGRESS", "A is in use")]) == (
        None,
        "A is in use",
    )
