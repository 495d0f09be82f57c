"""A function with one purpose: it keeps whom somebody greeted."""

from __future__ import annotations

import os

from best_practice_constructs.runtime.clients import client


def handler(event: dict[str, str], _context: object) -> dict[str, str]:
    """Greet whom the event names, and keep the name."""
    name = event.get("name", "world")
    client("dynamodb").put_item(TableName=os.environ["GREETINGS_TABLE_NAME"], Item={"name": {"S": name}})
    return {"greeting": f"Hello, {name}!"}
