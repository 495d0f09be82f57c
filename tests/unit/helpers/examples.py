"""How many examples a property is tried with: ``make unit`` is for every minute, ``make test`` for every push."""

from __future__ import annotations

import os

IS_QUICK = "QUICK_TESTS" in os.environ
"""Whether it is ``make unit`` that runs."""


def examples(thorough: int) -> int:
    """Give how many examples a property is tried with, by how many it is when there is time."""
    return max(10, thorough // 10) if IS_QUICK else thorough
