"""Replaying an archive to one rule: what is planned, what is sent."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber

from best_practice_constructs.operations.replay_archive import main

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/shop"
ARCHIVE = "arn:aws:events:eu-west-1:111122223333:archive/kept"
RULE = "arn:aws:events:eu-west-1:111122223333:rule/shop/invoices"
PATTERN = '{"source":["com.example.orders"]}'
WINDOW = ["--archive", "kept", "--rule", "invoices", "--start", "2026-11-24T02:00:00Z", "--end", "2026-11-24T03:00:00Z"]


@pytest.fixture
def events() -> EventBridgeClient:
    return boto3.client("events", region_name="eu-west-1", aws_access_key_id="k", aws_secret_access_key="s")


@pytest.fixture
def stub(events: EventBridgeClient) -> Iterator[Stubber]:
    with Stubber(events) as stub:
        yield stub
        stub.assert_no_pending_responses()


def _planned(stub: Stubber, *, state: str = "ENABLED") -> None:
    answer = {"ArchiveArn": ARCHIVE, "EventSourceArn": BUS, "RetentionDays": 30, "EventCount": 500}
    stub.add_response("describe_archive", answer, {"ArchiveName": "kept"})
    rule = {"Arn": RULE, "EventPattern": PATTERN, "State": state}
    stub.add_response("describe_rule", rule, {"Name": "invoices", "EventBusName": "shop"})


def _run(events: EventBridgeClient, *arguments: str) -> tuple[int, str]:
    output = io.StringIO()
    status = main([*WINDOW, *arguments], events=events, output=output, now=NOW)
    return status, output.getvalue()


def test_without_apply_it_says_what_it_would_do_and_sends_nothing(events: EventBridgeClient, stub: Stubber) -> None:
    _planned(stub)
    status, said = _run(events)
    assert status == 0
    assert "500 events in all" in said
    assert PATTERN in said
    assert "Nothing was sent. Add --apply" in said


def test_with_apply_the_window_is_sent_to_that_rule_only(
    events: EventBridgeClient, stub: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    _planned(stub)
    name = "invoices-20261124T120000"
    stub.add_response(
        "start_replay",
        {"ReplayArn": "arn", "State": "STARTING"},
        {
            "ReplayName": name,
            "EventSourceArn": ARCHIVE,
            "EventStartTime": datetime(2026, 11, 24, 2, tzinfo=UTC),
            "EventEndTime": datetime(2026, 11, 24, 3, tzinfo=UTC),
            "Destination": {"Arn": BUS, "FilterArns": [RULE]},
        },
    )
    for state in ("STARTING", "COMPLETED"):
        stub.add_response("describe_replay", {"State": state}, {"ReplayName": name})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("best_practice_constructs.operations.replay_archive._POLL_SECONDS", 0)
        status, said = _run(events, "--apply")
    assert status == 0
    assert said.endswith(f"The replay {name} is complete.\n")


def test_a_replay_that_fails_says_why(events: EventBridgeClient, stub: Stubber) -> None:
    _planned(stub)
    stub.add_response("start_replay", {"ReplayArn": "arn", "State": "STARTING"})
    stub.add_response("describe_replay", {"State": "FAILED", "StateReason": "no key"})
    status, said = _run(events, "--apply")
    assert status == 1
    assert "is FAILED: no key" in said


def test_a_disabled_rule_would_take_nothing(events: EventBridgeClient, stub: Stubber) -> None:
    _planned(stub, state="DISABLED")
    status, said = _run(events)
    assert status == 1
    assert "enable it first" in said


def test_a_rule_of_another_bus_is_told(events: EventBridgeClient, stub: Stubber) -> None:
    answer = {"ArchiveArn": ARCHIVE, "EventSourceArn": BUS, "RetentionDays": 0}
    stub.add_response("describe_archive", answer)
    stub.add_client_error("describe_rule", "ResourceNotFoundException")
    status, said = _run(events)
    assert status == 1
    assert "aws events list-rules --event-bus-name shop" in said


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2026-11-24T03:00:00Z", "2026-11-24T02:00:00Z", "no window of the past"),
        ("2026-11-24T03:00:00Z", "2026-11-25T02:00:00Z", "no window of the past"),
    ],
)
def test_a_window_that_is_none_is_refused(events: EventBridgeClient, start: str, end: str, message: str) -> None:
    output = io.StringIO()
    arguments = ["--archive", "kept", "--rule", "invoices", "--start", start, "--end", end]
    assert main(arguments, events=events, output=output, now=NOW) == 1
    assert message in output.getvalue()


def test_what_the_archive_keeps_no_more_is_not_replayed(events: EventBridgeClient, stub: Stubber) -> None:
    stub.add_response("describe_archive", {"ArchiveArn": ARCHIVE, "EventSourceArn": BUS, "RetentionDays": 30})
    output = io.StringIO()
    assert main(WINDOW, events=events, output=output, now=NOW + timedelta(days=60)) == 1
    assert "keeps events for 30 days" in output.getvalue()


def test_a_moment_without_a_zone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--archive", "a", "--rule", "r", "--start", "2026-11-24T02:00:00"])
    assert "has no time zone" in capsys.readouterr().err


def test_an_archive_that_is_none_is_told(events: EventBridgeClient, stub: Stubber) -> None:
    stub.add_client_error("describe_archive", "ResourceNotFoundException")
    status, said = _run(events)
    assert status == 1
    assert "There is no archive 'kept'" in said
    assert "aws events list-archives" in said


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("LimitExceededException", "start this one again when one of them has ended"),
        ("ResourceAlreadyExistsException", "there is a replay invoices-20261124T120000 already"),
    ],
)
def test_a_replay_that_cannot_start_now_is_told(
    events: EventBridgeClient, stub: Stubber, code: str, message: str
) -> None:
    _planned(stub)
    stub.add_client_error("start_replay", code)
    status, said = _run(events, "--apply")
    assert status == 1
    assert "Nothing was sent: " in said
    assert message in said


def test_the_bus_of_a_partner_is_found(events: EventBridgeClient, stub: Stubber) -> None:
    name = "aws.partner/mongodb.com/stitch.trigger/1"
    bus = f"arn:aws:events:eu-west-1:111122223333:event-bus/{name}"
    stub.add_response("describe_archive", {"ArchiveArn": ARCHIVE, "EventSourceArn": bus, "RetentionDays": 0})
    stub.add_response("describe_rule", {"Arn": RULE}, {"Name": "invoices", "EventBusName": name})
    assert _run(events)[0] == 0


def test_what_the_archive_has_no_longer_of_the_window_is_told(events: EventBridgeClient, stub: Stubber) -> None:
    _planned(stub)
    output = io.StringIO()
    moment = datetime(2026, 11, 24, 2, 30, tzinfo=UTC) + timedelta(days=30)
    assert main(WINDOW, events=events, output=output, now=moment) == 0
    assert "Of that, nothing before 2026-11-24T02:30:00+00:00: the archive keeps it no longer." in output.getvalue()


def test_a_rule_may_be_named_as_cloudformation_does(events: EventBridgeClient, stub: Stubber) -> None:
    _planned(stub)
    status, said = _run(events, "--rule", "shop|invoices")
    assert status == 0
    assert "keeps it no longer" not in said
