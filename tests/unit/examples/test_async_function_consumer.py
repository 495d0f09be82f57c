"""The smallest asynchronous consumer: its handler as Lambda calls it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from moto import mock_aws

from best_practice_constructs.consumers.async_function_consumer import EVENT_KEY
from best_practice_constructs.runtime import clients
from examples.async_function_consumer.stack import SERVICE
from tests.unit.runtime.stream_support import queue_in_memory
from tests.unit.runtime.support import FakeContext, log_lines_in


def _photo(key: str, *, size: int) -> dict[str, object]:
    detail = {"bucket": {"name": "photos"}, "object": {"key": key, "size": size, "sequencer": "1"}}
    return {"id": key, "source": "aws.s3", "detail-type": "Object Created", "detail": detail}


@mock_aws
def test_photos_are_noted_once_and_empty_ones_are_put_aside(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IDEMPOTENCY_TABLE_NAME", "records")
    monkeypatch.setenv("IDEMPOTENCY_KEY", EVENT_KEY)
    monkeypatch.setenv("IDEMPOTENCY_EXPIRES_AFTER_SECONDS", "86400")
    monkeypatch.setenv("ASYNC_FAILURES_QUEUE_URL", "https://sqs/failures")
    specification = importlib.util.spec_from_file_location("note_photo", Path(SERVICE) / "note_photo.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    with queue_in_memory() as queue:
        clients.client("dynamodb").create_table(
            TableName="records",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for photo in (_photo("a.jpg", size=5), _photo("a.jpg", size=5), _photo("empty.jpg", size=0)):
            module.handler(photo, FakeContext())
        noted = [line["key"] for line in log_lines_in(capsys.readouterr().out) if line["message"] == "photo noted"]
        assert noted == ["a.jpg"]
        assert [attributes["ErrorMessage"] for attributes in queue.attributes()] == ["The photo empty.jpg is empty."]
