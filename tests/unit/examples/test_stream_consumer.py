"""The smallest stream consumer: its handler as Lambda calls it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examples.stream_consumer.stack import SERVICE
from tests.unit.runtime.stream_support import DONE, kinesis_record, queue_in_memory
from tests.unit.runtime.support import FakeContext, batch, log_lines_in

if TYPE_CHECKING:
    from types import ModuleType


def _service() -> ModuleType:
    specification = importlib.util.spec_from_file_location("count_sales", Path(SERVICE) / "count_sales.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    with pytest.MonkeyPatch.context() as patch:
        # Where types are looked up by name, their module has to be known.
        patch.setitem(sys.modules, "count_sales", module)
        specification.loader.exec_module(module)
    return module


def test_sales_are_counted_and_what_is_none_is_put_aside(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", "https://sqs/failures")
    prices = ("9.90", "-1", "3")
    records = [
        kinesis_record({"product_id": price, "price": price}, sequence_number=str(number))
        for number, price in enumerate(prices)
    ]
    with queue_in_memory() as queue:
        assert _service().handler(batch(records), FakeContext()) == DONE
    assert queue.sequence_numbers() == ["1"]
    counted = [
        line["product_id"] for line in log_lines_in(capsys.readouterr().out) if line["message"] == "sale counted"
    ]
    assert counted == ["9.90", "3"]
