"""What the business asks of the running system: how many orders, how much revenue (H7).

For charts, not for the books.
"""

from __future__ import annotations

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from best_practice_constructs.runtime import metrics
from shop.money import Money


def count(name: str) -> None:
    """Count one more of something, such as ``OrdersPlaced``."""
    metrics().add_metric(name=name, unit=MetricUnit.Count, value=1)


def add_amount(name: str, amount: Money) -> None:
    """Add an amount to a metric, such as ``Revenue``, with its currency as a dimension.

    Sums over currencies mean nothing.
    """
    with single_metric(name=name, unit=MetricUnit.NoUnit, value=float(amount.amount)) as metric:
        metric.add_dimension(name="currency", value=amount.currency)
