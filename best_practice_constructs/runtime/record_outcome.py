"""What has become of the records of a batch, counted as metrics (H7)."""

from __future__ import annotations

import enum
from collections import Counter

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from best_practice_constructs.runtime import telemetry


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
    if not outcomes.total():
        return
    # Metrics of their own: the dimension of the function does not belong on the metrics that the handler adds.
    metrics = EphemeralMetrics(namespace=telemetry.namespace())
    metrics.add_dimension(name="function_name", value=function_name)
    for outcome, count in outcomes.items():
        metrics.add_metric(name=METRIC_OF_OUTCOME[outcome], unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
