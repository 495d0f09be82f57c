"""Consumers of plain orders, in both idempotency models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from best_practice_constructs.runtime import IdempotentTransaction, clients, queue_consumer


@queue_consumer
def around_record(body: dict[str, object]) -> None:
    """Write an order, with the idempotency record around it."""
    clients.client("dynamodb").put_item(TableName="orders", Item=_item(body))


@queue_consumer
def in_transaction(body: dict[str, object], transaction: IdempotentTransaction) -> None:
    """Write an order, and the idempotency record with it."""
    transaction.write([{"Put": {"TableName": "orders", "Item": _item(body)}}])


def _item(order: Mapping[str, object]) -> dict[str, dict[str, str]]:
    return {"order_id": {"S": cast(str, order["order_id"])}, "total": {"N": cast(str, order["total"])}}
