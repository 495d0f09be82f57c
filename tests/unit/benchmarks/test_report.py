"""The page of results: all that a reader needs, made from the figures alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.benchmark import Benchmark, Comparison, Result, Target
from benchmarks.machine import circumstances
from benchmarks.report import in_terminal, page

_MISSED = Comparison(
    name="large", unit="µs", ours=(60.0, 62.0, 61.0), theirs=(100.0, 100.0, 100.0), target=Target(most=0.5)
)
_MET = Comparison(name="small", unit="ms", ours=(1.234,), theirs=(10.0,), target=Target(most=0.9))
_ASIDE = Comparison(name="again", unit="s", ours=(0.04,), theirs=(2.0,), target=Target(most=1, aside=0.05))
_ALONE = Comparison(name="alone", unit="ms", ours=(12345.6,), target=Target(most=30, of="ours"), ours_is="only ours")
RESULT = Result(
    benchmark=Benchmark(
        name="handling",
        title="Handling one message",
        against="the same by hand",
        measure=lambda _: [],
        notes="Measured so.",
        reasons={"large": "a line is written; without it, 0.4."},
    ),
    comparisons=(_MISSED, _MET, _ASIDE, _ALONE),
    seconds=3.0,
)


def test_the_page_has_figures_verdicts_and_reasons() -> None:
    text = page([RESULT], circumstances={"machine": "one"})
    assert "| machine | one |" in text
    row = "| [handling](#handling): large | 61 µs (60 – 62) | 100 µs | **0.61** (0.60 – 0.62) | ≤ 0.50 | missed |"
    assert row in text
    assert "| small | 1.23 ms | 10 ms | **0.12** (0.12 – 0.12) | ≤ 0.90 | met |" in text
    assert "≤ 1.00, 0.05 s aside | met |" in text
    assert "| alone; ours: only ours | 12,346 ms | – |  | ≤ 30 ms | missed |" in text
    assert "- **large**: a line is written; without it, 0.4." in text
    assert "- **alone**: no reason is known; measure it again." in text
    assert "![Handling one message](plots/handling.svg)" in text


def test_the_terminal_says_the_same() -> None:
    text = in_terminal(RESULT)
    assert "large  61 µs (60 – 62)  against 100 µs  ratio 0.61  ≤ 0.50 missed" in text
    assert "large: a line is written; without it, 0.4." in text


def test_machine_versions_date_and_commit_are_told() -> None:
    found = circumstances()
    assert {"date", "commit", "machine", "system", "Python", "Node.js", "aws-cdk-lib", "boto3"} <= found.keys()
    assert all(found.values())


def test_the_same_figures_are_the_same_plot(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="only who measures or tests everything has it")
    from benchmarks.plots import write_plot

    first, second = (tmp_path / name for name in ("first", "second"))
    for directory in (first, second):
        directory.mkdir()
        assert write_plot(RESULT, directory=directory) == directory / "handling.svg"
    plot = (first / "handling.svg").read_bytes()
    assert plot == (second / "handling.svg").read_bytes()
    text = plot.decode()
    assert "Handling one message" in text
    assert "large" in text
    assert "<dc:date>" not in text
