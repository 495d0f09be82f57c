"""The environment variables of the order service; the stack sets them."""

from __future__ import annotations

ORDERS_TABLE_NAME = "ORDERS_TABLE_NAME"
