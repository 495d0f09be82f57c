"""Large events that cannot be read whole: each in the dead letters, with a cause that says what to do."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

from best_practice_constructs.runtime import (
    IdempotentTransaction,
    async_event_consumer,
    clients,
    queue_consumer,
    stream_consumer,
)
from best_practice_constructs.runtime.claim_check import object_key
from tests.unit.runtime.claim_check_support import (
    BUCKET,
    NOTES,
    STORE,
    BucketInMemory,
    OrderPacked,
    bucket_in_memory,
    consumer,
    delivered,
    large_event,
    packed,
    the_cause,
)
from tests.unit.runtime.stream_support import DONE, QueueInMemory, kinesis_record, stopped_at
from tests.unit.runtime.support import FakeContext, batch, failures, log_lines_in, message

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.usefixtures("bucket")


def _expired(body: dict[str, Any]) -> None:
    body["detail"]["claim_check"]["expires_at"] = "2026-01-31T00:00:00Z"


class TestFailures:
    """Each ends in the dead letters: the message as it came, and the cause."""

    @pytest.fixture
    def body(self) -> dict[str, Any]:
        return large_event()

    def dead_letter(
        self, body: dict[str, Any], queue: QueueInMemory, context: FakeContext, *, receive_count: int = 1
    ) -> tuple[str, str]:
        handled: list[OrderPacked] = []
        sent = message(body, receive_count=receive_count)
        assert consumer(handled)(batch([sent]), context) == failures()
        assert handled == []
        assert [each["MessageBody"] for each in queue.messages] == [sent["body"]]
        return the_cause(queue)

    def test_an_object_that_was_deleted(
        self, body: dict[str, Any], queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        key = bucket.written[0]
        bucket.objects.clear()
        body["detail"]["claim_check"]["expires_at"] = "2099-01-31T00:00:00Z"
        kind, said = self.dead_letter(body, queue, context)
        assert kind == "ClaimCheckMissingError"
        assert said == (
            f"The OrderPacked e-1 is not whole: s3://{BUCKET}/{key}, which held its notes, was deleted before it "
            "expired on 2099-01-31. To handle the message again cannot help: publish the event again, from what its "
            "source knows."
        )

    @pytest.mark.parametrize("code", ["NoSuchKey", "AccessDenied"])
    def test_an_object_that_expired(
        self, code: str, body: dict[str, Any], queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        _expired(body)
        bucket.faults = [code]
        kind, said = self.dead_letter(body, queue, context)
        assert kind == "ClaimCheckMissingError"
        assert "which held its notes, expired on 2026-01-31. To handle the message again cannot help" in said

    def test_a_bucket_that_is_gone(
        self, body: dict[str, Any], queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        bucket.faults = ["NoSuchBucket"]
        kind, said = self.dead_letter(body, queue, context)
        assert kind == "ClaimCheckMissingError"
        assert "is gone with its bucket" in said

    def test_an_object_that_s3_refuses_is_tried_again_and_told_in_the_end(
        self, body: dict[str, Any], queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        bucket.faults = ["AccessDenied"] * 2
        first = message(body, message_id="m")
        assert consumer([])(batch([first]), context) == failures("m")
        assert queue.messages == []
        kind, said = self.dead_letter(body, queue, context, receive_count=5)
        assert kind == "ClaimCheckUnavailableError"
        assert "AccessDenied" in said
        assert "call store.allow_consumer(…). Or the object was deleted: S3 says the same of both" in said

    @pytest.mark.parametrize("fault", ["SlowDown", "InternalError", "InvalidObjectState"])
    def test_an_s3_that_is_busy_is_tried_again(
        self, fault: str, body: dict[str, Any], bucket: BucketInMemory, context: FakeContext
    ) -> None:
        handled: list[OrderPacked] = []
        handler = consumer(handled)
        bucket.faults = [fault]
        assert handler(batch([message(body, message_id="m")]), context) == failures("m")
        assert handler(batch([message(body, message_id="m", receive_count=2)]), context) == failures()
        assert len(handled) == 1

    def test_a_connection_that_breaks_is_tried_again(
        self, body: dict[str, Any], queue: QueueInMemory, context: FakeContext
    ) -> None:
        class Broken(io.BytesIO):
            def read(self, *_: object) -> bytes:
                raise ReadTimeoutError(endpoint_url="https://s3")

        clients.use("s3", SimpleNamespace(get_object=lambda **_: {"Body": Broken()}))
        assert consumer([])(batch([message(body, message_id="m")]), context) == failures("m")
        kind, said = self.dead_letter(body, queue, context, receive_count=5)
        assert kind == "ClaimCheckUnavailableError"
        assert "cannot be read for now" in said

    @pytest.mark.parametrize("content", [b'{"notes":"changed"}', b"x" * 10_000, b""])
    def test_an_object_that_was_written_over(
        self, content: bytes, body: dict[str, Any], queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        bucket.objects = dict.fromkeys(bucket.objects, content)
        kind, said = self.dead_letter(body, queue, context)
        assert kind == "ClaimCheckMismatchError"
        assert "has another content than was put aside: somebody wrote over it" in said

    @pytest.mark.parametrize(
        ("content", "said"),
        [(b"no JSON", "is no JSON object"), (b'{"order_id":"18"}', "holds order_id instead"), (b"{}", "holds nothing")],
    )
    def test_an_object_that_is_none_of_the_event(
        self, content: bytes, said: str, body: dict[str, Any], queue: QueueInMemory, context: FakeContext
    ) -> None:
        bucket = bucket_in_memory()
        digest = hashlib.sha256(content).hexdigest()
        bucket.objects[object_key(digest)] = content
        body["detail"]["claim_check"] |= {"sha256": digest, "key": object_key(digest), "size": len(content)}
        kind, message = self.dead_letter(body, queue, context)
        assert kind == "ClaimCheckMismatchError"
        assert said in message

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda pointer: pointer.update(key="claim-checks/other"), "its key is not that of its digest"),
            (lambda pointer: pointer.update(key="invoices/1.pdf", sha256="1"), "its key is not that of its digest"),
            (lambda pointer: pointer.pop("sha256"), "missing required field `sha256`"),
            (lambda pointer: pointer.update(size="large"), "Expected `int`, got `str`"),
        ],
    )
    def test_a_claim_check_that_is_none_reads_nothing(
        self,
        change: Callable[[dict[str, object]], object],
        said: str,
        queue: QueueInMemory,
        bucket: BucketInMemory,
        context: FakeContext,
    ) -> None:
        body = large_event()
        change(body["detail"]["claim_check"])
        kind, message = self.dead_letter(body, queue, context)
        assert kind == "MalformedMessageError"
        assert message.startswith("The claim check of the OrderPacked e-1 is none: ")
        assert said in message
        assert bucket.read == []

    def test_data_that_are_no_object(self, body: dict[str, Any], queue: QueueInMemory, context: FakeContext) -> None:
        body["detail"]["data"] = 7
        assert self.dead_letter(body, queue, context)[1] == (
            "The data of the OrderPacked e-1, which has a claim check, are no object."
        )

    def test_a_field_that_is_there_twice(
        self, body: dict[str, Any], queue: QueueInMemory, context: FakeContext
    ) -> None:
        body["detail"]["data"]["notes"] = "mine"
        kind, said = self.dead_letter(body, queue, context)
        assert (kind, said) == (
            "MalformedMessageError",
            "The OrderPacked e-1 has 'notes' itself, which its claim check names too.",
        )

    def test_a_time_without_a_zone_is_in_utc(
        self, body: dict[str, Any], queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        body["detail"]["claim_check"]["expires_at"] = yesterday.replace(tzinfo=None).isoformat()
        bucket.objects.clear()
        assert f"expired on {yesterday:%Y-%m-%d}" in self.dead_letter(body, queue, context)[1]

    def test_nobody_knows_when_it_would_have_expired(
        self, queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        body = delivered(packed(store=replace(STORE, expires_after=None), notes=NOTES))
        bucket.objects.clear()
        assert "which held its notes, was deleted. To handle" in self.dead_letter(body, queue, context)[1]

    def test_the_log_names_the_event(
        self,
        body: dict[str, Any],
        bucket: BucketInMemory,
        context: FakeContext,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        bucket.faults = ["SlowDown"]
        consumer([])(batch([message(body, message_id="m")]), context)
        (line,) = [line for line in log_lines_in(capsys.readouterr().out) if line["level"] == "WARNING"]
        assert (line["event_id"], line["correlation_id"]) == ("e-1", "c-1")

    def test_an_asynchronous_consumer_keeps_the_event_with_its_claim_check(
        self, body: dict[str, Any], queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        @async_event_consumer(event=OrderPacked)
        def handler(order: OrderPacked) -> None:
            raise AssertionError(order)

        bucket.objects.clear()
        handler(body, context)
        (kept,) = queue.bodies()
        assert kept["requestPayload"] == body
        assert kept["responsePayload"]["errorType"] == "ClaimCheckMissingError"

    def test_the_consumer_of_a_stream_gives_up_what_is_gone_and_waits_for_what_is_not(
        self, body: dict[str, Any], queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        @stream_consumer(record=OrderPacked)
        def handler(order: OrderPacked) -> None:
            raise AssertionError(order)

        records = {"Records": [kinesis_record(body, sequence_number="7")]}
        bucket.faults = ["SlowDown"]
        assert handler(records, context) == stopped_at("7")
        bucket.objects.clear()
        assert handler(records, context) == DONE
        assert the_cause(queue)[0] == "ClaimCheckMissingError"


class TestRepeated:
    """What was handled is done, whatever has become of its object since."""

    @pytest.mark.parametrize("code", ["NoSuchKey", "AccessDenied", "SlowDown"])
    def test_a_message_that_was_handled_is_skipped(
        self, code: str, queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        handled: list[OrderPacked] = []
        handler, body = consumer(handled), large_event()
        assert handler(batch([message(body)]), context) == failures()
        bucket.faults = [code]
        _expired(body)
        assert handler(batch([message(body)]), context) == failures()
        assert len(handled) == 1
        assert len(bucket.read) == 1
        assert queue.messages == []

    def test_a_failure_is_not_remembered_as_done(self, bucket: BucketInMemory, context: FakeContext) -> None:
        handled: list[OrderPacked] = []
        handler, body = consumer(handled), message(large_event())
        bucket.faults = ["SlowDown"]
        assert handler(batch([body]), context) != failures()
        assert handler(batch([body]), context) == failures()
        assert len(handled) == 1

    def test_a_key_among_what_was_put_aside_is_read_before(
        self, bucket: BucketInMemory, context: FakeContext, queue: QueueInMemory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("IDEMPOTENCY_KEY", "detail.data.[order_id, notes]")
        handled: list[OrderPacked] = []
        handler, body = consumer(handled), large_event()
        assert handler(batch([message(body)]), context) == failures()
        bucket.objects.clear()
        _expired(body)
        handler(batch([message(body)]), context)
        assert the_cause(queue)[0] == "ClaimCheckMissingError"

    def test_an_asynchronous_event_that_was_handled_is_skipped(
        self, queue: QueueInMemory, bucket: BucketInMemory, context: FakeContext
    ) -> None:
        handled: list[OrderPacked] = []

        @async_event_consumer(event=OrderPacked)
        def handler(order: OrderPacked) -> None:
            handled.append(order)

        body = large_event()
        handler(body, context)
        bucket.objects.clear()
        _expired(body)
        assert handler(body, context) is None
        assert len(handled) == 1
        assert queue.messages == []

    @pytest.mark.parametrize("is_written", [True, False])
    def test_a_transaction_that_was_written_is_skipped(
        self,
        queue: QueueInMemory,
        bucket: BucketInMemory,
        context: FakeContext,
        monkeypatch: pytest.MonkeyPatch,
        *,
        is_written: bool,
    ) -> None:
        monkeypatch.setenv("IDEMPOTENCY_MODEL", "transaction")
        table = os.environ["IDEMPOTENCY_TABLE_NAME"]

        @queue_consumer(event=OrderPacked)
        def handler(order: OrderPacked, transaction: IdempotentTransaction) -> None:
            transaction.write([{"Put": {"TableName": table, "Item": {"id": {"S": f"list-{order.order_id}"}}}}])

        body = large_event()
        if is_written:
            assert handler(batch([message(body)]), context) == failures()
        before = clients.client("dynamodb").scan(TableName=table)["Items"]
        bucket.objects.clear()
        _expired(body)
        assert handler(batch([message(body)]), context) == failures()
        assert clients.client("dynamodb").scan(TableName=table)["Items"] == before
        if is_written:
            assert queue.messages == []
        else:
            assert the_cause(queue)[0] == "ClaimCheckMissingError"
