"""A function with one purpose: it greets."""

from __future__ import annotations

from best_practice_constructs.runtime import logger


def handler(event: dict[str, str], _context: object) -> dict[str, str]:
    """Greet whom the event names."""
    name = event.get("name", "world")
    logger().info("greeting", extra={"who": name})
    return {"greeting": f"Hello, {name}!"}
