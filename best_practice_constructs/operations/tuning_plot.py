"""The figures of a power tuning as a plot: cost against duration, a line for each architecture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from best_practice_constructs.operations.command import CommandError
from best_practice_constructs.operations.tuning_figures import SettingFigures, TuningFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PLOT_FORMATS = (".png", ".svg")
_COLOURS = {"arm64": "#1b6ca8", "x86_64": "#c0392b"}
# Ids in the file are hashes with this salt, instead of random ones; text stays text.
_SALT = "best-practice-constructs"


def write_plot(figures: TuningFigures, *, title: str, file: Path) -> None:
    """Write the plot, as PNG or SVG by the file's name; the same figures give the same file.

    :raises CommandError: it is another format, or the library that draws is not installed.
    """
    if file.suffix.lower() not in PLOT_FORMATS:
        raise CommandError(f"{file} is no PNG or SVG: name the plot tuning.png or tuning.svg.")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise CommandError(
            "The plot needs matplotlib: install it with pip install 'best-practice-constructs[tuning]'."
        ) from error
    with rc_context({"svg.hashsalt": _SALT, "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(8, 5), layout="constrained")
        axes = figure.subplots()
        for architecture in dict.fromkeys(each.measured.architecture for each in figures.settings):
            of_it = [each for each in figures.settings if each.measured.architecture == architecture]
            _draw(axes, of_it, labels_below=architecture == figures.balanced.measured.architecture)
        _mark_choices(axes, figures)
        axes.set_title(title, loc="left", fontsize=10)
        axes.set_xlabel("duration of an invocation in a warm environment, ms (left is faster)")
        axes.set_ylabel("cost of a million invocations, $ (low is cheaper)")
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(visible=True, color="#dddddd", linewidth=0.5)
        axes.legend(frameon=False)
        is_svg = file.suffix.lower() == ".svg"
        figure.savefig(file, metadata={"Date": None, "Creator": None} if is_svg else {"Software": None}, dpi=150)
    if is_svg:
        # Trailing blanks are nothing of the picture.
        lines = [line.rstrip() for line in file.read_text("utf-8").splitlines()]
        file.write_text("\n".join(lines) + "\n", "utf-8")


def _draw(axes: Axes, settings: Sequence[SettingFigures], *, labels_below: bool) -> None:
    in_order = sorted(settings, key=lambda each: each.measured.memory_size)
    architecture = in_order[0].measured.architecture
    axes.plot(
        [each.duration for each in in_order],
        [each.cost for each in in_order],
        color=_COLOURS.get(architecture, "black"),
        marker="o",
        markersize=4,
        linewidth=1,
        label=architecture,
    )
    for each in in_order:
        axes.annotate(
            f"{each.measured.memory_size:,} MB",
            (each.duration, each.cost),
            textcoords="offset points",
            xytext=(6, -12 if labels_below else 5),
            fontsize=8,
            color=_COLOURS.get(architecture, "black"),
        )


def _mark_choices(axes: Axes, figures: TuningFigures) -> None:
    choices = (
        ("cheapest", figures.cheapest, "v"),
        ("fastest", figures.fastest, "<"),
        ("balanced", figures.balanced, "D"),
    )
    for size, (name, each, marker) in zip((16, 13, 9), choices, strict=True):
        axes.plot(
            [each.duration],
            [each.cost],
            linestyle="",
            marker=marker,
            markersize=size,
            markerfacecolor="none",
            markeredgecolor="black",
            label=f"{name}: {each.measured.name}",
        )
