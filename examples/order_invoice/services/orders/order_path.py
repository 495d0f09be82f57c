"""The order that a request's path names."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from best_practice_constructs.runtime import Problem


def order_id_in(path_parameters: Mapping[str, str]) -> str:
    """Give the order's id.

    :raises Problem: 404: it is no id, so there is no such order; the table need not be asked.
    """
    order_id = path_parameters["order_id"]
    try:
        if str(uuid.UUID(order_id)) == order_id:
            return order_id
    except ValueError:
        pass
    raise unknown_order(order_id)


def unknown_order(order_id: str) -> Problem:
    """Give the problem that there is no such order, or that it is somebody else's: the answer does not tell which."""
    return Problem(status=404, title="Unknown order", detail=f"You placed no order {order_id[:64]!r}.")
