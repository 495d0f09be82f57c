"""The evidence of what was written: one item for each document and its bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from best_practice_constructs.consumers.async_function_consumer import EVENT_KEY
from invoices import record_document
from tests.unit.examples.order_invoice.fake_cloud import FAILURES_URL, Context, FakeCloud, fake_cloud

KEY = "documents/INV-2026/INV-2026-000001.html"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    record_document.handler.forget()
    with fake_cloud(monkeypatch, idempotency_model="record") as cloud:
        monkeypatch.setenv("IDEMPOTENCY_KEY", EVENT_KEY)
        yield cloud
    record_document.handler.forget()


def _created(*, key: str = KEY, sequencer: str = "1", version_id: str | None = None) -> dict[str, object]:
    return {
        "id": "delivery",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": "documents"},
            "object": {"key": key, "size": 5, "sequencer": sequencer}
            | ({"version-id": version_id} if version_id else {}),
            "reason": "PutObject",
        },
    }


def _digest(content: bytes) -> dict[str, str]:
    return {"S": hashlib.sha256(content).hexdigest()}


def test_a_document_has_its_digest_and_size(cloud: FakeCloud) -> None:
    cloud.s3.put_object(Bucket="documents", Key=KEY, Body="für 9,90 €".encode())
    record_document.handler(_created(), Context())
    (item,) = cloud.items("document-digests")
    assert item["document"] == {"S": KEY}
    assert item["sha256"] == _digest("für 9,90 €".encode())
    assert item["size"] == {"N": "13"}
    assert "version_id" not in item


def test_the_same_bytes_are_the_same_evidence_and_others_tell(cloud: FakeCloud) -> None:
    for sequencer, content in enumerate((b"first", b"first", b"forged")):
        cloud.s3.put_object(Bucket="documents", Key=KEY, Body=content)
        for _ in range(2):
            record_document.handler(_created(sequencer=f"{sequencer}"), Context())
    digests = [item["sha256"] for item in cloud.items("document-digests")]
    assert sorted(digests, key=str) == sorted([_digest(b"first"), _digest(b"forged")], key=str)


def test_of_a_versioned_bucket_the_version_is_read_that_the_event_tells_of(cloud: FakeCloud) -> None:
    cloud.s3.put_bucket_versioning(Bucket="documents", VersioningConfiguration={"Status": "Enabled"})
    first = cloud.s3.put_object(Bucket="documents", Key=KEY, Body=b"first")["VersionId"]
    cloud.s3.put_object(Bucket="documents", Key=KEY, Body=b"second")
    record_document.handler(_created(version_id=first), Context())
    (item,) = cloud.items("document-digests")
    assert (item["sha256"], item["version_id"]) == (_digest(b"first"), {"S": first})


def test_a_document_that_is_gone_is_tried_again(cloud: FakeCloud) -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        record_document.handler(_created(), Context())
    cloud.s3.put_object(Bucket="documents", Key=KEY, Body=b"late")
    record_document.handler(_created(), Context())
    assert [item["sha256"] for item in cloud.items("document-digests")] == [_digest(b"late")]


def test_another_event_is_put_aside_with_its_cause(cloud: FakeCloud) -> None:
    event = _created() | {"detail-type": "Object Deleted"}
    assert record_document.handler(event, Context()) is None
    (message,) = cloud.sqs.receive_message(QueueUrl=FAILURES_URL, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"])["requestPayload"] == event
    assert message["MessageAttributes"]["ErrorType"]["StringValue"] == "UnexpectedEventError"
