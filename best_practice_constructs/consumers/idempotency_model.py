"""How a consumer makes sure that an effect happens once (H2)."""

from __future__ import annotations

from enum import Enum


class IdempotencyModel(Enum):
    """How a consumer makes sure that a message that comes twice has one effect (H2; talk 43:16)."""

    RECORD = "record"
    """A record is written before the handler and completed after it (Powertools). A worker that dies between its effect
    and the completion repeats the effect: right for effects that may be repeated."""

    TRANSACTION = "transaction"
    """The record commits in the same DynamoDB transaction as the effect: exactly once, one round trip. Right for
    money."""
