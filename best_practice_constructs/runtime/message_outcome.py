"""What has become of the messages of a batch, counted as metrics (H7)."""

from __future__ import annotations

import enum
from collections import Counter

from best_practice_constructs.runtime.outcome_metrics import write_counts


class MessageOutcome(enum.Enum):
    """What has become of one delivery of a message."""

    PROCESSED = "processed"
    REPLAYED = "replayed"
    FAILED = "failed"
    DEFERRED = "deferred"
    DEAD_LETTERED = "dead-lettered"


METRIC_OF_OUTCOME = {
    MessageOutcome.PROCESSED: "MessagesProcessed",
    MessageOutcome.REPLAYED: "MessagesReplayed",
    MessageOutcome.FAILED: "MessagesFailed",
    MessageOutcome.DEFERRED: "MessagesDeferred",
    MessageOutcome.DEAD_LETTERED: "MessagesDeadLettered",
}


def write_metrics(outcomes: Counter[MessageOutcome], *, function_name: str) -> None:
    """Write the counts that are not zero, with the dimensions ``service`` and ``function_name``."""
    counts = {METRIC_OF_OUTCOME[outcome]: count for outcome, count in outcomes.items()}
    write_counts(counts, function_name=function_name)
