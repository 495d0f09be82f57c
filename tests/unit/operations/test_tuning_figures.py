"""The arithmetic of a power tuning, in Python and as the state machine has it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.operations.lambda_prices import LambdaPrices
from best_practice_constructs.operations.tuning_figures import (
    SettingFigures,
    SettingMeasured,
    choose,
    cost_of_invocation,
    figures_of,
)
from best_practice_constructs.workflows.tuning.figures_expression import choices_expression, figures_expression
from tests.unit.helpers.examples import examples
from tests.unit.workflows.tuning.states_language import evaluate

PRICES = LambdaPrices(arm64=0.00001, x86_64=0.00002, request=0.0000002, storage=0.00000003, as_of="d", source="s")


def measured(memory_size: int, *billed: float, architecture: str = "arm64", **others: Any) -> SettingMeasured:  # noqa: ANN401 -- passed on
    return SettingMeasured(
        architecture=architecture,
        memory_size=memory_size,
        storage=512,
        billed=billed,
        durations=billed,
        cold_billed=others.get("cold_billed", ()),
        cold_init=(),
        memory_used=64,
    )


def test_cost_is_memory_by_time_and_a_request() -> None:
    cost = cost_of_invocation(PRICES, architecture="x86_64", memory_size=512, storage=512, billed_ms=100)
    assert cost == pytest.approx(0.5 * 0.1 * 0.00002 + 0.0000002)


def test_cold_starts_are_apart_and_slow_ones_are_seen() -> None:
    figures = figures_of(measured(1024, *[100.0] * 19, 200.0, cold_billed=(1000.0, 3000.0)), prices=PRICES)
    assert figures.duration == pytest.approx(105)
    assert figures.slowest == 100
    assert figures.cost == pytest.approx(1e6 * (0.105 * 0.00001 + 0.0000002))
    assert figures.cold_cost == pytest.approx(1e6 * (2 * 0.00001 + 0.0000002))
    assert figures_of(measured(1024, 1.0), prices=PRICES).cold_cost is None


def test_the_choices() -> None:
    slow, middle, fast = (
        figures_of(each, prices=PRICES) for each in (measured(128, 900), measured(512, 260), measured(3008, 100))
    )
    chosen = choose([slow, middle, fast], balance=0.5)
    assert (chosen.cheapest, chosen.fastest, chosen.balanced) == (slow, fast, middle)
    assert choose([slow, middle, fast], balance=1).balanced is slow
    assert choose([slow, middle, fast], balance=0).balanced is fast


def test_of_two_that_cost_the_same_the_faster_is_the_cheapest() -> None:
    settings_ = [figures_of(each, prices=PRICES) for each in (measured(512, 200), measured(1024, 100))]
    assert choose(settings_, balance=0.5).cheapest is settings_[1]


_milliseconds = st.lists(st.integers(1, 900_000), min_size=1, max_size=6)
_settings = st.lists(
    st.tuples(
        st.sampled_from(["arm64", "x86_64"]),
        st.integers(128, 10_240),
        st.sampled_from([512, 2048]),
        _milliseconds,
        _milliseconds,
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=examples(100))
@given(drawn=_settings, balance=st.floats(0, 1))
def test_the_state_machine_computes_the_same(drawn: list[Any], balance: float) -> None:
    rows = [
        {
            "architecture": architecture,
            "memory_size": memory,
            "storage": storage,
            "region": "us-east-1",
            "billed": billed if works else [],
            "durations": [each - 0.25 for each in billed] if works else [],
            "cold_billed": cold,
            "cold_init": [],
            "memory_used": 64,
            "error": "" if works else "failed",
        }
        for architecture, memory, storage, billed, cold, works in drawn
    ]
    prices = {"any": PRICES.to_json()}
    computed = evaluate(figures_expression(), measured=rows, prices=prices)
    choices = evaluate(choices_expression(), figures=computed, balance=balance)
    ours = [
        figures_of(
            SettingMeasured(
                architecture=row["architecture"],
                memory_size=row["memory_size"],
                storage=row["storage"],
                billed=tuple(row["billed"]),
                durations=tuple(row["durations"]),
                cold_billed=tuple(row["cold_billed"]),
                cold_init=(),
                memory_used=64,
            ),
            prices=PRICES,
        )
        for row in rows
        if not row["error"]
    ]
    worked = [row for row in computed if not row["error"]]
    assert len(computed) == len(rows)
    for row, figures in zip(worked, ours, strict=True):
        assert row["cost"] == pytest.approx(figures.cost)
        assert row["cold_cost"] == pytest.approx(figures.cold_cost)
        assert row["duration"] == pytest.approx(figures.duration)
        assert row["slowest"] == figures.slowest
    if not worked:
        assert choices is None
        return
    chosen = choose(ours, balance=balance)
    assert choices["cheapest"]["cost"] == pytest.approx(chosen.cheapest.cost)
    assert choices["fastest"]["duration"] == pytest.approx(chosen.fastest.duration)
    assert _weight(choices["balanced"], ours, balance) == pytest.approx(
        _weight({"cost": chosen.balanced.cost, "duration": chosen.balanced.duration}, ours, balance)
    )


def _weight(choice: dict[str, float], among: list[SettingFigures], balance: float) -> float:
    highest, longest = max(each.cost for each in among), max(each.duration for each in among)
    return balance * choice["cost"] / highest + (1 - balance) * choice["duration"] / longest
