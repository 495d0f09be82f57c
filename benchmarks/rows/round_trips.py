"""How often a message goes to DynamoDB and back."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.measuring import figures_of


def measure(effort: Effort) -> Sequence[Comparison]:  # noqa: ARG001 -- counts do not vary
    """Count the requests of a batch."""
    transaction, record, by_hand = (_calls(side) for side in ("in-transaction", "around-record", "by-hand"))
    return [
        Comparison(
            name="transaction",
            unit="requests",
            ours=(transaction,),
            theirs=(by_hand,),
            target=Target(most=1, of="ours"),
        ),
        Comparison(name="record", unit="requests", ours=(record,), theirs=(by_hand,)),
    ]


def _calls(side: str) -> float:
    return float(str(figures_of(["-m", "benchmarks.record_handling", side, "--count-calls"])["calls"]))


BENCHMARK = Benchmark(
    name="round_trips",
    title="Requests to DynamoDB for one message whose effect is one write",
    against="Powertools' idempotency by hand",
    measure=measure,
    notes=(
        "Counted where botocore would send them, over a batch of ten messages that were not seen before. The model "
        "transaction writes effect and record in one request; the model record does what Powertools does."
    ),
)
