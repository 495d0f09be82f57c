"""What one more queue consumer costs in a synth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.measuring import figures_of, in_turns

_COPIES = (10, 50, 200)


def measure(effort: Effort) -> Sequence[Comparison]:
    """Measure with each number of copies, in processes of its own."""
    copies = (2, 4) if effort.is_quick else _COPIES
    ours, theirs = in_turns(
        _side("construct", copies), _side("by-hand", copies), rounds=effort.choose(3, quick=1), warm_up=0
    )
    # Of each number of copies there are two figures: milliseconds and crossings.
    found = [
        Comparison(
            name=f"N = {number}", unit="ms a copy", ours=ours[2 * at], theirs=theirs[2 * at], target=Target(most=0.9)
        )
        for at, number in enumerate(copies)
    ]
    linear = Comparison(
        name=f"N = {copies[-1]} beside N = {copies[0]}",
        unit="ms a copy",
        ours=ours[-2],
        theirs=ours[0],
        target=Target(most=1.15),
        ours_is=f"ours at N = {copies[-1]}",
        theirs_is=f"ours at N = {copies[0]}: linear is 1",
    )
    crossings = Comparison(name="calls into aws-cdk-lib", unit="a copy", ours=ours[-1], theirs=theirs[-1])
    return [*found, linear, crossings]


def _side(name: str, copies: Sequence[int]) -> Callable[[], Sequence[float]]:
    def measured() -> Sequence[float]:
        arguments = ["-m", "benchmarks.marginal_cost", name, *map(str, copies)]
        found = cast("Mapping[str, Sequence[float]]", figures_of(arguments))
        return [figure for figures in found.values() for figure in figures]

    return measured


BENCHMARK = Benchmark(
    name="queue_consumer_synth",
    title="One more IdempotentQueueConsumer with its defaults: construction and synthesis",
    against="the same resources with the same properties, by hand with aws-cdk-lib's L2 constructs",
    measure=measure,
    reasons={
        **dict.fromkeys(
            ("N = 10", "N = 50", "N = 200"),
            "the resources themselves, which both sides make, are most of it; the construct also checks what it is "
            "given and acknowledges findings. Tried: 41 calls into aws-cdk-lib for a copy instead of 130, fewer than "
            "by hand, as the last row tells; nothing is asked twice, durations and principals are made once, policies "
            "in one call.",
        ),
        "N = 200 beside N = 10": "what the CDK itself does for each resource grows with their number; see by hand.",
    },
    notes=(
        "A test compares the two templates, resource for resource. The cost of a copy is what an app with N + 1 of "
        "them in one stack takes beyond an app with one, divided by N; each side in processes of its own, bundling "
        "and the CDK's built-in validation off."
    ),
)
