"""The smallest change publisher: its handler as Lambda calls it."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from best_practice_constructs.runtime import clients
from examples.change_publisher.stack import SERVICE
from tests.unit.runtime.stream_support import DONE, dynamodb_record, queue_in_memory
from tests.unit.runtime.support import FakeContext, batch

if TYPE_CHECKING:
    from types import ModuleType

LAMP = {"product_id": {"S": "lamp"}, "name": {"S": "Lamp"}, "price": {"N": "9.9"}}


def _service() -> ModuleType:
    specification = importlib.util.spec_from_file_location("publish_changes", Path(SERVICE) / "publish_changes.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "publish_changes", module)
        specification.loader.exec_module(module)
    return module


def test_what_changed_is_told_and_what_is_no_product_is_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", "https://sqs/failures")
    monkeypatch.setenv("EVENT_BUS_NAME", "products")
    told: list[Mapping[str, str]] = []

    def put_events(*, Entries: Sequence[Mapping[str, str]]) -> Mapping[str, object]:  # noqa: N803 -- boto3's name
        told.extend(Entries)
        return {"Entries": [{"EventId": "1"} for _ in Entries]}

    cheaper = {**LAMP, "price": {"N": "8.5"}, "tags": {"SS": ["sale", "light"]}}
    records = [
        dynamodb_record("MODIFY", before=LAMP, after=cheaper, sequence_number="1"),
        dynamodb_record("MODIFY", before=LAMP, after={**LAMP, "price": {"S": "free"}}, sequence_number="2"),
    ]
    with queue_in_memory() as queue:
        clients.use("events", SimpleNamespace(put_events=put_events))
        assert _service().handler(batch(records), FakeContext()) == DONE
    (entry,) = told
    detail = cast("dict[str, dict[str, object]]", json.loads(entry["Detail"]))
    assert detail["metadata"]["changed"] == ["price", "tags"]
    product = {"product_id": "lamp", "name": "Lamp"}
    assert detail["data"] == {
        "product_id": "lamp",
        "before": {**product, "price": "9.9", "tags": []},
        "after": {**product, "price": "8.5", "tags": ["light", "sale"]},
    }
    assert queue.bodies() == [records[1]]
    assert "$.after.price" in queue.attributes()[0]["ErrorMessage"]
