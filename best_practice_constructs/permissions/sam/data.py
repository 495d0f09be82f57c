"""SAM's policies on tables, buckets and what searches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn
from best_practice_constructs.permissions.sam.resources import arn_of, scoped, unscoped

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_opensearchservice as opensearch
    from aws_cdk import aws_s3 as s3


def dynamodb_backup_full_access_policy(table: dynamodb.ITable | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``DynamoDBBackupFullAccessPolicy`` allows on ``table``.

    Tighter than SAM's: ``ListBackups``, which no backup's ARN allows, is left out.
    """
    table_arn = arn_of(table, "table_arn", service="dynamodb", example="eu-west-1:111122223333:table/orders")
    return (
        scoped("dynamodb", "CreateBackup DescribeContinuousBackups", table_arn),
        scoped("dynamodb", "DeleteBackup DescribeBackup", f"{table_arn}/backup/*"),
    )


def dynamodb_crud_policy(table: dynamodb.ITable | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``DynamoDBCrudPolicy`` allows on ``table``.

    Tighter than SAM's: Indexes are queried and scanned only; what else SAM allows on them does nothing.
    """
    table_arn = arn_of(table, "table_arn", service="dynamodb", example="eu-west-1:111122223333:table/orders")
    return (
        scoped(
            "dynamodb",
            "GetItem DeleteItem PutItem UpdateItem BatchWriteItem BatchGetItem DescribeTable ConditionCheckItem",
            table_arn,
        ),
        scoped("dynamodb", "Scan Query", table_arn, f"{table_arn}/index/*"),
    )


def dynamodb_read_policy(table: dynamodb.ITable | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``DynamoDBReadPolicy`` allows on ``table``.

    Tighter than SAM's: Indexes are queried and scanned only; what else SAM allows on them does nothing.
    """
    table_arn = arn_of(table, "table_arn", service="dynamodb", example="eu-west-1:111122223333:table/orders")
    return (
        scoped("dynamodb", "GetItem BatchGetItem DescribeTable", table_arn),
        scoped("dynamodb", "Scan Query", table_arn, f"{table_arn}/index/*"),
    )


def dynamodb_write_policy(table: dynamodb.ITable | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``DynamoDBWritePolicy`` allows on ``table``.

    Tighter than SAM's: Nothing on indexes, which nobody writes to.
    """
    table_arn = arn_of(table, "table_arn", service="dynamodb", example="eu-west-1:111122223333:table/orders")
    return (scoped("dynamodb", "PutItem UpdateItem BatchWriteItem", table_arn),)


def dynamodb_reconfigure_policy(table: dynamodb.ITable | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``DynamoDBReconfigurePolicy`` allows on ``table``."""
    table_arn = arn_of(table, "table_arn", service="dynamodb", example="eu-west-1:111122223333:table/orders")
    return (scoped("dynamodb", "UpdateTable", table_arn),)


def dynamodb_restore_from_backup_policy(table: dynamodb.ITable | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``DynamoDBRestoreFromBackupPolicy`` allows on ``table``.

    Wider than SAM's: Restoring is allowed on the table too, without which it fails.
    """
    table_arn = arn_of(table, "table_arn", service="dynamodb", example="eu-west-1:111122223333:table/orders")
    return (
        scoped("dynamodb", "RestoreTableFromBackup", table_arn, f"{table_arn}/backup/*"),
        scoped("dynamodb", "PutItem UpdateItem DeleteItem GetItem Query Scan BatchWriteItem", table_arn),
    )


def dynamodb_stream_read_policy(stream_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``DynamoDBStreamReadPolicy`` allows on ``stream_arn``.

    Tighter than SAM's: ``ListStreams``, which Lambda asks for when a mapping is created, on this stream and not on all
    of the table's.
    """
    arn = exact_arn(
        stream_arn, service="dynamodb", example="eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000"
    )
    return (scoped("dynamodb", "DescribeStream GetRecords GetShardIterator ListStreams", arn),)


def athena_query_policy(work_group_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``AthenaQueryPolicy`` allows on ``work_group_arn``.

    Tighter than SAM's: Actions of the old driver, which name no table, are left out.
    """
    arn = exact_arn(work_group_arn, service="athena", example="eu-west-1:111122223333:workgroup/reports")
    return (
        scoped(
            "athena",
            "StartQueryExecution GetQueryResults DeleteNamedQuery GetNamedQuery ListQueryExecutions "
            "StopQueryExecution GetQueryResultsStream ListNamedQueries CreateNamedQuery "
            "GetQueryExecution BatchGetNamedQuery BatchGetQueryExecution GetWorkGroup",
            arn,
        ),
        unscoped("athena", "ListWorkGroups", because="Athena knows no resource for the list of work groups"),
    )


def elasticsearch_http_post_policy(domain: opensearch.IDomain | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``ElasticsearchHttpPostPolicy`` allows on ``domain``."""
    domain_arn = arn_of(domain, "domain_arn", service="es", example="eu-west-1:111122223333:domain/search")
    return (scoped("es", "ESHttpPost ESHttpPut", f"{domain_arn}/*"),)


def s3_crud_policy(bucket: s3.IBucket | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``S3CrudPolicy`` allows on ``bucket``.

    Tighter than SAM's: What is done to the bucket is allowed on it, what is done to objects on them.
    """
    bucket_arn = arn_of(bucket, "bucket_arn", service="s3", example="::invoices")
    return (
        scoped("s3", "GetObject GetObjectVersion PutObject PutObjectAcl DeleteObject", f"{bucket_arn}/*"),
        scoped("s3", "ListBucket GetBucketLocation GetLifecycleConfiguration PutLifecycleConfiguration", bucket_arn),
    )


def s3_read_policy(bucket: s3.IBucket | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``S3ReadPolicy`` allows on ``bucket``.

    Tighter than SAM's: What is done to the bucket is allowed on it, what is done to objects on them.
    """
    bucket_arn = arn_of(bucket, "bucket_arn", service="s3", example="::invoices")
    return (
        scoped("s3", "GetObject GetObjectVersion", f"{bucket_arn}/*"),
        scoped("s3", "ListBucket GetBucketLocation GetLifecycleConfiguration", bucket_arn),
    )


def s3_write_policy(bucket: s3.IBucket | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``S3WritePolicy`` allows on ``bucket``.

    Tighter than SAM's: What is done to the bucket is allowed on it, what is done to objects on them.
    """
    bucket_arn = arn_of(bucket, "bucket_arn", service="s3", example="::invoices")
    return (
        scoped("s3", "PutObject PutObjectAcl", f"{bucket_arn}/*"),
        scoped("s3", "PutLifecycleConfiguration", bucket_arn),
    )


def s3_full_access_policy(bucket: s3.IBucket | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``S3FullAccessPolicy`` allows on ``bucket``."""
    bucket_arn = arn_of(bucket, "bucket_arn", service="s3", example="::invoices")
    return (
        scoped(
            "s3",
            "GetObject GetObjectAcl GetObjectVersion PutObject PutObjectAcl DeleteObject "
            "DeleteObjectTagging DeleteObjectVersionTagging GetObjectTagging GetObjectVersionTagging "
            "PutObjectTagging PutObjectVersionTagging",
            f"{bucket_arn}/*",
        ),
        scoped("s3", "ListBucket GetBucketLocation GetLifecycleConfiguration PutLifecycleConfiguration", bucket_arn),
    )
