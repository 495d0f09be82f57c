"""Permissions on Athena, one function per operation.

A query reads its tables through ``glue.read_table`` and their objects through ``s3.get_object``, and writes its result
through ``s3.put_object``.
"""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn


def _checked(work_group_arn: str) -> str:
    return exact_arn(work_group_arn, service="athena", example="eu-west-1:111122223333:workgroup/reports")


def start_query_execution(work_group_arn: str) -> Permission:
    """Allow ``StartQueryExecution`` in the work group with this ARN."""
    return Permission(actions=("athena:StartQueryExecution",), resources=(_checked(work_group_arn),))


def get_query_execution(work_group_arn: str) -> Permission:
    """Allow ``GetQueryExecution`` in the work group with this ARN."""
    return Permission(actions=("athena:GetQueryExecution",), resources=(_checked(work_group_arn),))


def get_query_results(work_group_arn: str) -> Permission:
    """Allow ``GetQueryResults`` in the work group with this ARN."""
    return Permission(actions=("athena:GetQueryResults",), resources=(_checked(work_group_arn),))


def stop_query_execution(work_group_arn: str) -> Permission:
    """Allow ``StopQueryExecution`` in the work group with this ARN."""
    return Permission(actions=("athena:StopQueryExecution",), resources=(_checked(work_group_arn),))
