"""What is told of an integration that could not be run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class FailedIntegration:
    """An integration that could not be run, or whose service refused its role; its caller got no reason.

    :param method: the method: ``"POST /orders (REST API abc, stage prod)"``.
    :param reason: what is wrong.
    :param time: when.
    """

    method: str
    reason: str
    time: datetime
