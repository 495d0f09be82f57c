"""A change publisher driven as Lambda's poller drives it: every change is told, or lies in the failures queue."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from best_practice_constructs.runtime import (
    Change,
    OutgoingEvent,
    PermanentError,
    change_publisher,
    clients,
)
from tests.unit.helpers.examples import examples
from tests.unit.runtime.stream_poller import Kill, Poller
from tests.unit.runtime.stream_support import dynamodb_record, queue_in_memory
from tests.unit.runtime.support import OrderPlaced


@dataclass(frozen=True)
class Fate:
    """What a change does to its publisher.

    :param kind: ``fine``; ``poison``, ``unreadable``, ``refused`` can never be told; ``throttled``, ``failing`` and
        ``deadly`` only as often as ``times`` says.
    :param events: how many events tell of it.
    """

    kind: str
    events: int = 1
    times: int = 0


NEVER = ("poison", "unreadable", "refused")
FATES = st.builds(
    Fate,
    st.sampled_from(["fine", "fine", "fine", "throttled", "failing", "deadly", *NEVER]),
    events=st.integers(1, 12),
    times=st.integers(1, 3),
)


@dataclass
class World:
    """A bus, and what is known of it.

    :ivar told: how often each event of each change was taken, by its id.
    :ivar failed: how often each change failed.
    """

    fates: Sequence[Fate]
    told: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failed: Counter[int] = field(default_factory=Counter)

    def put_events(self, *, Entries: Sequence[Mapping[str, object]]) -> object:  # noqa: N803 -- boto3's name
        assert 0 < len(Entries) <= 10
        return {"Entries": [self._answer(json.loads(str(entry["Detail"]))) for entry in Entries]}

    def _answer(self, detail: dict[str, dict[str, object]]) -> dict[str, str]:
        number = int(str(detail["data"]["order_id"]))
        fate = self.fates[number - 1]
        if fate.kind == "refused":
            return {"ErrorCode": "MalformedDetail"}
        if fate.kind == "throttled" and self.fails(number):
            # Five attempts are one failure.
            return {"ErrorCode": "ThrottlingException"}
        self.told[number][str(detail["metadata"]["event_id"])] += 1
        return {"EventId": "1"}

    def fails(self, number: int) -> bool:
        self.failed[number] += 1
        attempts = 5 if self.fates[number - 1].kind == "throttled" else 1
        return self.failed[number] <= self.fates[number - 1].times * attempts

    def events_of(self, change: Change) -> list[object]:
        number = int(change.sequence_number)
        fate = self.fates[number - 1]
        if fate.kind == "poison":
            raise PermanentError("never")
        if fate.kind in ("failing", "deadly") and self.fails(number):
            raise (Kill if fate.kind == "deadly" else ConnectionError)
        return [OutgoingEvent(event=OrderPlaced(order_id=str(number)))] * fate.events


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", "https://sqs/failures")
    monkeypatch.setenv("EVENT_BUS_NAME", "bus")
    # Powertools keeps the level with the service's logger: a name of its own leaves those of other tests alone.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "modelled")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    monkeypatch.setattr("time.sleep", lambda _: None)


@settings(
    max_examples=examples(200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    fates=st.lists(FATES, min_size=1, max_size=12),
    batch_size=st.integers(1, 12),
    bisect=st.booleans(),
    outages=st.lists(st.booleans(), max_size=10),
)
def test_every_change_is_told_or_put_aside_and_a_repetition_has_the_same_ids(
    *, fates: list[Fate], batch_size: int, bisect: bool, outages: list[bool]
) -> None:
    world = World(fates)

    @change_publisher
    def handler(change: Change) -> list[object]:
        return world.events_of(change)

    shard = [
        dynamodb_record(
            after={"id": {"UNKNOWN": "x"} if fate.kind == "unreadable" else {"S": "1"}}, sequence_number=str(number)
        )
        for number, fate in enumerate(fates, 1)
    ]
    with queue_in_memory(outages=outages) as queue:
        clients.use("events", SimpleNamespace(put_events=world.put_events))
        poller = Poller(handler, bisect=bisect, retry_attempts=100)
        poller.run(shard, batch_size=batch_size)
    assert poller.given_up == [], "everything ends by itself"
    aside = [int(cast("str", body["dynamodb"]["SequenceNumber"])) for body in queue.bodies()]
    for number, fate in enumerate(fates, 1):
        if fate.kind in NEVER:
            assert number in aside
            assert not world.told[number]
        else:
            assert number not in aside
            assert len(world.told[number]) == fate.events, "each event has one id, however often it was sent"
    if all(fate.kind != "deadly" for fate in fates):
        assert len(aside) == len(set(aside)), "and a cause is told once"
