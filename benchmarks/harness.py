"""Measures what one more copy of something costs in a synth, and prints figures side by side."""

from __future__ import annotations

import gc
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import App, Stack
from jsii._kernel.providers.process import _NodeProcess

NO_BUNDLING: dict[str, object] = {"aws:cdk:bundling-stacks": []}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Something to measure.

    :param name: what the figures are headed with.
    :param create: makes one copy in a stack, under an id.
    """

    name: str
    create: Callable[[Stack, str], object]


@dataclass(frozen=True, kw_only=True)
class MarginalCost:
    """What one more copy costs.

    :param milliseconds: construction and synthesis, the median of the rounds.
    :param spread: from the fastest round to the slowest, in milliseconds.
    :param crossings: calls from Python into aws-cdk-lib.
    :param resources: resources in the template.
    """

    milliseconds: float
    spread: tuple[float, float]
    crossings: int
    resources: int


@dataclass(frozen=True, kw_only=True)
class _Synth:
    seconds: float
    crossings: int
    resources: int


def marginal_costs(candidates: Sequence[Candidate], *, copies: int, rounds: int) -> dict[str, MarginalCost]:
    """Measure each candidate with one copy and with many; the difference is what the copies cost.

    The candidates take turns in every round, so that what else the machine does falls on all of them.

    :param candidates: what is compared.
    :param copies: how many more copies the larger app has.
    :param rounds: how often each app is made; the first, which warms caches, does not count.
    """
    found: dict[str, list[tuple[_Synth, _Synth]]] = {candidate.name: [] for candidate in candidates}
    for number in range(rounds + 1):
        for candidate in candidates:
            pair = _synthesize(candidate, copies=1), _synthesize(candidate, copies=1 + copies)
            if number:
                found[candidate.name].append(pair)
    return {name: _marginal(pairs, copies=copies) for name, pairs in found.items()}


def print_side_by_side(costs: dict[str, MarginalCost]) -> None:
    """Print the figures, and how each compares with the first."""
    baseline = next(iter(costs.values()))
    width = max(map(len, costs))
    print(f"{'':<{width}}  {'ms a copy':>10}  {'from – to':>13}  {'crossings':>9}  {'resources':>9}  {'times':>5}")
    for name, cost in costs.items():
        spread = f"{cost.spread[0]:.1f} – {cost.spread[1]:.1f}"
        times = f"{cost.milliseconds / baseline.milliseconds:.2f}"
        figures = f"{cost.milliseconds:>10.1f}  {spread:>13}  {cost.crossings:>9}  {cost.resources:>9}  {times:>5}"
        print(f"{name:<{width}}  {figures}")


def _marginal(pairs: Sequence[tuple[_Synth, _Synth]], *, copies: int) -> MarginalCost:
    milliseconds = sorted((many.seconds - one.seconds) * 1000 / copies for one, many in pairs)
    one, many = pairs[-1]
    return MarginalCost(
        milliseconds=statistics.median(milliseconds),
        spread=(milliseconds[0], milliseconds[-1]),
        crossings=(many.crossings - one.crossings) // copies,
        resources=(many.resources - one.resources) // copies,
    )


def _synthesize(candidate: Candidate, *, copies: int) -> _Synth:
    gc.collect()
    with tempfile.TemporaryDirectory() as directory, _counted_crossings() as crossings:
        start = time.perf_counter()
        app = App(context=NO_BUNDLING, outdir=directory)
        stack = Stack(app, "Stack")
        for number in range(copies):
            candidate.create(stack, f"Copy{number}")
        app.synth()
        seconds = time.perf_counter() - start
        template = json.loads((Path(directory) / "Stack.template.json").read_text("utf-8"))
    return _Synth(seconds=seconds, crossings=len(crossings), resources=len(template["Resources"]))


@contextmanager
def _counted_crossings() -> Generator[list[None], None, None]:
    crossings: list[None] = []
    send: Callable[..., object] = _NodeProcess.send

    def counted(process: _NodeProcess, *arguments: object) -> object:
        crossings.append(None)
        return send(process, *arguments)

    # jsii counts nothing itself; every call goes through this method.
    setattr(_NodeProcess, "send", counted)  # noqa: B010 -- an assignment would not type-check
    try:
        yield crossings
    finally:
        setattr(_NodeProcess, "send", send)  # noqa: B010 -- an assignment would not type-check
