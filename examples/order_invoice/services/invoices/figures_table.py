"""The sales figures: one item for each day and currency, to which each fact is added once."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from best_practice_constructs.runtime import IdempotentTransaction
from invoices.environment import COUNTED_FACTS_TABLE_NAME, FIGURES_TABLE_NAME
from invoices.sales import Sales

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

# As long as invoices are kept: a fact may be told again whenever somebody tells all of them again.
_COUNTED_FOR_SECONDS = 10 * 366 * 24 * 60 * 60
_SUMS = ("invoices", "credit_notes", "net", "tax", "total")


def add_once(sales: Sales, *, fact_id: str) -> bool:
    """Add ``sales`` to the figures of their day, and write down in the same transaction that the fact was counted.

    :param fact_id: of the fact that they come from.
    :return: whether they were added; not, when the fact was counted before.
    """
    transaction = IdempotentTransaction(
        table_name=os.environ[COUNTED_FACTS_TABLE_NAME], record_id=fact_id, expires_after_seconds=_COUNTED_FOR_SECONDS
    )
    return transaction.write([_addition(sales)])


def sales_from_item(item: Mapping[str, AttributeValueTypeDef]) -> Sales:
    """Read an item of the table."""
    return Sales(
        day=date.fromisoformat(item["day"]["S"]),
        currency=item["currency"]["S"],
        invoices=int(item["invoices"]["N"]),
        credit_notes=int(item["credit_notes"]["N"]),
        net=Decimal(item["net"]["N"]),
        tax=Decimal(item["tax"]["N"]),
        total=Decimal(item["total"]["N"]),
    )


def _addition(sales: Sales) -> Mapping[str, Mapping[str, object]]:
    return {
        "Update": {
            "TableName": os.environ[FIGURES_TABLE_NAME],
            "Key": {"day": {"S": sales.day.isoformat()}, "currency": {"S": sales.currency}},
            # Exact: DynamoDB's numbers are decimals of 38 digits.
            "UpdateExpression": "ADD " + ", ".join(f"#{name} :{name}" for name in _SUMS),
            # Some of these names are reserved words of DynamoDB.
            "ExpressionAttributeNames": {f"#{name}": name for name in _SUMS},
            "ExpressionAttributeValues": {f":{name}": {"N": f"{Decimal(getattr(sales, name)):f}"} for name in _SUMS},
        }
    }
