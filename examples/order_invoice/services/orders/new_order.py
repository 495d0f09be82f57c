"""What a client sends: API Gateway checks it by the schema of these types, and the function checks it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

Country = Literal["DE", "FR", "JP", "US"]
Currency = Literal["EUR", "JPY", "USD"]


@dataclass(frozen=True, kw_only=True)
class NewOrderLine:
    """An article and how many; its price is the shop's to know."""

    sku: Annotated[str, Meta(min_length=1, max_length=32, pattern="^[A-Z0-9-]+$")]
    quantity: Annotated[int, Meta(ge=1, le=1000)]


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """An order as a client places it."""

    customer: Annotated[str, Meta(min_length=1, max_length=100)]
    country: Country
    currency: Currency
    lines: Annotated[list[NewOrderLine], Meta(min_length=1, max_length=50)]


@dataclass(frozen=True, kw_only=True)
class NewCancellation:
    """Why a client cancels an order."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]
