"""How long the quick tests take."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.measuring import wall_seconds


def measure(effort: Effort) -> Sequence[Comparison]:
    """Run the command once; in a quick run, one file of it."""
    arguments = ["tests/unit/test_single_values.py"] if effort.is_quick else []
    seconds = wall_seconds([sys.executable, "scripts/bootstrap.py", "unit", *arguments])
    return [Comparison(name="make unit", unit="s", ours=(seconds,), target=Target(most=60, of="ours"))]


BENCHMARK = Benchmark(
    name="unit_tests",
    title="Wall time of make unit",
    against="nothing",
    measure=measure,
    reasons={
        "make unit": (
            "each test of a construct synthesizes; a template is made once for each configuration and asserted on many "
            "times, and the CDK's validation is off. The more cores, the shorter: on a machine that does other work "
            "this is the row that suffers most. Tried: the services' data are read once for all clients, properties "
            "are tried with a tenth of their examples here and with all in make test."
        ),
    },
    notes="Run once, by a process for each core, as users run it: the start of pytest and of jsii in each is counted.",
)
