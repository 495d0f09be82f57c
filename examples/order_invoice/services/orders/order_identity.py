"""Which order a request means: the same caller with the same key means the same order, however often it is sent."""

from __future__ import annotations

import hashlib
import uuid

import msgspec

from orders.new_order import NewOrder

MAXIMUM_KEY_LENGTH = 255

_ORDER_IDS = uuid.UUID("0d3c1f5a-53c1-5a3e-8a44-5a1b8a2f9c01")


def order_id_of(*, caller: str, idempotency_key: str) -> str:
    """Derive the order's id. The length of the caller keeps two pairs apart that would join to one text."""
    return str(uuid.uuid5(_ORDER_IDS, f"{len(caller)}:{caller}:{idempotency_key}"))


def fingerprint_of(order: NewOrder) -> str:
    """Tell two orders apart by what they say; white space and the order of fields say nothing."""
    return hashlib.sha256(msgspec.json.encode(order, order="deterministic")).hexdigest()
