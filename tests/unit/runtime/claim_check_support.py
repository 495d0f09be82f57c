"""A bucket in memory, and events whose fields may be put aside."""

from __future__ import annotations

import hashlib
import io
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from best_practice_constructs.runtime import EventSource, OutgoingEvent, clients, queue_consumer
from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings
from best_practice_constructs.runtime.event_entry import EventEntry, event_entry
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.put_aside import write_put_aside
from tests.unit.runtime.stream_support import QueueInMemory

if TYPE_CHECKING:
    from best_practice_constructs.runtime.queue_consumer_decorator import QueueConsumer

BUCKET = "claim-checks-bucket"
DEAD_LETTERS = "https://sqs.us-east-1.amazonaws.com/123456789012/dead-letters"
NOTES = "n" * 3_000
STORE = ClaimCheckSettings(bucket=BUCKET, threshold_bytes=2_000, expires_after=timedelta(days=60))

warehouse = EventSource("com.example.warehouse")


@dataclass(frozen=True, kw_only=True)
class Line:
    """What lies in a box."""

    sku: str
    net: Decimal = Decimal("9.90")


@warehouse.event(claim_check=("lines", "notes", "weight"))
class OrderPacked(Event):
    """An order in boxes."""

    order_id: str
    total: Decimal = Decimal(1)
    lines: tuple[Line, ...] = ()
    notes: str | None = None
    weight: Decimal = Decimal("1.5")
    labels: dict[str, list[int]] = field(default_factory=dict)


class BucketInMemory:
    """Keeps objects, checks what is sent, and refuses as it is told to.

    :param faults: the code of the error that each further call ends in; ``None`` for none.
    """

    def __init__(self, *faults: str | None) -> None:
        self.objects: dict[str, bytes] = {}
        self.written: list[str] = []
        self.read: list[str] = []
        self.faults = list(faults)

    def put_object(
        self,
        *,
        Bucket: str,  # noqa: N803 -- the API's names
        Key: str,  # noqa: N803 -- the API's names
        Body: bytes,  # noqa: N803 -- the API's names
        ContentType: str,  # noqa: N803 -- the API's names
        ChecksumSHA256: str,  # noqa: N803 -- the API's names
    ) -> dict[str, object]:
        self._fail("PutObject")
        assert (Bucket, ContentType) == (BUCKET, "application/json")
        assert b64decode(ChecksumSHA256) == hashlib.sha256(Body).digest()
        self.objects[Key] = Body
        self.written.append(Key)
        return {}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, object]:  # noqa: N803 -- the API's names
        self._fail("GetObject")
        assert Bucket == BUCKET
        self.read.append(Key)
        if Key not in self.objects:
            raise _error("NoSuchKey", "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}

    def _fail(self, operation: str) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise _error(fault, operation)


def bucket_in_memory(*faults: str | None) -> BucketInMemory:
    """Let the runtime write into a bucket in memory, and read from it."""
    bucket = BucketInMemory(*faults)
    clients.use("s3", SimpleNamespace(put_object=bucket.put_object, get_object=bucket.get_object))
    return bucket


def delivered(entry: EventEntry) -> dict[str, Any]:
    """Give what EventBridge delivers of an entry."""
    request = cast("Mapping[str, Any]", entry.request)
    return {
        "version": "0",
        "id": "eventbridge-1",
        "source": request["Source"],
        "detail-type": request["DetailType"],
        "resources": request["Resources"],
        "detail": json.loads(request["Detail"]),
    }


def packed(*, store: ClaimCheckSettings | None = STORE, event_id: str = "e-1", **fields: object) -> EventEntry:
    """Give the entry of a packed order, with what was put aside of it written."""
    given: dict[str, object] = {"order_id": "17", **fields}
    event = cast("Any", OrderPacked)(**given)
    entry = event_entry(
        OutgoingEvent(event=event, event_id=event_id, correlation_id="c-1"), bus_name="bus", resources=[], store=store
    )
    assert not write_put_aside([entry])
    return entry


def large_event(*, event_id: str = "e-1", lines: tuple[Line, ...] = ()) -> dict[str, Any]:
    """Give a large event, as EventBridge delivers it."""
    return delivered(packed(event_id=event_id, notes="n" * 3_000, lines=lines))


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


def consumer(handled: list[OrderPacked]) -> QueueConsumer[[OrderPacked]]:
    @queue_consumer(event=OrderPacked)
    def handler(order: OrderPacked) -> None:
        handled.append(order)

    return handler


def the_cause(queue: QueueInMemory) -> tuple[str, str]:
    (attributes,) = queue.attributes()
    return attributes["ErrorType"], attributes["ErrorMessage"]
