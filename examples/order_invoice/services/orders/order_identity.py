"""Which order a request means: the same caller with the same key means the same order, however often it is sent."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from best_practice_constructs.runtime import Problem
from orders.new_order import NewOrder

if TYPE_CHECKING:
    from best_practice_constructs.runtime import Caller

MAXIMUM_KEY_LENGTH = 255

NOBODY = "anonymous"
"""The owner of what comes through an API without authorization."""

_ORDER_IDS = uuid.UUID("0d3c1f5a-53c1-5a3e-8a44-5a1b8a2f9c01")


def owner_of(caller: Caller | None) -> str:
    """Give whom an order belongs to.

    A role's session changes with each restart of a client; a retry after it is the same caller.
    """
    if caller is None:
        return NOBODY
    partition, separator, role_and_session = caller.identity.partition(":assumed-role/")
    role = role_and_session.partition("/")[0]
    return f"{partition}{separator}{role}" if separator else caller.identity


def idempotency_key_of(headers: Mapping[str, str]) -> str:
    """Give the request's ``Idempotency-Key``.

    :raises Problem: 400: it has none, or none that can be kept.
    """
    key = headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > MAXIMUM_KEY_LENGTH:
        raise Problem(
            status=400,
            title="No idempotency key" if not key else "Idempotency key too long",
            detail=f"Send the header Idempotency-Key with 1 to {MAXIMUM_KEY_LENGTH} characters, a new one for each "
            "order and the same one when you send an order again.",
        )
    return key


def order_id_of(*, owner: str, idempotency_key: str) -> str:
    """Derive the order's id from its owner and the request's key.

    The owner's length keeps two pairs apart that would join to one text.
    """
    return str(uuid.uuid5(_ORDER_IDS, f"{len(owner)}:{owner}:{idempotency_key}"))


def fingerprint_of(order: NewOrder) -> str:
    """Tell two orders apart by what they say; white space and the order of fields say nothing."""
    return hashlib.sha256(msgspec.json.encode(order, order="deterministic")).hexdigest()
