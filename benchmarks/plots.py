"""A plot of each benchmark, the same bytes for the same figures."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.benchmark import Comparison, Result

_OURS, _THEIRS, _TARGET = "#1b6ca8", "#9aa5b1", "#c0392b"
# Ids in the file are hashes with this salt, instead of random ones; text stays text.
_SALT = "best-practice-constructs"
_BAR = 0.36


def write_plot(result: Result, *, directory: Path) -> Path:
    """Write the plot of a result: bars of the medians, with the rounds as dots and the target as a line.

    :returns: the SVG file, named after the benchmark.
    """
    file = directory / f"{result.benchmark.name}.svg"
    units = list(dict.fromkeys(each.unit for each in result.comparisons))
    by_unit = [[each for each in result.comparisons if each.unit == unit] for unit in units]
    with rc_context({"svg.hashsalt": _SALT, "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(8, 0.9 + 0.75 * len(result.comparisons) + 0.4 * len(units)), layout="constrained")
        axes = figure.subplots(
            len(units), squeeze=False, gridspec_kw={"height_ratios": [len(each) for each in by_unit]}
        )
        figure.suptitle(result.benchmark.title, x=0.01, ha="left", fontsize=10)
        for number, (unit, comparisons) in enumerate(zip(units, by_unit, strict=True)):
            _draw(axes[number][0], comparisons, unit=unit)
        figure.savefig(file, metadata={"Date": None, "Creator": None})
    # Trailing blanks are nothing of the picture.
    file.write_text("\n".join(line.rstrip() for line in file.read_text("utf-8").splitlines()) + "\n", "utf-8")
    return file


def _draw(axes: Axes, comparisons: Sequence[Comparison], *, unit: str) -> None:
    for place, each in enumerate(comparisons):
        _bar(axes, place - _BAR / 2, each.ours, colour=_OURS)
        if each.theirs:
            _bar(axes, place + _BAR / 2, each.theirs, colour=_THEIRS)
        if each.target is not None:
            limit = _limit(each)
            axes.plot([limit, limit], [place - _BAR, place + _BAR], color=_TARGET, linewidth=1.5)
    axes.set_yticks(range(len(comparisons)), [_label(each) for each in comparisons])
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel(f"{unit} (blue: ours, grey: against, red: target)")
    axes.spines[["top", "right"]].set_visible(False)


def _bar(axes: Axes, place: float, values: Sequence[float], *, colour: str) -> None:
    axes.barh(place, statistics.median(values), height=_BAR, color=colour)
    if len(values) > 1:
        axes.plot(values, [place] * len(values), linestyle="", marker=".", markersize=3, color="black", alpha=0.5)


def _limit(each: Comparison) -> float:
    if each.target is None:
        raise ValueError(f"{each.name} has no target")
    if each.target.of == "ours":
        return each.target.most
    return each.target.most * statistics.median(each.theirs) + each.target.aside


def _label(each: Comparison) -> str:
    return each.name if each.ratio is None else f"{each.name}\n{each.ratio:.2f}"
