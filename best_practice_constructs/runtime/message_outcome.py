"""What has become of the messages of a batch, counted as metrics (H7)."""

from __future__ import annotations

import enum
from collections import Counter

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from best_practice_constructs.runtime import telemetry


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
    if not outcomes.total():
        return
    # Metrics of their own: the dimension of the function does not belong on the metrics that the handler adds.
    metrics = EphemeralMetrics(namespace=telemetry.namespace())
    metrics.add_dimension(name="function_name", value=function_name)
    for outcome, count in outcomes.items():
        metrics.add_metric(name=METRIC_OF_OUTCOME[outcome], unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
