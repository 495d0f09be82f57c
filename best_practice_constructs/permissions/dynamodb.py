"""Permissions on DynamoDB tables, one function per operation.

``TransactWriteItems``, ``TransactGetItems`` and the statements of PartiQL in a transaction have no action of their own:
allow the operations that the transaction holds. A table that is encrypted with a key of yours takes
:func:`kms.use_table_key <best_practice_constructs.permissions.kms.use_table_key>` beside.

Two parameters narrow a permission down, here as everywhere below:

- ``leading_keys``: the only values of the partition key (of the index, where one is queried). A policy variable such as
  ``"${aws:PrincipalTag/tenant}"`` is a value too.
- ``attributes``: the only attributes that a request may name, among them those of the key. A read has to ask for them
  (``ProjectionExpression``), a write may not ask for the whole item back (``ReturnValues``).

Both are also true of no request that names none (see :mod:`best_practice_constructs.permissions.item_conditions`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.permissions.item_conditions import (
    RETURNED_BY_UPDATES,
    RETURNED_BY_WRITES,
    SELECTED,
    item_conditions,
)
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of, exact_arn

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb as dynamodb

# What DynamoDB lets a table or an index be called.
_INDEX_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")


def _table_arn(table: dynamodb.ITable | str) -> str:
    return arn_of(table, "table_arn", service="dynamodb", example="eu-west-1:111122223333:table/orders")


def _table_or_index_arn(table: dynamodb.ITable | str, index_name: str | None) -> str:
    arn = _table_arn(table)
    if index_name is None:
        return arn
    if not (is_deploy_time_value(index_name) or _INDEX_NAME.fullmatch(index_name)):
        raise ValueError(f"index_name={index_name!r} is the name of no index; name the index that the code reads")
    return f"{arn}/index/{index_name}"


def get_item(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``GetItem`` on the table (an ``ITable`` or its ARN), in ``TransactGetItems`` too.

    :param attributes: the only attributes that the request may name; all by default.
    :param leading_keys: the only values of the partition key; all by default.
    :raises ValueError: no ARN of a table, or nothing named.

    ```python
    from best_practice_constructs.permissions import dynamodb

    dynamodb.get_item(
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
        attributes=["order_id", "state"],
        leading_keys=["${aws:PrincipalTag/tenant}"],
    )
    ```
    """
    return Permission(
        actions=("dynamodb:GetItem",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys, returned=SELECTED),
    )


