"""Large events: what is put aside, where, and what becomes of an event whose fields could not be."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import EndpointConnectionError

from best_practice_constructs.runtime import (
    ConfigurationError,
    EventPublisher,
    EventTooLargeError,
    OutgoingEvent,
    PublishError,
    TopicPublisher,
    clients,
)
from best_practice_constructs.runtime.claim_check import DEFAULT_THRESHOLD_BYTES
from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings
from tests.unit.runtime.claim_check_support import (
    BUCKET,
    STORE,
    BucketInMemory,
    Line,
    OrderPacked,
    bucket_in_memory,
    delivered,
    packed,
)
from tests.unit.runtime.support import OrderCancelled, OrderPlaced, log_lines_in

TOPIC = "arn:aws:sns:us-east-1:123456789012:notices"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_BUS_NAME", "warehouse")
    monkeypatch.setenv("CLAIM_CHECK_BUCKET_NAME", BUCKET)
    monkeypatch.setenv("CLAIM_CHECK_THRESHOLD_BYTES", "2000")
    monkeypatch.setenv("CLAIM_CHECK_EXPIRES_AFTER_DAYS", "60")
    monkeypatch.setattr("best_practice_constructs.runtime.batched_sending.time.sleep", lambda _: None)


@pytest.fixture(autouse=True)
def bucket() -> BucketInMemory:
    return bucket_in_memory()


@pytest.fixture
def bus(bucket: BucketInMemory) -> list[dict[str, Any]]:
    """What came to the bus, each time with what had been written into the bucket by then."""
    entries: list[dict[str, Any]] = []

    def put_events(*, Entries: list[dict[str, Any]]) -> dict[str, object]:  # noqa: N803 -- the API's name
        entries.extend({**entry, "written": len(bucket.written)} for entry in Entries)
        return {"Entries": [{"EventId": "e"} for _ in Entries]}

    clients.use("events", SimpleNamespace(put_events=put_events))
    return entries


def detail(entry: dict[str, Any]) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(entry["Detail"]))


def large(order_id: str = "17", *, size: int = 3_000) -> OutgoingEvent:
    return OutgoingEvent(event=OrderPacked(order_id=order_id, notes=order_id * size), event_id=f"e-{order_id}")


def test_a_small_event_stays_whole(bucket: BucketInMemory, bus: list[dict[str, Any]]) -> None:
    EventPublisher().publish(OrderPacked(order_id="17", notes="small"))
    assert bucket.written == []
    assert detail(bus[0])["data"]["notes"] == "small"
    assert "claim_check" not in detail(bus[0])


def test_of_a_large_event_the_largest_field_is_put_aside_before_it_is_sent(
    bucket: BucketInMemory, bus: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    EventPublisher().publish(OrderPacked(order_id="17", lines=(Line(sku="A"),), notes="n" * 3_000), event_id="e-1")
    content = json.dumps({"notes": "n" * 3_000}, separators=(",", ":")).encode()
    digest = hashlib.sha256(content).hexdigest()
    assert bucket.objects == {f"claim-checks/{digest}": content}
    sent = detail(bus[0])
    expires_at = datetime.fromisoformat(sent["claim_check"].pop("expires_at"))
    assert timedelta(days=60) - timedelta(minutes=1) < expires_at - datetime.now(UTC) <= timedelta(days=60)
    assert sent["claim_check"] == {
        "bucket": BUCKET,
        "key": f"claim-checks/{digest}",
        "sha256": digest,
        "size": len(content),
        "fields": ["notes"],
    }
    assert sent["data"] == {
        "order_id": "17",
        "total": "1",
        "lines": [{"sku": "A", "net": "9.90"}],
        "weight": "1.5",
        "labels": {},
    }
    assert sent["numbers"] == {"total": 1}
    assert bus[0]["written"] == 1
    (line,) = [line for line in log_lines_in(capsys.readouterr().out) if "put aside" in str(line["message"])]
    assert (line["published_event_id"], line["fields"], line["bytes"]) == ("e-1", ["notes"], len(content))


def test_as_many_fields_are_put_aside_as_it_takes() -> None:
    lines = tuple(Line(sku=f"sku-{number}") for number in range(60))
    both = delivered(packed(lines=lines, notes="n" * 3_000))
    assert sorted(both["detail"]["claim_check"]["fields"]) == ["lines", "notes"]
    assert both["detail"]["data"].keys() == {"order_id", "total", "weight", "labels"}
    assert packed(lines=lines, notes="n" * 3_000).size <= STORE.threshold_bytes
    one = delivered(packed(lines=lines, notes="n" * 100))
    assert one["detail"]["claim_check"]["fields"] == ["lines"]


def test_when_all_fields_do_not_suffice_what_is_left_is_sent_as_far_as_the_carrier_takes_it() -> None:
    entry = packed(order_id="x" * 5_000, notes="n" * 3_000)
    assert STORE.threshold_bytes < entry.size < 7_000
    assert entry.put_aside is not None
    # What would only make the event larger is left in it.
    assert packed(order_id="x" * 5_000, notes="n").put_aside is None


def test_the_same_content_is_one_object_and_written_again_so_that_it_lives_on(
    bucket: BucketInMemory, bus: list[dict[str, Any]]
) -> None:
    event = OrderPacked(order_id="17", notes="n" * 3_000)
    EventPublisher().publish_all([OutgoingEvent(event=event), OutgoingEvent(event=event)])
    assert len(bucket.written) == 1
    EventPublisher().publish(event)
    assert len(bucket.written) == 2
    assert len(bucket.objects) == 1


def test_the_object_of_an_event_is_written_before_the_event_is_sent(
    bucket: BucketInMemory, bus: list[dict[str, Any]]
) -> None:
    EventPublisher().publish_all([large(str(number)) for number in range(12)])
    assert len(bus) == len(bucket.objects) == 12
    assert all(entry["written"] > sent_before for sent_before, entry in enumerate(bus))


def test_an_event_whose_object_cannot_be_written_is_named_and_the_others_are_sent(bus: list[dict[str, Any]]) -> None:
    bucket = bucket_in_memory(None, "AccessDenied")
    small = OutgoingEvent(event=OrderCancelled(order_id="1"), event_id="small")
    with pytest.raises(PublishError) as failure:
        EventPublisher().publish_all([large("1"), large("2"), small])
    assert failure.value.sent == ("e-1", "small")
    (failed,) = failure.value.failed
    assert (failed.event_id, failed.detail_type, failed.error_code) == ("e-2", "OrderPacked", "AccessDenied")
    assert f"notes could not be put aside into s3://{BUCKET}/claim-checks/" in failed.error_message
    assert len(bus) == 2
    assert len(bucket.objects) == 1


def test_an_s3_that_does_not_answer_is_named_too(bus: list[dict[str, Any]]) -> None:
    def put_object(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://s3")

    clients.use("s3", SimpleNamespace(put_object=put_object))
    with pytest.raises(PublishError, match="EndpointConnectionError"):
        EventPublisher().publish_all([large("1")])
    assert bus == []


class TestTooLarge:
    def test_without_a_declaration_it_says_what_to_declare(self, bus: list[dict[str, Any]]) -> None:
        said = (
            r"The event OrderPlaced e has \d+ bytes, and EventBridge takes 1048576\. Its largest fields are order_id "
            r"\(1100002 bytes\), total \(3 bytes\): declare the event with claim_check=\('order_id',\), so that they "
            r"are put into S3 when it is large\.$"
        )
        with pytest.raises(EventTooLargeError, match=said):
            EventPublisher().publish(OrderPlaced(order_id="x" * 1_100_000), event_id="e")
        assert bus == []

    def test_of_a_single_field_nothing_would_stay(self) -> None:
        with pytest.raises(EventTooLargeError, match="leave out what is large, or put it into S3 yourself"):
            EventPublisher().publish(OrderCancelled(order_id="x" * 1_100_000))

    def test_without_a_store_it_says_where_to_get_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CLAIM_CHECK_BUCKET_NAME")
        with pytest.raises(EventTooLargeError, match="notes may be put aside, and there is no place for it: give"):
            EventPublisher().publish_all([large(size=600_000)])
        with pytest.raises(EventTooLargeError, match=r"'order_id',\).*, and give the bus a ClaimCheckStore"):
            EventPublisher().publish(OrderPlaced(order_id="x" * 1_100_000))

    def test_what_is_left_is_named_with_what_to_declare_beside(self, bus: list[dict[str, Any]]) -> None:
        said = (
            r"without notes, weight, lines, which were put aside, and EventBridge takes 1048576\. Its largest fields "
            r"are order_id \(1200002 bytes\).*claim_check=\('lines', 'notes', 'weight', 'order_id',\)"
        )
        with pytest.raises(EventTooLargeError, match=said):
            EventPublisher().publish(OrderPacked(order_id="x" * 1_200_000, notes="n" * 10_000))
        assert bus == []

    def test_an_event_larger_than_any_carrier_goes_out_thin(self, bus: list[dict[str, Any]]) -> None:
        EventPublisher().publish_all([large(size=2_000_000)])
        assert len(bus[0]["Detail"]) < 2_000


class TestSettings:
    def test_by_default_what_fits_everywhere_stays_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CLAIM_CHECK_THRESHOLD_BYTES")
        monkeypatch.delenv("CLAIM_CHECK_EXPIRES_AFTER_DAYS")
        settings = ClaimCheckSettings.from_environment()
        assert settings == ClaimCheckSettings(bucket=BUCKET, threshold_bytes=DEFAULT_THRESHOLD_BYTES)
        assert DEFAULT_THRESHOLD_BYTES == 245_760

    def test_nobody_says_when_it_expires(self) -> None:
        entry = packed(store=ClaimCheckSettings(bucket=BUCKET, threshold_bytes=2_000), notes="n" * 3_000)
        assert delivered(entry)["detail"]["claim_check"]["expires_at"] is None

    def test_nonsense_is_named_before_anything_is_sent(
        self, bus: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CLAIM_CHECK_THRESHOLD_BYTES", "many")
        monkeypatch.setenv("CLAIM_CHECK_EXPIRES_AFTER_DAYS", "0")
        with pytest.raises(ConfigurationError, match=r"'many'.*; CLAIM_CHECK_EXPIRES_AFTER_DAYS is '0'"):
            EventPublisher().publish(OrderCancelled(order_id="1"))
        assert bus == []

    def test_a_function_without_store_or_large_events_loads_nothing_for_them(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("CLAIM_CHECK_BUCKET_NAME")
        program = (
            "from best_practice_constructs.runtime import EventPublisher, OutgoingEvent, clients\n"
            "from tests.unit.runtime.support import OrderCancelled\n"
            "import sys\nfrom types import SimpleNamespace\n"
            "answer = {'Entries': [{'EventId': 'e'}]}\n"
            "clients.use('events', SimpleNamespace(put_events=lambda **_: answer))\n"
            "EventPublisher(bus_name='b').publish(OrderCancelled(order_id='1'))\n"
            "print([name for name in sys.modules if 'put_aside' in name or name.endswith('claim_check_settings')])"
        )
        out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert out.stdout.strip() == "[]"


class FakeTopic:
    """Takes everything."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        clients.use("sns", SimpleNamespace(publish_batch=self._publish_batch))

    def _publish_batch(self, *, TopicArn: str, PublishBatchRequestEntries: list[dict[str, str]]) -> dict[str, object]:  # noqa: N803 -- the API's names
        assert TopicArn.startswith(TOPIC)
        self.messages += [json.loads(entry["Message"]) for entry in PublishBatchRequestEntries]
        return {"Successful": [{"Id": entry["Id"]} for entry in PublishBatchRequestEntries]}

    def ids(self) -> Sequence[str]:
        return [message["id"] for message in self.messages]


