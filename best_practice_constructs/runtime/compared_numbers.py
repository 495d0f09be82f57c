"""Which numbers EventBridge compares, by its documentation."""

from __future__ import annotations

import decimal

LARGEST_NUMBER = decimal.Decimal(5_000_000_000)
DECIMAL_PLACES = 6
NUMBERS = (int, float, decimal.Decimal)
NUMBER_TYPES = frozenset(NUMBERS)
"""The types of fields that EventBridge compares as numbers."""
