"""Each row of the table works; what it measures is never asserted."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import benchmarks.rows.round_trips
from benchmarks.__main__ import main
from benchmarks.benchmark import Comparison, Effort
from benchmarks.marginal_cost import comparable, synthesize
from benchmarks.rows import NAMES, benchmark

QUICK = ("package_import", "round_trips")


def _check(comparisons: Sequence[Comparison]) -> None:
    names = [each.name for each in comparisons]
    assert len(set(names)) == len(names) > 0
    assert any(each.target for each in comparisons)
    for each in comparisons:
        assert min(each.ours) >= 0
        assert len(each.theirs) in (0, len(each.ours))
        assert each.target is None or each.target.of == "ours" or each.theirs


@pytest.mark.parametrize("name", QUICK)
def test_a_row_works(name: str) -> None:
    _check(benchmark(name).measure(Effort(is_quick=True)))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name not in QUICK])
def test_a_slow_row_works(name: str) -> None:
    _check(benchmark(name).measure(Effort(is_quick=True)))


def test_each_row_has_its_file_and_is_there_once() -> None:
    files = {file.stem for file in Path(benchmarks.rows.__file__).parent.glob("*.py")} - {"__init__"}
    assert sorted(NAMES) == sorted(files)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_what_it_is(name: str) -> None:
    row = benchmark(name)
    assert row.name == name
    assert all((row.title, row.against, row.notes))
    assert all(reason.endswith(".") for reason in row.reasons.values())


def test_both_sides_of_the_synth_make_the_same_resources() -> None:
    ours, by_hand = (comparable(synthesize(side, copies=2).template["Resources"]) for side in ("construct", "by-hand"))
    assert ours == by_hand


def test_one_dynamodb_request_writes_effect_and_record() -> None:
    transaction, record = benchmark("round_trips").measure(Effort(is_quick=True))
    assert (transaction.ours, transaction.theirs) == ((1,), (3,))
    assert record.ours == (3,)


def test_the_command_runs_what_is_named_and_writes_where_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="only who measures or tests everything has it")
    assert main(["package_import", "--quick", "--output", str(tmp_path)]) == 0
    assert "package_import: import best_practice_constructs" in capsys.readouterr().out
    assert "[package_import](#package_import): import" in (tmp_path / "RESULTS.md").read_text("utf-8")
    assert (tmp_path / "plots" / "package_import.svg").exists()


def test_what_cannot_be_measured_keeps_the_others_from_nothing_but_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(effort: Effort) -> Sequence[Comparison]:
        raise RuntimeError(f"no index can be reached, {effort.is_quick}")

    broken = dataclasses.replace(benchmark("round_trips"), measure=fail)
    monkeypatch.setattr(benchmarks.rows.round_trips, "BENCHMARK", broken)
    assert main(["round_trips", "package_import", "--quick", "--output", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert "package_import: import best_practice_constructs" in printed.out
    assert "round_trips could not be measured: no index can be reached" in printed.err
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_none_is_told_with_those_there_are() -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks", "speed"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no benchmark speed" in done.stderr
    assert "cold_import" in done.stderr
