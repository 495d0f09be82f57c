"""The path of a route, and the parameters in it."""

from __future__ import annotations

import re

_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+|\{[A-Za-z0-9_]+\+?\}")
METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def path_problem(path: str) -> str | None:
    """Say why a path cannot be one, or give ``None``."""
    if not path.startswith("/"):
        return "a path starts with a slash"
    segments = path.removeprefix("/").split("/") if path != "/" else []
    for segment in segments:
        if not _SEGMENT.fullmatch(segment):
            return f"the segment {segment!r} is neither plain nor a parameter such as {{order_id}}"
    parameters = path_parameters(path)
    if len(set(parameters)) != len(parameters):
        return "two parameters have one name"
    if any(segment.endswith("+}") for segment in segments[:-1]):
        return "a greedy parameter takes all that follows, so it is the last"
    return None


def path_parameters(path: str) -> list[str]:
    """Give the names of the parameters in a path."""
    return [name.removesuffix("+") for name in re.findall(r"\{([^}]*)\}", path)]