class TestTopics:
    def test_a_large_event_goes_to_a_topic_thin(self) -> None:
        topic = FakeTopic()
        TopicPublisher(topic_arn=TOPIC).publish_all([large("1"), OutgoingEvent(event=OrderPacked(order_id="2"))])
        thin, small = topic.messages
        assert thin["detail"]["claim_check"]["fields"] == ["notes"]
        assert "claim_check" not in small["detail"]
        assert len(json.dumps(thin, separators=(",", ":"))) <= 2_000

    def test_what_the_topic_takes_is_a_threshold_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CLAIM_CHECK_THRESHOLD_BYTES", "1000000")
        topic = FakeTopic()
        TopicPublisher(topic_arn=TOPIC).publish_all([large("1", size=300_000)])
        assert topic.messages[0]["detail"]["claim_check"]["size"] > 300_000

    def test_what_is_too_large_for_a_topic_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CLAIM_CHECK_BUCKET_NAME")
        with pytest.raises(EventTooLargeError, match=r"and the topic takes 262144.*notes may be put aside"):
            TopicPublisher(topic_arn=TOPIC).publish_all([large("1", size=300_000)])

    def test_an_object_that_cannot_be_written_keeps_nothing_else_back(self) -> None:
        bucket_in_memory("SlowDown")
        topic = FakeTopic()
        with pytest.raises(PublishError, match="OrderPacked e-1: SlowDown notes could not be put aside"):
            TopicPublisher(topic_arn=TOPIC).publish_all([large("1"), large("2")])
        assert topic.ids() == ["e-2"]

    def test_on_a_fifo_topic_it_keeps_back_what_is_behind_it_in_its_group(self) -> None:
        bucket_in_memory("SlowDown")
        topic = FakeTopic()
        before, behind, other = (
            OutgoingEvent(event=OrderPacked(order_id=order_id), event_id=name)
            for order_id, name in (("1", "before"), ("1", "behind"), ("2", "other"))
        )
        with pytest.raises(PublishError) as failure:
            TopicPublisher(topic_arn=f"{TOPIC}.fifo", message_group_field="order_id").publish_all(
                [before, large("1"), behind, other]
            )
        assert sorted(topic.ids()) == ["before", "other"]
        assert [(each.event_id, each.error_code) for each in failure.value.failed] == [
            ("e-1", "SlowDown"),
            ("behind", "BehindFailedEvent"),
        ]
