"""Permissions on DynamoDB tables, one function per operation.

``TransactWriteItems`` and ``TransactGetItems`` have no action of their own: allow the operations that the transaction
holds.
"""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb

from best_practice_constructs.permissions.permission import Permission


def _table_arn(table: dynamodb.ITable | str) -> str:
    return table if isinstance(table, str) else table.table_arn


def get_item(table: dynamodb.ITable | str) -> Permission:
    """Allow ``GetItem`` on the table (an ``ITable`` or its ARN)."""
    return Permission(actions=("dynamodb:GetItem",), resources=(_table_arn(table),))


def put_item(table: dynamodb.ITable | str) -> Permission:
    """Allow ``PutItem`` on the table (an ``ITable`` or its ARN), in a transaction too."""
    return Permission(actions=("dynamodb:PutItem",), resources=(_table_arn(table),))


def update_item(table: dynamodb.ITable | str) -> Permission:
    """Allow ``UpdateItem`` on the table (an ``ITable`` or its ARN), in a transaction too."""
    return Permission(actions=("dynamodb:UpdateItem",), resources=(_table_arn(table),))


def delete_item(table: dynamodb.ITable | str) -> Permission:
    """Allow ``DeleteItem`` on the table (an ``ITable`` or its ARN), in a transaction too."""
    return Permission(actions=("dynamodb:DeleteItem",), resources=(_table_arn(table),))


def condition_check_item(table: dynamodb.ITable | str) -> Permission:
    """Allow ``ConditionCheck`` in a transaction on the table (an ``ITable`` or its ARN)."""
    return Permission(actions=("dynamodb:ConditionCheckItem",), resources=(_table_arn(table),))


def query(table: dynamodb.ITable | str, *, index_name: str | None = None) -> Permission:
    """Allow ``Query`` on the table (an ``ITable`` or its ARN), or on one of its indexes and not on the table."""
    arn = _table_arn(table)
    return Permission(actions=("dynamodb:Query",), resources=(f"{arn}/index/{index_name}" if index_name else arn,))


def read_stream(stream_arn: str) -> Permission:
    """Allow an event source mapping to read the stream with this ARN.

    The four actions are those that Lambda asks for when the mapping is created (DynamoDB developer guide, *IAM policy
    to allow a Lambda function to access DynamoDB stream records*).
    """
    return Permission(
        actions=(
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
        ),
        resources=(stream_arn,),
    )
