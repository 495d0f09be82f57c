"""Notes each photo that comes into the bucket, once, however often S3 tells of it."""

from __future__ import annotations

from best_practice_constructs.runtime import ObjectCreated, PermanentError, async_event_consumer, logger


@async_event_consumer
def handler(created: ObjectCreated) -> None:
    """Note one photo."""
    if created.size == 0:
        raise PermanentError(f"The photo {created.key} is empty.")
    logger().info("photo noted", extra={"key": created.key, "size": created.size})
