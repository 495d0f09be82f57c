"""Permissions on schedules of EventBridge Scheduler, one function per operation.

Who creates or changes a schedule passes a role to it: ``iam.pass_role(role, service="scheduler.amazonaws.com")``
beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_scheduler as scheduler


def _schedule_group_arn(schedule_group: scheduler.IScheduleGroup | str) -> str:
    return arn_of(
        schedule_group,
        "schedule_group_arn",
        service="scheduler",
        example="eu-west-1:111122223333:schedule-group/reminders",
    )


def _schedules_arn(schedule_group: scheduler.IScheduleGroup | str) -> str:
    if isinstance(schedule_group, str):
        return f"{_schedule_group_arn(schedule_group).replace(':schedule-group/', ':schedule/')}/*"
    return schedule_group.stack.format_arn(
        service="scheduler", resource="schedule", resource_name=f"{schedule_group.schedule_group_name}/*"
    )


def create_schedule(schedule_group: scheduler.IScheduleGroup | str) -> Permission:
    """Allow ``CreateSchedule`` in the group (an ``IScheduleGroup`` or its ARN)."""
    return Permission(actions=("scheduler:CreateSchedule",), resources=(_schedules_arn(schedule_group),))


def update_schedule(schedule_group: scheduler.IScheduleGroup | str) -> Permission:
    """Allow ``UpdateSchedule`` in the group (an ``IScheduleGroup`` or its ARN)."""
    return Permission(actions=("scheduler:UpdateSchedule",), resources=(_schedules_arn(schedule_group),))


def delete_schedule(schedule_group: scheduler.IScheduleGroup | str) -> Permission:
    """Allow ``DeleteSchedule`` in the group (an ``IScheduleGroup`` or its ARN)."""
    return Permission(actions=("scheduler:DeleteSchedule",), resources=(_schedules_arn(schedule_group),))


def get_schedule(schedule_group: scheduler.IScheduleGroup | str) -> Permission:
    """Allow ``GetSchedule`` in the group (an ``IScheduleGroup`` or its ARN)."""
    return Permission(actions=("scheduler:GetSchedule",), resources=(_schedules_arn(schedule_group),))
