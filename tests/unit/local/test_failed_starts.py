"""Of a handler that cannot be loaded the emulator's log tells, and the watch tells each once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from best_practice_constructs.local.failed_starts import FailedStart, FailedStartWatch, parse_failed_starts

FAILED = "2026-11-24 03:03:30 ERROR [lambda] Warm worker execution error for "
LOG = f"""2026-11-24 03:03:29 INFO [lambda] Lambda function created: orders (python3.13)
{FAILED}orders: Worker init failed: ModuleNotFoundError: No module named 'requests' (place.py, line 1)
2026-11-24 03:03:31 INFO [lambda] Lambda other output:
Warm worker execution error for other: Worker init failed: only a line that a handler printed
{FAILED}invoices: Worker init failed: ValidationError: 1 error
bucket
  Field required
[2026-11-24 03:03:32 +0000] [10736] [INFO] Running
{FAILED}crashes: Worker process exited immediately. stderr:{" "}
"""


def watch(log: Path) -> FailedStartWatch:
    return FailedStartWatch(log_path=log, path_of={"orders": "Shop/Orders"}.get)


def test_functions_are_told_with_path_and_whole_reason() -> None:
    failures = parse_failed_starts(LOG, path_of={"orders": "Shop/Orders"}.get)
    assert failures[0] == FailedStart(
        function_name="orders",
        path="Shop/Orders",
        reason="ModuleNotFoundError: No module named 'requests' (place.py, line 1)",
        at=datetime(2026, 11, 24, 3, 3, 30, tzinfo=UTC),
    )
    assert [(failure.name, failure.reason) for failure in failures[1:]] == [
        ("invoices", "ValidationError: 1 error\nbucket\n  Field required"),
        ("crashes", "Worker process exited immediately"),
    ]


def test_a_reason_is_told_once_another_one_again(tmp_path: Path) -> None:
    log = tmp_path / "emulator.log"
    log.write_text(f"{FAILED}orders: Worker init failed: no requests\n" * 3)
    watching = watch(log)
    assert [failure.reason for failure in watching.news()] == ["no requests"]
    with log.open("a") as more:
        more.write(f"{FAILED}orders: Worker init failed: no requests\n{FAILED}orders: Worker init failed: no boto")
    assert watching.news() == ()
    with log.open("a") as more:
        more.write("core\n")
    assert [failure.reason for failure in watching.news()] == ["no botocore"]


def test_what_happens_again_after_forgetting_is_told_again_but_not_what_happened_before(tmp_path: Path) -> None:
    log = tmp_path / "emulator.log"
    log.write_text(f"{FAILED}orders: Worker init failed: no requests\n")
    watching = watch(log)
    assert len(watching.news()) == 1
    watching.forget()
    assert watching.news() == ()
    with log.open("a") as more:
        more.write(f"{FAILED}orders: Worker init failed: no requests\n")
    assert len(watching.news()) == 1


def test_a_stage_that_is_gone_has_no_news(tmp_path: Path) -> None:
    assert watch(tmp_path / "emulator.log").news() == ()
