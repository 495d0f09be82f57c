"""What has become of the records of a batch, counted as metrics (H7)."""

from __future__ import annotations

import enum
from collections import Counter

from best_practice_constructs.runtime.outcome_metrics import write_counts


class RecordOutcome(enum.Enum):
    """What has become of one delivery of a record."""

    PROCESSED = "processed"
    FAILED = "failed"
    DEFERRED = "deferred"
    GIVEN_UP = "given up"


METRIC_OF_OUTCOME = {
    RecordOutcome.PROCESSED: "RecordsProcessed",
    RecordOutcome.FAILED: "RecordsFailed",
    RecordOutcome.DEFERRED: "RecordsDeferred",
    RecordOutcome.GIVEN_UP: "RecordsGivenUp",
}


def write_record_metrics(outcomes: Counter[RecordOutcome], *, function_name: str) -> None:
    """Write the counts that are not zero, with the dimensions ``service`` and ``function_name``."""
    counts = {METRIC_OF_OUTCOME[outcome]: count for outcome, count in outcomes.items()}
    write_counts(counts, function_name=function_name)
