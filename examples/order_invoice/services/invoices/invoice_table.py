"""The invoice service's tables: facts, each inserted once, and the counter of each series of numbers.

What belongs together is committed in one transaction; this module gives its parts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from best_practice_constructs.runtime.clients import client
from invoices.environment import INVOICES_TABLE_NAME, SERIES_TABLE_NAME
from invoices.invoice import INVOICE
from invoices.numbering import Series
from shop.stored_fact import StoredFact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

TransactionItem = Mapping[str, Mapping[str, object]]


def find_invoice(order_id: str) -> StoredFact | None:
    """Give the invoice of an order, as of now."""
    answer = client("dynamodb").get_item(
        TableName=os.environ[INVOICES_TABLE_NAME], Key=_key(order_id, INVOICE), ConsistentRead=True
    )
    return StoredFact.from_item(answer["Item"]) if "Item" in answer else None


def last_count(series: Series) -> int:
    """Give how many documents the series has, as of now."""
    answer = client("dynamodb").get_item(
        TableName=os.environ[SERIES_TABLE_NAME], Key={"series": {"S": series.name}}, ConsistentRead=True
    )
    return int(answer["Item"]["last_count"]["N"]) if "Item" in answer else 0


def take_number(series: Series, *, last: int) -> TransactionItem:
    """Take the number after ``last``: fails when somebody else has taken it.

    When the transaction fails, the number is not taken: no gap.
    """
    return {
        "Update": {
            "TableName": os.environ[SERIES_TABLE_NAME],
            "Key": {"series": {"S": series.name}},
            "UpdateExpression": "SET last_count = :next",
            "ConditionExpression": "last_count = :last" if last else "attribute_not_exists(series)",
            "ExpressionAttributeValues": {":next": {"N": str(last + 1)}}
            | ({":last": {"N": str(last)}} if last else {}),
        }
    }


def insert(fact: StoredFact) -> TransactionItem:
    """Insert a fact: fails when it is there."""
    return {
        "Put": {
            "TableName": os.environ[INVOICES_TABLE_NAME],
            "Item": fact.to_item(),
            "ConditionExpression": "attribute_not_exists(order_id)",
        }
    }


def absent(order_id: str, fact: str) -> TransactionItem:
    """Fail when a fact is there."""
    return {
        "ConditionCheck": {
            "TableName": os.environ[INVOICES_TABLE_NAME],
            "Key": _key(order_id, fact),
            "ConditionExpression": "attribute_not_exists(order_id)",
        }
    }


def _key(order_id: str, fact: str) -> dict[str, AttributeValueTypeDef]:
    return {"order_id": {"S": order_id}, "fact": {"S": fact}}
