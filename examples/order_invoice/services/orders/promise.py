"""The answer to what was taken on: an acknowledgement, and where to ask what became of it (E1)."""

from __future__ import annotations

from best_practice_constructs.runtime import ApiResponse

RETRY_AFTER_SECONDS = 1


def accepted(order_id: str, *, location: str) -> ApiResponse:
    """Answer 202: it will be done, exactly once; ask at ``location``, not before ``Retry-After``."""
    return ApiResponse(
        status=202,
        body={"order_id": order_id},
        headers={"Location": location, "Retry-After": str(RETRY_AFTER_SECONDS)},
    )
