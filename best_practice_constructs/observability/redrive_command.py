"""What a person runs when an alarm tells of dead letters (H6, H9)."""

from __future__ import annotations

from aws_cdk import aws_sqs as sqs


def redrive_command(queue: sqs.IQueue) -> str:
    """Give the command that shows what is in a dead-letter queue and moves it back, for the alarm's description."""
    return f"python -m best_practice_constructs.operations.redrive {queue.queue_name}"