def batch_get_item(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``BatchGetItem`` on the table (an ``ITable`` or its ARN), narrowed down as :func:`get_item` is."""
    return Permission(
        actions=("dynamodb:BatchGetItem",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys, returned=SELECTED),
    )


def query(
    table: dynamodb.ITable | str,
    *,
    index_name: str | None = None,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``Query`` on the table (an ``ITable`` or its ARN), or on one of its indexes and not on the table.

    :param index_name: the index; the table itself by default.
    :param attributes: the only attributes that the request may name; all by default.
    :param leading_keys: the only values of the partition key, of the index's where one is queried; all by default.
    """
    return Permission(
        actions=("dynamodb:Query",),
        resources=(_table_or_index_arn(table, index_name),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys, returned=SELECTED),
    )


def scan(
    table: dynamodb.ITable | str, *, index_name: str | None = None, attributes: Sequence[str] | None = None
) -> Permission:
    """Allow ``Scan`` of the table (an ``ITable`` or its ARN), or of one of its indexes and not of the table.

    A scan reads every item: it knows no ``leading_keys``.
    """
    return Permission(
        actions=("dynamodb:Scan",),
        resources=(_table_or_index_arn(table, index_name),),
        conditions=item_conditions(attributes=attributes, leading_keys=None, returned=SELECTED),
    )


def put_item(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``PutItem`` on the table (an ``ITable`` or its ARN), in a transaction too.

    With ``attributes`` the old item is not given back: ``ReturnValues`` has to be ``NONE``.
    """
    return Permission(
        actions=("dynamodb:PutItem",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys, returned=RETURNED_BY_WRITES),
    )


def update_item(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``UpdateItem`` on the table (an ``ITable`` or its ARN), in a transaction too.

    With ``attributes`` the whole item is not given back: ``ReturnValues`` is ``NONE`` or one of what was updated.
    """
    return Permission(
        actions=("dynamodb:UpdateItem",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys, returned=RETURNED_BY_UPDATES),
    )


def delete_item(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``DeleteItem`` on the table (an ``ITable`` or its ARN), in a transaction too.

    With ``attributes`` the old item is not given back: ``ReturnValues`` has to be ``NONE``.
    """
    return Permission(
        actions=("dynamodb:DeleteItem",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys, returned=RETURNED_BY_WRITES),
    )


def batch_write_item(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``BatchWriteItem``, puts and deletes, on the table (an ``ITable`` or its ARN)."""
    return Permission(
        actions=("dynamodb:BatchWriteItem",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys),
    )


def condition_check_item(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``ConditionCheck`` in a transaction on the table (an ``ITable`` or its ARN)."""
    return Permission(
        actions=("dynamodb:ConditionCheckItem",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys),
    )


def partiql_select(
    table: dynamodb.ITable | str,
    *,
    index_name: str | None = None,
    full_table_scan: bool = False,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``SELECT`` of PartiQL on the table (an ``ITable`` or its ARN), or on one of its indexes.

    :param index_name: the index; the table itself by default.
    :param full_table_scan: whether a statement without the partition key, which reads the whole table, is allowed too.
    :param attributes: the only attributes that the statement may name; all by default.
    :param leading_keys: the only values of the partition key; all by default.
    """
    conditions = item_conditions(attributes=attributes, leading_keys=leading_keys, returned=SELECTED)
    if not full_table_scan:
        conditions["BoolIfExists"] = {"dynamodb:FullTableScan": "false"}
    return Permission(
        actions=("dynamodb:PartiQLSelect",),
        resources=(_table_or_index_arn(table, index_name),),
        conditions=conditions,
    )


def partiql_insert(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``INSERT`` of PartiQL on the table (an ``ITable`` or its ARN)."""
    return Permission(
        actions=("dynamodb:PartiQLInsert",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys),
    )


def partiql_update(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``UPDATE`` of PartiQL on the table (an ``ITable`` or its ARN)."""
    return Permission(
        actions=("dynamodb:PartiQLUpdate",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys, returned=RETURNED_BY_UPDATES),
    )


def partiql_delete(
    table: dynamodb.ITable | str,
    *,
    attributes: Sequence[str] | None = None,
    leading_keys: Sequence[str] | None = None,
) -> Permission:
    """Allow ``DELETE`` of PartiQL on the table (an ``ITable`` or its ARN)."""
    return Permission(
        actions=("dynamodb:PartiQLDelete",),
        resources=(_table_arn(table),),
        conditions=item_conditions(attributes=attributes, leading_keys=leading_keys, returned=RETURNED_BY_WRITES),
    )


def describe_table(table: dynamodb.ITable | str) -> Permission:
    """Allow ``DescribeTable``, which the resource layer of boto3 and waiters call, on the table (or its ARN)."""
    return Permission(actions=("dynamodb:DescribeTable",), resources=(_table_arn(table),))


def read_stream(stream_arn: str) -> Permission:
    """Allow an event source mapping to read the stream with this ARN.

    The four actions are those that Lambda asks for when the mapping is created (DynamoDB developer guide, *IAM policy
    to allow a Lambda function to access DynamoDB stream records*), all of them on the stream, as its error says where
    one is missing: ``ListStreams`` too, for which the service authorization data name no resource. On every resource
    it would list all streams of the account.
    """
    example = "eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000"
    return Permission(
        actions=(
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
        ),
        resources=(exact_arn(stream_arn, service="dynamodb", example=example),),
    )
