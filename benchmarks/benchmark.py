"""What a benchmark is: a row of the table, and what its figures are made of."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long a run may take.

    :param is_quick: only shows that everything works; the figures mean nothing.
    """

    is_quick: bool

    def choose(self, usual: int, *, quick: int) -> int:
        """Give a number of rounds, copies or records."""
        return quick if self.is_quick else usual


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a figure shall not exceed.

    :param most: the largest figure that meets the target.
    :param of: ``ratio``: ours beside theirs; ``ours``: ours alone, in its unit.
    :param aside: what of ours does not count in the ratio, in its unit.
    """

    most: float
    of: Literal["ratio", "ours"] = "ratio"
    aside: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What both sides cost, measured in turns.

    :param name: what was measured, unique in its benchmark.
    :param unit: of the figures, such as ``ms``.
    :param ours: the figure of each round.
    :param theirs: the same of the other side, round by round; empty where there is none.
    :param target: ``None`` for a figure that only explains others.
    :param ours_is: what is measured, where it is not what the benchmark says.
    :param theirs_is: what it is compared with, where it is not what the benchmark says.
    """

    name: str
    unit: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...] = ()
    target: Target | None = None
    ours_is: str = ""
    theirs_is: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours beside theirs: the median of the rounds, each of which saw the machine in one mood."""
        ratios = self.ratios
        return statistics.median(ratios) if ratios else None

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours beside theirs in each round."""
        aside = self.target.aside if self.target else 0.0
        return tuple(
            max(0.0, ours - aside) / theirs for ours, theirs in zip(self.ours, self.theirs, strict=bool(self.theirs))
        )

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; ``None`` where there is none."""
        if self.target is None:
            return None
        figure = self.ratio if self.target.of == "ratio" else statistics.median(self.ours)
        return figure is not None and figure <= self.target.most


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A row of the table.

    :param name: its name on the command line, and of its plot.
    :param title: what is measured.
    :param against: what it is measured beside.
    :param measure: measures it.
    :param notes: how it is measured, and what that leaves out.
    :param reasons: why a target may be missed and what was tried, by the comparison's name; shown where it is missed.
    """

    name: str
    title: str
    against: str
    measure: Callable[[Effort], Sequence[Comparison]]
    notes: str
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """A benchmark that was run.

    :param benchmark: the row.
    :param comparisons: what was found.
    :param seconds: how long it took.
    """

    benchmark: Benchmark
    comparisons: tuple[Comparison, ...]
    seconds: float
