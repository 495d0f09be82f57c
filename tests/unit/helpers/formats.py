"""Checks the formats that schemas name, which validators ignore unless they are told to check them."""

from __future__ import annotations

import re

from jsonschema import FormatChecker

FORMATS = FormatChecker()
"""All formats that jsonschema knows, and durations."""

_DURATION = re.compile(r"-?P(?=.)([0-9]+Y)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?")


@FORMATS.checks("duration")
def _is_duration(value: object) -> bool:
    """Tell whether a text is a duration of ISO 8601, in units that are no months; other values are no matter of it."""
    return not isinstance(value, str) or _DURATION.fullmatch(value) is not None
