from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.consumers.queue_contract import QueueContract

GOOD = QueueContract(
    timeout=10,
    max_batching_window=0,
    batch_size=10,
    fifo=False,
    max_receive_count=5,
    retention=345_600,
    dead_letter_retention=1_209_600,
    max_concurrency=10,
    reserved_concurrency=None,
)


@given(timeout=st.integers(1, 900), window=st.integers(0, 300))
def test_what_is_computed_agrees_and_one_second_less_does_not(timeout: int, window: int) -> None:
    contract = replace(GOOD, timeout=timeout, max_batching_window=window)
    assert contract.effective_visibility_timeout == 6 * timeout + window
    assert not list(contract.disagreements())
    shorter = replace(contract, visibility_timeout=contract.least_visibility_timeout - 1)
    assert next(d.given for d in shorter.disagreements()).startswith("visibility_timeout=")
    exact = replace(contract, visibility_timeout=contract.least_visibility_timeout)
    assert not list(exact.disagreements())


@given(retention=st.integers(60, 1_209_599), dead=st.integers(61, 1_209_600))
def test_idempotency_outlives_every_way_back(retention: int, dead: int) -> None:
    contract = replace(GOOD, retention=retention, dead_letter_retention=dead)
    given_problems = {d.given.split("=")[0] for d in contract.disagreements()}
    assert ("retention_period" in given_problems) == (dead <= retention)
    assert contract.effective_idempotency_expiry >= retention + dead
    short = replace(contract, idempotency_expiry=contract.least_idempotency_expiry - 1)
    assert any(d.given.startswith("idempotency_expires_after") for d in short.disagreements())


@pytest.mark.parametrize(
    ("changes", "given_text"),
    [
        ({"batch_size": 0}, "batch_size=0"),
        ({"batch_size": 100}, "batch_size=100 without max_batching_window"),
        ({"batch_size": 11, "fifo": True}, "batch_size=11"),
        ({"fifo": True, "max_batching_window": 5}, "max_batching_window=5 s on a FIFO queue"),
        ({"max_batching_window": 301}, "max_batching_window=301 s"),
        ({"max_receive_count": 0}, "max_receive_count=0"),
        ({"max_concurrency": 1}, "max_concurrency=1"),
        ({"reserved_concurrency": 0}, "reserved_concurrent_executions=0"),
        ({"reserved_concurrency": 5, "max_concurrency": 6}, "max_concurrency=6 with"),
        ({"retention": 1_209_601}, "retention_period=1209601 s"),
        ({"visibility_timeout": 43_201}, "a visibility timeout of 43201 s"),
    ],
)
def test_what_cannot_work_together_is_said(changes: dict[str, int], given_text: str) -> None:
    contract = replace(GOOD, **changes)  # type: ignore[arg-type] # each case gives one wrong value
    assert any(d.given.startswith(given_text) for d in contract.disagreements())


def test_a_large_batch_with_a_window_is_fine() -> None:
    assert not list(replace(GOOD, batch_size=1_000, max_batching_window=5).disagreements())
