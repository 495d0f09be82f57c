"""The response that an API handler gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ApiResponse:
    """A response of the API.

    :param status: the HTTP status.
    :param body: a dataclass, a mapping, a sequence …, sent as JSON: ``Decimal`` as a string with all its digits, times
        in RFC 3339; ``None`` sends no body.
    :param headers: header fields, such as ``Location`` or ``Retry-After``.
    """

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
