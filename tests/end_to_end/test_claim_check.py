"""Large events through bus, queue and consumer, with roles that are enforced; what is gone is a dead letter."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

import examples.claim_check  # noqa: F401 # pyright: ignore[reportUnusedImport] -- it makes the service's directory an import root
from best_practice_constructs.local import Deployment, LocalStage
from best_practice_constructs.runtime import OutgoingEvent
from best_practice_constructs.runtime.claim_check import DEFAULT_THRESHOLD_BYTES
from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings
from best_practice_constructs.runtime.event_entry import EventEntry, event_entry
from packing_events import OrderPacked, PackedLine
from tests.end_to_end.claim_check_app import write_claim_check_app

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

pytestmark = pytest.mark.end_to_end

STORE_OF = {"Together": "Together", "Apart": "Shared"}
THRESHOLD_OF = {"Together": DEFAULT_THRESHOLD_BYTES, "Apart": 2_000}


@dataclass(frozen=True, kw_only=True)
class System:
    """A copy of the example that runs."""

    stage: LocalStage
    deployment: Deployment
    stack: str

    def name(self, path: str, *, stack: str | None = None) -> str:
        return self.deployment.stacks[stack or self.stack].physical_id(path)

    @property
    def bucket(self) -> str:
        return self.name("ClaimChecks/Bucket", stack=STORE_OF[self.stack])

    def objects(self) -> dict[str, int]:
        listed = self.stage.client("s3").list_objects_v2(Bucket=self.bucket)
        return {each["Key"]: each["Size"] for each in listed.get("Contents", [])}

    def pack(self, order_id: str, *, lines: int) -> str:
        """Have the order packed, and give the event's id."""
        skus = [f"{order_id}-{number:06}" for number in range(lines)]
        answer = self.stage.client("lambda").invoke(
            FunctionName=self.name("PackOrder/Function"),
            Payload=json.dumps({"order_id": order_id, "skus": skus}).encode(),
        )
        payload = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, payload
        return str(payload["event_id"])

    def printed(self, order_id: str) -> dict[str, Any] | None:
        """Give what the consumer logged of an order."""
        found = self.stage.logs(self.name("Lists/Function/Function"), contains=f'"order_id":"{order_id}"')
        return cast("dict[str, Any]", json.loads(found[0].message)) if found else None

    def send(self, entry: EventEntry) -> None:
        answer = self.stage.client("events").put_events(Entries=[entry.request])
        assert answer["FailedEntryCount"] == 0

    def entry(self, order_id: str) -> EventEntry:
        """Give a large event as the publisher makes it, whose object is not written."""
        lines = tuple(PackedLine(box=1, sku=f"{order_id}-{number}", quantity=1) for number in range(100))
        event = OrderPacked(order_id=order_id, country="DE", boxes=1, lines=lines)
        store = ClaimCheckSettings(bucket=self.bucket, threshold_bytes=2_000, expires_after=timedelta(days=60))
        return event_entry(
            OutgoingEvent(event=event, event_id=f"e-{order_id}"),
            bus_name=self.name("Bus/Bus", stack=STORE_OF[self.stack]),
            resources=[],
            store=store,
        )

    def dead_letter(self) -> MessageTypeDef:
        """Wait for the next dead letter."""
        queue_url = self.name("Lists/DeadLetters")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            received = self.stage.client("sqs").receive_message(
                QueueUrl=queue_url, MessageAttributeNames=["All"], WaitTimeSeconds=1
            )
            for message in received.get("Messages", []):
                self.stage.client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                return message
        raise AssertionError("no dead letter came")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalStage, Deployment]]:
    directory = write_claim_check_app(tmp_path_factory.mktemp("app") / "warehouse")
    # What the handlers call is checked against their roles.
    with LocalStage(enforce_iam=True) as stage:
        yield stage, stage.deploy(stage.synthesize(directory))


@pytest.fixture(params=["Together", "Apart"])
def system(request: pytest.FixtureRequest, deployed: tuple[LocalStage, Deployment]) -> System:
    stage, deployment = deployed
    return System(stage=stage, deployment=deployment, stack=request.param)


def wait_until_printed(system: System, order_id: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while (printed := system.printed(order_id)) is None:
        assert time.monotonic() < until, "the event was not handled"
        time.sleep(0.1)
    return printed


def test_a_small_event_is_carried_whole(system: System) -> None:
    before = system.objects()
    system.pack("small", lines=3)
    assert wait_until_printed(system, "small")["lines"] == 3
    assert system.objects() == before


def test_a_large_event_is_handled_whole(system: System) -> None:
    before = system.objects()
    system.pack("large", lines=30_000)
    printed = wait_until_printed(system, "large")
    assert (printed["lines"], printed["last"]) == (30_000, "large-029999")
    (size,) = [size for key, size in system.objects().items() if key not in before]
    # More than any bus takes.
    assert size > 1_048_576


def test_what_is_gone_ends_in_the_dead_letters_with_its_cause(system: System) -> None:
    entry = system.entry("gone")
    assert entry.put_aside is not None
    s3, key = system.stage.client("s3"), entry.put_aside.claim_check.key
    s3.put_object(Bucket=system.bucket, Key=key, Body=entry.put_aside.content)
    s3.delete_object(Bucket=system.bucket, Key=key)
    system.send(entry)
    letter = system.dead_letter()
    attributes = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    assert attributes["ErrorType"] == "ClaimCheckMissingError"
    assert f"s3://{system.bucket}/{key}, which held its lines, was deleted" in attributes["ErrorMessage"]
    # It is there with its claim check, as it came.
    detail = json.loads(letter["Body"])["detail"]
    assert detail["claim_check"]["key"] == key
    assert "lines" not in detail["data"]
    assert system.printed("gone") is None


def test_a_consumer_reads_no_other_bucket(deployed: tuple[LocalStage, Deployment]) -> None:
    stage, deployment = deployed
    system = System(stage=stage, deployment=deployment, stack="Together")
    elsewhere = System(stage=stage, deployment=deployment, stack="Apart")
    entry = elsewhere.entry("secret")
    assert entry.put_aside is not None
    key = entry.put_aside.claim_check.key
    system.stage.client("s3").put_object(Bucket=elsewhere.bucket, Key=key, Body=entry.put_aside.content)
    bus_name = system.name("Bus/Bus")
    system.stage.client("events").put_events(Entries=[{**entry.request, "EventBusName": bus_name}])
    until = time.monotonic() + 60
    function = system.name("Lists/Function/Function")
    while not (lines := system.stage.logs(function, contains="ClaimCheckUnavailableError")):
        assert time.monotonic() < until, "nothing was refused"
        time.sleep(0.1)
    assert "s3:GetObject" in lines[0].message or "AccessDenied" in lines[0].message
    assert system.printed("secret") is None
