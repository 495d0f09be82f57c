"""Replaying an archive to one rule: what is planned, what is sent.

That it goes to that rule alone is asserted on the request: the emulator replays to all rules of the bus.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
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
    status = main([*WINDOW, *arguments], events=events, output=output, notes=output, now=NOW)
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


def test_each_state_is_told_once(events: EventBridgeClient, stub: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("best_practice_constructs.operations.replay_archive._POLL_SECONDS", 0)
    _planned(stub)
    stub.add_response("start_replay", {"ReplayArn": "arn", "State": "STARTING"})
    for state in ("STARTING", "RUNNING", "RUNNING", "COMPLETED"):
        stub.add_response("describe_replay", {"State": state})
    _, said = _run(events, "--apply")
    assert [line.strip() for line in said.splitlines() if line.startswith("  ")] == ["STARTING", "RUNNING", "COMPLETED"]


@pytest.mark.parametrize(
    ("call", "status"), [("describe_archive", 2), ("describe_rule", 2), ("start_replay", 2), ("describe_replay", 1)]
)
def test_what_aws_does_not_allow_is_one_line_and_the_status_says_whether_a_replay_runs(
    events: EventBridgeClient, stub: Stubber, call: str, status: int
) -> None:
    answers = {
        "describe_archive": {"ArchiveArn": ARCHIVE, "EventSourceArn": BUS},
        "describe_rule": {"Arn": RULE, "EventPattern": PATTERN},
        "start_replay": {"ReplayArn": "arn", "State": "STARTING"},
    }
    for name, answer in answers.items():
        if name == call:
            break
        stub.add_response(name, answer)
    stub.add_client_error(call, "AccessDeniedException", "not allowed")
    found, said = _run(events, "--apply")
    assert found == status
    assert said.splitlines()[-1] == "AWS did not answer as it should. AccessDeniedException: not allowed"


def test_after_ctrl_c_it_says_that_the_replay_goes_on(
    events: EventBridgeClient, stub: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    _planned(stub)
    stub.add_response("start_replay", {"ReplayArn": "arn", "State": "STARTING"})

    def interrupted(**_request: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(events, "describe_replay", interrupted)
    status, said = _run(events, "--apply")
    assert status == 130
    assert "goes on: aws events list-replays shows it" in said


def test_it_needs_no_boto3_and_its_help_no_sdk() -> None:
    program = (
        "import sys; sys.modules['boto3'] = None\n"
        "if len(sys.argv) == 2 or '--without' in sys.argv: sys.modules['botocore'] = None\n"
        "from best_practice_constructs.operations.replay_archive import main\n"
        "sys.exit(main([each for each in sys.argv[1:] if each != '--without']))"
    )
    command = [sys.executable, "-c", program]
    helped = subprocess.run([*command, "--help"], capture_output=True, text=True, check=False)
    assert (helped.returncode, "--apply" in helped.stdout) == (0, True)
    failed = subprocess.run([*command, *WINDOW, "--without"], capture_output=True, text=True, check=False)
    assert failed.returncode == 2
    assert failed.stderr.strip().endswith("pip install 'best-practice-constructs[runtime]'.")
    environment = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_REGION": "eu-west-1", "AWS_MAX_ATTEMPTS": "1"}
    keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "eu-west-1"}
    asked = subprocess.run(
        [*command, *WINDOW], capture_output=True, text=True, check=False, env=os.environ | environment | keys
    )
    assert asked.returncode == 2
    assert "AWS did not answer as it should. EndpointConnectionError" in asked.stderr


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
    assert status == 2
    assert "enable it first" in said


def test_a_rule_of_another_bus_is_told(events: EventBridgeClient, stub: Stubber) -> None:
    answer = {"ArchiveArn": ARCHIVE, "EventSourceArn": BUS, "RetentionDays": 0}
    stub.add_response("describe_archive", answer)
    stub.add_client_error("describe_rule", "ResourceNotFoundException")
    status, said = _run(events)
    assert status == 2
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
    assert main(arguments, events=events, output=output, notes=output, now=NOW) == 2
    assert message in output.getvalue()


def test_what_the_archive_keeps_no_more_is_not_replayed(events: EventBridgeClient, stub: Stubber) -> None:
    stub.add_response("describe_archive", {"ArchiveArn": ARCHIVE, "EventSourceArn": BUS, "RetentionDays": 30})
    output = io.StringIO()
    assert main(WINDOW, events=events, output=output, notes=output, now=NOW + timedelta(days=60)) == 2
    assert "keeps events for 30 days" in output.getvalue()


def test_a_moment_without_a_zone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--archive", "a", "--rule", "r", "--start", "2026-11-24T02:00:00"])
    assert "has no time zone" in capsys.readouterr().err


def test_an_archive_that_is_none_is_told(events: EventBridgeClient, stub: Stubber) -> None:
    stub.add_client_error("describe_archive", "ResourceNotFoundException")
    status, said = _run(events)
    assert status == 2
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
    assert status == 2
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
    assert main(WINDOW, events=events, output=output, notes=output, now=moment) == 0
    assert "Of that, nothing before 2026-11-24T02:30:00+00:00: the archive keeps it no longer." in output.getvalue()


def test_a_rule_may_be_named_as_cloudformation_does(events: EventBridgeClient, stub: Stubber) -> None:
    _planned(stub)
    status, said = _run(events, "--rule", "shop|invoices")
    assert status == 0
    assert "keeps it no longer" not in said
