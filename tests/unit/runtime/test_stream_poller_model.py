"""A decorated handler driven as Lambda's poller drives it: nothing is lost, and the order is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from best_practice_constructs.runtime import PermanentError, stream_consumer
from tests.unit.helpers.examples import examples
from tests.unit.runtime.stream_poller import Kill, Poller
from tests.unit.runtime.stream_support import QueueInMemory, kinesis_record, queue_in_memory


@dataclass(frozen=True)
class Fate:
    """What a record does to its handler.

    :param kind: ``fine``, ``poison`` (a permanent error), ``unreadable``, ``transient`` or ``deadly``.
    :param times: how often a transient or deadly one fails before it is fine.
    """

    kind: str
    times: int = 0


FAR_TOO_OFTEN = 1000
TIMES = st.integers(1, 3) | st.just(FAR_TOO_OFTEN)
FATES = st.one_of(
    st.just(Fate("fine")),
    st.just(Fate("fine")),
    st.just(Fate("poison")),
    st.just(Fate("unreadable")),
    st.builds(Fate, st.sampled_from(["transient", "deadly"]), TIMES),
)


@dataclass
class Run:
    """What came out of it.

    :ivar handled: the sequence numbers in the order in which the handler was done with them, repetitions included.
    """

    poller: Poller
    queue: QueueInMemory
    handled: list[int]

    def settled_by_the_runtime(self) -> set[int]:
        return set(map(int, self.queue.sequence_numbers()))

    def settled_by_the_destination(self) -> set[int]:
        return {each for first, last in self.poller.given_up for each in range(int(first), int(last) + 1)}


def play(
    fates: Sequence[Fate], *, batch_size: int, bisect: bool, retry_attempts: int, outages: Sequence[bool] = ()
) -> Run:
    handled: list[int] = []
    failed: dict[int, int] = {}

    @stream_consumer
    def handler(data: dict[str, object]) -> None:
        number = data["number"]
        assert isinstance(number, int)
        fate = fates[number - 1]
        if fate.kind == "poison":
            raise PermanentError("never")
        if failed.get(number, 0) < fate.times:
            failed[number] = failed.get(number, 0) + 1
            raise (Kill if fate.kind == "deadly" else ConnectionError)
        handled.append(number)

    shard = [
        kinesis_record(b"{" if fate.kind == "unreadable" else {"number": number}, sequence_number=str(number))
        for number, fate in enumerate(fates, 1)
    ]
    poller = Poller(handler, bisect=bisect, retry_attempts=retry_attempts)
    with queue_in_memory(outages=outages) as queue:
        poller.run(shard, batch_size=batch_size)
    return Run(poller, queue, handled)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", "https://sqs/failures")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")


_SETTINGS = settings(
    max_examples=examples(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_SETTINGS
@given(
    fates=st.lists(FATES, min_size=1, max_size=12),
    batch_size=st.integers(1, 12),
    bisect=st.booleans(),
    retry_attempts=st.integers(0, 5),
    outages=st.lists(st.booleans(), max_size=10),
)
def test_every_record_is_handled_in_order_or_lies_in_the_failures_queue(
    *, fates: list[Fate], batch_size: int, bisect: bool, retry_attempts: int, outages: list[bool]
) -> None:
    run = play(fates, batch_size=batch_size, bisect=bisect, retry_attempts=retry_attempts, outages=outages)
    every = set(range(1, len(fates) + 1))
    assert set(run.handled) | run.settled_by_the_runtime() | run.settled_by_the_destination() == every, "one is lost"
    first_times = list(dict.fromkeys(run.handled))
    assert first_times == sorted(first_times), "one overtook another"
    for number in run.settled_by_the_runtime():
        assert fates[number - 1].kind in ("poison", "unreadable"), "only what can never be handled has a cause"
    assert not set(run.handled) & run.settled_by_the_runtime()


@_SETTINGS
@given(fates=st.lists(FATES, min_size=1, max_size=12), batch_size=st.integers(1, 12), bisect=st.booleans())
def test_what_can_be_handled_is_handled_when_there_are_attempts_enough(
    *, fates: list[Fate], batch_size: int, bisect: bool
) -> None:
    curable = [Fate(fate.kind, min(fate.times, 3)) for fate in fates]
    run = play(curable, batch_size=batch_size, bisect=bisect, retry_attempts=100)
    assert run.poller.given_up == []
    poison = {number for number, fate in enumerate(fates, 1) if fate.kind in ("poison", "unreadable")}
    assert run.settled_by_the_runtime() == poison
    assert set(run.handled) == set(range(1, len(fates) + 1)) - poison
    if all(fate.kind != "deadly" for fate in fates):
        assert len(run.handled) == len(set(run.handled)), "only a process that dies makes a record come twice"
        assert len(run.queue.messages) == len(poison), "and a cause is told once"


@_SETTINGS
@given(poison=st.sets(st.integers(1, 12)), batch_size=st.integers(1, 12), bisect=st.booleans())
def test_poison_costs_no_invocation(*, poison: set[int], batch_size: int, bisect: bool) -> None:
    fates = [Fate("poison" if number in poison else "fine") for number in range(1, 13)]
    run = play(fates, batch_size=batch_size, bisect=bisect, retry_attempts=0)
    assert run.poller.invocations == -(-len(fates) // batch_size)
    assert run.handled == [number for number in range(1, 13) if number not in poison]
    assert run.settled_by_the_runtime() == poison


def test_splitting_leaves_what_kills_the_process_alone() -> None:
    fates = [Fate("deadly", FAR_TOO_OFTEN) if number == 5 else Fate("fine") for number in range(1, 9)]
    run = play(fates, batch_size=8, bisect=True, retry_attempts=2)
    assert run.poller.given_up == [("5", "5")]
    assert set(run.handled) == {1, 2, 3, 4, 6, 7, 8}


def test_without_splitting_the_batch_mates_are_given_up_too() -> None:
    fates = [Fate("transient", FAR_TOO_OFTEN) if number == 2 else Fate("fine") for number in range(1, 5)]
    run = play(fates, batch_size=4, bisect=False, retry_attempts=2)
    assert run.handled == [1]
    assert run.poller.given_up == [("2", "4")]
