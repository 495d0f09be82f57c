"""What importing the package adds to importing the CDK."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.measuring import figures_of, in_turns

_PROGRAM = """
import json, sys, time
import aws_cdk
before = set(sys.modules)
start = time.perf_counter()
import best_practice_constructs
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "modules": len(set(sys.modules) - before)}))
"""


def measure(effort: Effort) -> Sequence[Comparison]:
    """Measure in fresh processes."""
    ((milliseconds, modules),) = in_turns(_import, rounds=effort.choose(9, quick=1))
    return [
        Comparison(name="import", unit="ms", ours=milliseconds, target=Target(most=30, of="ours")),
        Comparison(name="modules", unit="modules", ours=modules),
    ]


def _import() -> Sequence[float]:
    found = figures_of(["-c", _PROGRAM])
    return float(str(found["seconds"])) * 1000, float(str(found["modules"]))


BENCHMARK = Benchmark(
    name="package_import",
    title="import best_practice_constructs, beyond import aws_cdk",
    against="nothing imported",
    measure=measure,
    notes="In fresh processes that have imported aws_cdk. The public names are loaded when they are first used.",
)
