"""Tells of each product that changed: the event is filled from the images."""

from __future__ import annotations

from best_practice_constructs.runtime import change_publisher
from product_events import ProductChanged

handler = change_publisher(ProductChanged)
