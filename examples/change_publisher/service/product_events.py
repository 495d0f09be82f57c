"""What the product service tells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from best_practice_constructs.runtime import Event, EventSource

products = EventSource("com.example.products")


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product, as it lies in the table."""

    product_id: str
    name: str
    price: Decimal
    tags: tuple[str, ...] = ()


@products.event
class ProductListed(Event):
    """A product can be bought from now on."""

    product_id: str
    name: str
    price: Decimal


@products.event
class ProductChanged(Event):
    """A product is another than it was; the metadata say in what."""

    product_id: str
    before: Product
    after: Product
