"""The directory of a function whose code does not matter to the test."""

from __future__ import annotations

from pathlib import Path

ENTRY = str(Path(__file__).parent.parent / "entry")
HANDLER = "greet.handler"
