"""The figures of a benchmark: ratios, targets, and turns."""

from __future__ import annotations

import pytest

from benchmarks.benchmark import Comparison, Effort, Target
from benchmarks.measuring import figures_of, in_turns, wall_seconds


def comparison(*, ours: tuple[float, ...], theirs: tuple[float, ...] = (), target: Target | None = None) -> Comparison:
    return Comparison(name="it", unit="ms", ours=ours, theirs=theirs, target=target)


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    # The machine was busy in the second round, on both sides.
    assert comparison(ours=(10, 100, 12), theirs=(20, 200, 20)).ratio == 0.5
    assert comparison(ours=(10,)).ratio is None


@pytest.mark.parametrize(
    ("ours", "theirs", "target", "is_met"),
    [
        ((9.0,), (10.0,), Target(most=0.9), True),
        ((9.1,), (10.0,), Target(most=0.9), False),
        ((29.0, 31.0, 28.0), (), Target(most=30, of="ours"), True),
        ((31.0,), (), Target(most=30, of="ours"), False),
        # What is set aside counts for nothing, and no more than that.
        ((0.04,), (0.01,), Target(most=1, aside=0.05), True),
        ((0.07,), (0.01,), Target(most=1, aside=0.05), False),
        ((5.0,), (1.0,), None, None),
    ],
)
def test_a_target_is_met_or_not(
    ours: tuple[float, ...], theirs: tuple[float, ...], target: Target | None, *, is_met: bool | None
) -> None:
    assert comparison(ours=ours, theirs=theirs, target=target).is_met is is_met


def test_sides_take_turns_and_the_first_rounds_do_not_count() -> None:
    turns: list[str] = []

    def side(name: str) -> tuple[float, float]:
        turns.append(name)
        return len(turns), -len(turns)

    ours, theirs = in_turns(lambda: side("ours"), lambda: side("theirs"), rounds=2)
    assert turns == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert ours == ((4, 5), (-4, -5))
    assert theirs == ((3, 6), (-3, -6))


def test_a_process_tells_its_figures_in_its_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    program = "import json, sys; print('…'); print(json.dumps({'a': sys.stdin.read(), 'b': sys.dont_write_bytecode}))"
    assert figures_of(["-c", program], given="x") == {"a": "x", "b": False}


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        figures_of(["-c", "1 / 0"])
    with pytest.raises(RuntimeError, match="no such"):
        wall_seconds(["sh", "-c", "echo no such thing; exit 3"])


def test_a_quick_run_takes_less() -> None:
    assert [Effort(is_quick=quick).choose(9, quick=1) for quick in (True, False)] == [1, 9]
