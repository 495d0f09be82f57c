"""The values of a mapping template, which print as Java's do: templates print maps, lists and numbers as they are."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import cast


class JavaMap(dict[str, object]):
    """A map; prints as ``{name=value, other=value}``."""

    def __str__(self) -> str:
        return "{" + ", ".join(f"{key}={text_of(value)}" for key, value in self.items()) + "}"


class HeaderMap(JavaMap):
    """A map of headers: they are found whatever the case of their names, which HTTP/2 does not keep."""

    def get(self, key: object, default: object = None) -> object:
        """Return a header's value."""
        return next((value for name, value in self.items() if name.lower() == str(key).lower()), default)

    def __contains__(self, key: object) -> bool:
        return any(name.lower() == str(key).lower() for name in self)


class JavaList(list[object]):
    """A list that a template made; prints as ``[one, two]``."""

    def __str__(self) -> str:
        return "[" + ", ".join(text_of(value) for value in self) + "]"


class JsonArray(JavaList):
    """An array out of a JSON text; prints as JSON, as that of the library does with which API Gateway reads JSON."""

    def __str__(self) -> str:
        return json_text(self)


def from_json(value: object) -> object:
    """Return a value of ``json.loads`` as a template sees it."""
    if isinstance(value, Mapping):
        return JavaMap({key: from_json(entry) for key, entry in cast("Mapping[str, object]", value).items()})
    if isinstance(value, list | tuple):
        return JsonArray(from_json(entry) for entry in cast("Iterable[object]", value))
    return value


def json_text(value: object) -> str:
    """Return a value as JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_of(value: object) -> str:
    """Return the text that a template prints for a value.

    What is undefined or null prints nothing, which is what API Gateway does where Velocity alone prints the reference.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _java_double(value)
    return str(value)


def _java_double(value: float) -> str:
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = format(value, "f").rstrip("0") if "e" in repr(value) else repr(value)
        return text + "0" if text.endswith(".") else text
    sign = "-" if value < 0 else ""
    digits, _, exponent = format(abs(value), f".{_significant_digits(value) - 1}e").partition("e")
    return f"{sign}{digits if '.' in digits else digits + '.0'}E{int(exponent)}"


def _significant_digits(value: float) -> int:
    digits = repr(abs(value)).partition("e")[0].replace(".", "").strip("0")
    return max(1, len(digits))
