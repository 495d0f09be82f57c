"""Counts of what has become of a batch, as metrics (H7)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from best_practice_constructs.runtime import telemetry


def write_counts(counts: Mapping[str, int], *, function_name: str) -> None:
    """Write the counts, by the names of their metrics, with the dimensions ``service`` and ``function_name``."""
    if not any(counts.values()):
        return
    # Metrics of their own: the dimension of the function does not belong on the metrics that the handler adds.
    metrics = EphemeralMetrics(namespace=telemetry.namespace())
    metrics.add_dimension(name="function_name", value=function_name)
    for name, count in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
