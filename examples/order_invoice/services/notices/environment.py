"""The environment variables of the notices service; the stack sets them."""

from __future__ import annotations

NOTICES_TABLE_NAME = "NOTICES_TABLE_NAME"
