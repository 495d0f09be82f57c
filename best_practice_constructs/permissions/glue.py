"""Permissions on Glue's catalogue and jobs."""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn


def read_table(table_arn: str) -> Permission:
    """Allow ``GetTable`` and ``GetPartitions`` of one table, as a query of Athena calls them.

    :param table_arn: of the table: ``arn:aws:glue:eu-west-1:111122223333:table/sales/orders``.
    :raises ValueError: no ARN of a table.
    """
    arn = exact_arn(table_arn, service="glue", example="eu-west-1:111122223333:table/sales/orders")
    base, marker, name = arn.partition(":table/")
    database, slash, table = name.partition("/")
    if not (marker and database and slash and table):
        raise ValueError(f"{table_arn!r} is no ARN of a table: it ends in ':table/DATABASE/TABLE'")
    # Glue checks a table together with what holds it.
    return Permission(
        actions=("glue:GetTable", "glue:GetPartitions"),
        resources=(arn, f"{base}:database/{database}", f"{base}:catalog"),
    )


def start_job_run(job_arn: str) -> Permission:
    """Allow ``StartJobRun`` of the job with this ARN."""
    return Permission(
        actions=("glue:StartJobRun",),
        resources=(exact_arn(job_arn, service="glue", example="eu-west-1:111122223333:job/nightly"),),
    )


def get_job_run(job_arn: str) -> Permission:
    """Allow ``GetJobRun`` of the job with this ARN."""
    return Permission(
        actions=("glue:GetJobRun",),
        resources=(exact_arn(job_arn, service="glue", example="eu-west-1:111122223333:job/nightly"),),
    )
