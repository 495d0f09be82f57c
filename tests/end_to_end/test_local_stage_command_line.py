"""The command of the embedded stage, as a process of its own: what it prints, and that it ends with all it started."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.local_stage_app import write_app

pytestmark = pytest.mark.end_to_end

COMMAND = [sys.executable, "-m", "best_practice_constructs.local", "up"]


@pytest.fixture(scope="module")
def app_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_app(tmp_path_factory.mktemp("app") / "orders")


def start(app_directory: Path, temporary: Path) -> subprocess.Popen[str]:
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1"}
    # A shell lets its background jobs ignore Ctrl-C, and what they start inherits that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [*COMMAND, str(app_directory)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} was not printed, but:\n{seen}")


@pytest.mark.parametrize(
    ("ending", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_up_tells_how_to_reach_the_stage_and_ends_without_a_trace(
    app_directory: Path, tmp_path: Path, ending: signal.Signals, status: int
) -> None:
    process = start(app_directory, tmp_path / "temporary")
    try:
        seen = read_until(process, "Ctrl-C stops it")
        process.send_signal(ending)
        rest, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == status
    assert "Traceback" not in seen + rest
    assert re.search(r"✓ Starting the emulator \d+\.\d s\n✓ Synthesizing the app .* s\n", seen)
    assert re.search(r"export AWS_ENDPOINT_URL=http://127\.0\.0\.1:\d+\n", seen)
    assert "AWS::XRay::Group: the emulator does not know this type\n    Code/Group\n" in seen
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (list(_stages(tmp_path)) or _processes_in(tmp_path)):
        time.sleep(0.05)
    assert not list(_stages(tmp_path))
    assert not _processes_in(tmp_path)


def test_an_app_that_fails_is_told_by_what_it_said_first(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text('{"app": "python -c \\"raise SystemExit(\'no such order\')\\""}')
    completed = subprocess.run(
        [*COMMAND, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        check=False,
    )
    assert completed.returncode == 1
    assert completed.stderr.startswith(f"Error: The app in {tmp_path} could not be synthesized: no such order\n")
    assert completed.stderr.rstrip().endswith("ended with status 1.")
    assert "Traceback" not in completed.stderr


def _stages(directory: Path) -> list[Path]:
    return list((directory / "temporary").glob("best-practice-constructs-stage-*"))


def _processes_in(directory: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = entry.joinpath("cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if f"{directory}/temporary/" in command:
                found.append(command)
    return found
