"""The order table: facts about orders, each inserted once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from best_practice_constructs.runtime.clients import client
from orders.environment import ORDERS_TABLE_NAME
from orders.order_state import ORDER
from shop.stored_fact import StoredFact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_NOT_YET = "attribute_not_exists(order_id)"


class UnknownOrderError(Exception):
    """This caller never placed such an order."""


class BusyError(Exception):
    """Two requests about one order met; nothing was written, and the same request can be sent again."""


def insert_order(fact: StoredFact, *, owner: str, fingerprint: str) -> str | None:
    """Insert an order: the one write that commits it.

    :return: ``None`` when it is new; the fingerprint of the order that is there already.
    """
    item = fact.to_item() | {"owner": {"S": owner}, "fingerprint": {"S": fingerprint}}
    try:
        client("dynamodb").put_item(
            TableName=_table(),
            Item=item,
            ConditionExpression=_NOT_YET,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if _code(error) != "ConditionalCheckFailedException":
            raise
        there = cast("dict[str, AttributeValueTypeDef]", error.response["Item"])  # type: ignore[typeddict-item] # botocore's type knows no fields of single errors
        return there["fingerprint"]["S"]
    return None


def insert_cancellation(fact: StoredFact, *, owner: str) -> bool:
    """Insert the cancellation of an order that ``owner`` placed.

    :return: whether it is new; an order is cancelled once.
    :raises UnknownOrderError: there is no such order.
    :raises BusyError: another request is writing about it right now.
    """
    table = _table()
    try:
        client("dynamodb").transact_write_items(
            TransactItems=[
                {
                    "ConditionCheck": {
                        "TableName": table,
                        "Key": _key(fact.order_id, ORDER),
                        # "owner" is a reserved word of DynamoDB.
                        "ConditionExpression": "#owner = :owner",
                        "ExpressionAttributeNames": {"#owner": "owner"},
                        "ExpressionAttributeValues": {":owner": {"S": owner}},
                    }
                },
                {"Put": {"TableName": table, "Item": fact.to_item(), "ConditionExpression": _NOT_YET}},
            ]
        )
    except ClientError as error:
        if _code(error) != "TransactionCanceledException":
            raise
        order, cancellation = _cancellation_codes(error)
        if order == "ConditionalCheckFailed":
            raise UnknownOrderError(fact.order_id) from error
        if cancellation == "ConditionalCheckFailed":
            return False
        raise BusyError(fact.order_id) from error
    return True


def insert_outcome(fact: StoredFact) -> None:
    """Insert what another service did about an order; it is the same however often it is told."""
    try:
        client("dynamodb").put_item(TableName=_table(), Item=fact.to_item(), ConditionExpression=_NOT_YET)
    except ClientError as error:
        if _code(error) != "ConditionalCheckFailedException":
            raise


def facts_of(order_id: str, *, owner: str) -> Sequence[StoredFact]:
    """Give all that is known of an order, as of now; nothing when ``owner`` never placed it."""
    answer = client("dynamodb").query(
        TableName=_table(),
        KeyConditionExpression="order_id = :order_id",
        ExpressionAttributeValues={":order_id": {"S": order_id}},
        ConsistentRead=True,
    )
    items = answer["Items"]
    if not any(item["fact"]["S"] == ORDER and item["owner"]["S"] == owner for item in items):
        return ()
    return [StoredFact.from_item(item) for item in items]


def _table() -> str:
    return os.environ[ORDERS_TABLE_NAME]


def _key(order_id: str, fact: str) -> dict[str, AttributeValueTypeDef]:
    return {"order_id": {"S": order_id}, "fact": {"S": fact}}


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _cancellation_codes(error: ClientError) -> list[str]:
    reasons = error.response.get("CancellationReasons", [])
    return [str(reason.get("Code")) for reason in reasons]
