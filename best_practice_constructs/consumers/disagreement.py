"""What two settings of a consumer do not agree on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """Two settings that cannot work together."""

    given: str
    reason: str
    remedy: str
