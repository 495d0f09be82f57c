"""What a person runs when an alarm tells of dead letters (H6, H9)."""

from __future__ import annotations

from aws_cdk import aws_sqs as sqs

from best_practice_constructs.operations.command_names import REDRIVE


def redrive_command(queue: sqs.IQueue) -> str:
    """Give the command that shows what is in a dead-letter queue and moves it back, for the alarm's description."""
    return f"{REDRIVE} {queue.queue_name}"
