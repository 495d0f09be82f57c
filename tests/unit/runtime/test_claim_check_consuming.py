"""Large events at their consumers, who get them whole and notice nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from best_practice_constructs.runtime import (
    EventMetadata,
    async_event_consumer,
    clients,
    queue_consumer,
    stream_consumer,
)
from tests.unit.runtime.claim_check_support import (
    BUCKET,
    NOTES,
    BucketInMemory,
    Line,
    OrderPacked,
    bucket_in_memory,
    consumer,
    delivered,
    large_event,
    packed,
    the_cause,
)
from tests.unit.runtime.stream_support import DONE, QueueInMemory, kinesis_record
from tests.unit.runtime.support import FakeContext, OrderPlaced, batch, failures, message

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.usefixtures("bucket")


class TestWhole:
    def test_a_typed_handler_notices_nothing(self, context: FakeContext, bucket: BucketInMemory) -> None:
        handled: list[OrderPacked] = []
        lines = tuple(Line(sku=f"sku-{number}") for number in range(60))
        body = large_event(lines=lines)
        assert set(body["detail"]["claim_check"]["fields"]) == {"lines", "notes"}
        assert consumer(handled)(batch([message(body)]), context) == failures()
        assert handled == [OrderPacked(order_id="17", lines=lines, notes=NOTES)]
        assert len(bucket.read) == 1

    def test_a_handler_of_the_body_gets_it_as_if_it_had_been_small(self, context: FakeContext) -> None:
        bodies: list[dict[str, object]] = []

        @queue_consumer
        def handler(body: dict[str, object], metadata: EventMetadata) -> None:
            assert metadata.event_id == "e-1"
            bodies.append(body)

        handler(batch([message(large_event())]), context)
        small = delivered(packed(store=None, notes=NOTES))
        (body,) = bodies
        assert body["detail"]["data"] == small["detail"]["data"]  # type: ignore[index]  # of unknown form
        assert body.keys() == small.keys()
        assert body["detail"].keys() == {"metadata", "data", "numbers"}  # type: ignore[attr-defined]  # of unknown form

    def test_the_idempotency_key_may_lie_in_what_was_put_aside(
        self, context: FakeContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("IDEMPOTENCY_KEY", "detail.data.[order_id, notes]")
        handled: list[OrderPacked] = []
        handler = consumer(handled)
        assert handler(batch([message(large_event()), message(large_event())]), context) == failures()
        assert handler(batch([message(delivered(packed(store=None, notes=NOTES)))]), context) == failures()
        assert len(handled) == 1

    def test_an_asynchronous_consumer_notices_nothing(self, context: FakeContext) -> None:
        @async_event_consumer(event=OrderPacked)
        def typed(order: OrderPacked, metadata: EventMetadata) -> str:
            return f"{metadata.event_id}: {len(order.notes or '')}"

        @async_event_consumer
        def of_the_body(body: dict[str, Any]) -> int:
            return len(body["detail"]["data"]["notes"])

        assert typed(large_event(), context) == "e-1: 3000"
        assert of_the_body(large_event(event_id="e-2"), context) == 3_000

    def test_the_consumer_of_a_stream_notices_nothing(self, context: FakeContext) -> None:
        seen: list[object] = []

        @stream_consumer(record=OrderPacked)
        def typed(order: OrderPacked, metadata: EventMetadata) -> None:
            seen.append((order.notes, metadata.event_id))

        @stream_consumer
        def of_the_body(body: dict[str, Any]) -> None:
            seen.append(body["detail"]["data"]["notes"])

        records = {"Records": [kinesis_record(large_event())]}
        assert typed(records, context) == DONE
        assert of_the_body(records, context) == DONE
        assert seen == [(NOTES, "e-1"), NOTES]

    def test_with_the_sdk_itself(self, context: FakeContext) -> None:
        sqs = clients.client("sqs")
        dynamodb = clients.client("dynamodb")
        clients.forget()
        clients.use("sqs", sqs)
        clients.use("dynamodb", dynamodb)
        clients.client("s3").create_bucket(Bucket=BUCKET)
        handled: list[OrderPacked] = []
        handler = consumer(handled)
        body = large_event()
        assert handler(batch([message(body)]), context) == failures()
        assert handled == [OrderPacked(order_id="17", notes=NOTES)]
        clients.client("s3").put_object(Bucket=BUCKET, Key=body["detail"]["claim_check"]["key"], Body=b"x")
        for text in ("another", "a third"):
            body["detail"]["metadata"]["event_id"] = text
            assert handler(batch([message(body)]), context) == failures()
            clients.client("s3").delete_object(Bucket=BUCKET, Key=body["detail"]["claim_check"]["key"])
        assert len(handled) == 1

    def test_numbers_keep_their_digits_wherever_they_lie(self, context: FakeContext) -> None:
        bodies: list[dict[str, Any]] = []

        @queue_consumer
        def handler(body: dict[str, Any]) -> None:
            bodies.append(body)

        body = large_event()
        text = json.dumps(body).replace('"order_id": "17"', '"order_id": 12345678901234567890, "ratio": 1e-7')
        handler(batch([message(text)]), context)
        assert bodies[0]["detail"]["data"]["order_id"] == 12345678901234567890
        assert bodies[0]["detail"]["data"]["ratio"] == 1e-7

    def test_what_others_call_a_claim_check_is_theirs(self, context: FakeContext, bucket: BucketInMemory) -> None:
        bodies: list[dict[str, object]] = []

        @queue_consumer
        def handler(body: dict[str, object]) -> None:
            bodies.append(body)

        theirs: list[dict[str, object]] = [{"detail": {"claim_check": "42"}, "detail-type": "Coat Taken"}]
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("IDEMPOTENCY_KEY", "detail.claim_check")
            assert handler(batch([message(theirs[0])]), context) == failures()
        assert bodies == theirs
        assert bucket.read == []

    def test_another_event_is_refused_without_being_read(self, context: FakeContext, queue: QueueInMemory) -> None:
        @queue_consumer(event=OrderPlaced)
        def handler(placed: OrderPlaced) -> None:
            raise AssertionError(placed)

        bucket = bucket_in_memory()
        handler(batch([message(large_event())]), context)
        assert the_cause(queue)[0] == "UnexpectedEventError"
        assert bucket.read == []


def test_a_consumer_that_never_sees_a_claim_check_loads_nothing_for_it() -> None:
    program = (
        "from best_practice_constructs.runtime.queue_message import MessageReader\n"
        "reader = MessageReader(event=None, wants_metadata=False)\n"
        "reader.whole('{}', body=reader.body('{}'))\n"
        "import sys\nprint([name for name in sys.modules if 'claim_check' in name or name.startswith('botocore')])"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
