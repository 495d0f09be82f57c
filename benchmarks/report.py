"""The figures in words: in the terminal, and in ``RESULTS.md``."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.benchmark import Comparison, Result

_HEAD = """# Results

Written by `make bench`; what is measured, how to repeat it and what it does not say is in
[measurements](../docs/measurements.md). Figures are medians of rounds in which both sides took turns, with the smallest
and the largest of them; a ratio is the median of the rounds' ratios.
"""


def in_terminal(result: Result) -> str:
    """Give a result as lines of text."""
    lines = [f"{result.benchmark.name}: {result.benchmark.title}", f"  against: {result.benchmark.against}"]
    width = max(len(comparison.name) for comparison in result.comparisons)
    for each in result.comparisons:
        ratio = "" if each.ratio is None else f"  ratio {each.ratio:.2f}"
        theirs = f"  against {_figure(each.theirs, each.unit)}" if each.theirs else ""
        lines.append(
            f"  {each.name:<{width}}  {_figure(each.ours, each.unit)}{theirs}{ratio}  "
            f"{_target(each)} {_verdict(each)}".rstrip()
        )
    lines += [f"  {name}: {reason}" for name, reason in _reasons(result)]
    return "\n".join(lines)


def page(results: Sequence[Result], *, circumstances: Mapping[str, str]) -> str:
    """Give the page of all results."""
    parts = [_HEAD]
    parts.append("\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in circumstances.items())]))
    table = ["| what | ours | against | ratio | target | |", "|---|---|---|---|---|---|"]
    for result in results:
        for each in result.comparisons:
            if each.target is not None:
                table.append(f"| {_link(result, each)} {_cells(each)} |")
    parts.append("\n".join(table))
    parts += [_section(result) for result in results]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _section(result: Result) -> str:
    benchmark = result.benchmark
    lines = [f"## {benchmark.name}", "", f"{benchmark.title}, against {benchmark.against}. {benchmark.notes}", ""]
    lines += ["| what | ours | against | ratio | target | |", "|---|---|---|---|---|---|"]
    for each in result.comparisons:
        sides = "".join(
            f"; {label}: {text}" for label, text in (("ours", each.ours_is), ("against", each.theirs_is)) if text
        )
        lines.append(f"| {each.name}{sides} {_cells(each)} |")
    reasons = list(_reasons(result))
    if reasons:
        lines += ["", "Missed:", "", *(f"- **{name}**: {reason}" for name, reason in reasons)]
    return "\n".join([*lines, "", f"![{benchmark.title}](plots/{benchmark.name}.svg)"])


def _cells(each: Comparison) -> str:
    ratio = "" if each.ratio is None else f"**{each.ratio:.2f}** ({min(each.ratios):.2f} – {max(each.ratios):.2f})"
    theirs = _figure(each.theirs, each.unit) if each.theirs else "–"
    return f"| {_figure(each.ours, each.unit)} | {theirs} | {ratio} | {_target(each)} | {_verdict(each)}"


def _link(result: Result, each: Comparison) -> str:
    return f"[{result.benchmark.name}](#{result.benchmark.name}): {each.name}"


def _reasons(result: Result) -> Iterator[tuple[str, str]]:
    for each in result.comparisons:
        if each.is_met is False:
            yield each.name, result.benchmark.reasons.get(each.name, "no reason is known; measure it again.")


def _figure(values: Sequence[float], unit: str) -> str:
    median = statistics.median(values)
    if min(values) == max(values):
        return f"{_number(median)} {unit}"
    return f"{_number(median)} {unit} ({_number(min(values))} – {_number(max(values))})"


def _number(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _target(each: Comparison) -> str:
    if each.target is None:
        return ""
    if each.target.of == "ours":
        return f"≤ {_number(each.target.most)} {each.unit}"
    aside = f", {_number(each.target.aside)} {each.unit} aside" if each.target.aside else ""
    return f"≤ {each.target.most:.2f}{aside}"


def _verdict(each: Comparison) -> str:
    return {None: "", True: "met", False: "missed"}[each.is_met]
