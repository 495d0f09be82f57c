"""What the shop sells, at which price in which currency, and how a country taxes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

TaxCategory = Literal["standard", "reduced"]


@dataclass(frozen=True, kw_only=True)
class Article:
    """Something for sale; ``prices`` are before tax, by currency."""

    description: str
    prices: Mapping[str, Decimal]
    tax_category: TaxCategory = "standard"


def _prices(*, eur: str, usd: str, jpy: str) -> Mapping[str, Decimal]:
    return {"EUR": Decimal(eur), "USD": Decimal(usd), "JPY": Decimal(jpy)}


ARTICLES: Mapping[str, Article] = {
    "BOOK-001": Article(
        description="Serverless patterns, paperback",
        prices=_prices(eur="34.90", usd="39.95", jpy="5480"),
        tax_category="reduced",
    ),
    "CABLE-3M": Article(description="Network cable, 3 m", prices=_prices(eur="7.99", usd="8.49", jpy="1190")),
    "LAMP-01": Article(description="Desk lamp", prices=_prices(eur="49.00", usd="54.00", jpy="7900")),
    "PEN-BLUE": Article(description="Pen, blue", prices=_prices(eur="0.35", usd="0.39", jpy="55")),
}

TAX_RATES: Mapping[str, Mapping[TaxCategory, Decimal]] = {
    "DE": {"standard": Decimal("0.19"), "reduced": Decimal("0.07")},
    "FR": {"standard": Decimal("0.20"), "reduced": Decimal("0.055")},
    "JP": {"standard": Decimal("0.10"), "reduced": Decimal("0.08")},
    "US": {"standard": Decimal(0), "reduced": Decimal(0)},
}

VOLUME_DISCOUNT_FROM = 10
"""From this many pieces of one article …"""

VOLUME_DISCOUNT = Decimal("0.10")
"""… its line costs this share less."""
