"""Where a stream's partial response means nothing, a batch with a record that failed raises."""

from __future__ import annotations

import pytest

from best_practice_constructs.runtime import stream_consumer
from best_practice_constructs.runtime.errors import FailedRecordError
from tests.unit.runtime.stream_support import DONE, sales
from tests.unit.runtime.support import FakeContext, batch


def test_a_failed_record_makes_the_whole_batch_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "figures")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Shop")
    monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", "https://sqs/failures")
    monkeypatch.setenv("FAILED_RECORDS_RAISE", "true")
    is_away = True
    handled: list[object] = []

    @stream_consumer
    def handler(sale: dict[str, object]) -> None:
        if is_away and sale["product"] == "cake":
            raise TimeoutError("the till is away")
        handled.append(sale["product"])

    with pytest.raises(FailedRecordError, match=r"The record \d+ failed"):
        handler(batch(sales("tea", "cake", "jam")), FakeContext())
    is_away = False
    assert handler(batch(sales("tea", "cake", "jam")), FakeContext()) == DONE
    assert handled == ["tea", "tea", "cake", "jam"]
