"""Workers are told from the emulator's other children by their command lines."""

from __future__ import annotations

from best_practice_constructs.local.worker_processes import Worker, parse_workers


def test_the_function_is_read_from_the_directory_of_the_worker() -> None:
    processes = [
        (12, "/cache/handlers/bin/python /tmp/x/ministack-lambda-Orders-Place-1A2B-ab_9xyz0/_worker.py"),
        (11, "node /tmp/x/ministack-lambda-Web-abcdefgh/_worker.js"),
        (13, "/bin/sh -c true"),
    ]
    assert parse_workers(processes) == (
        Worker(pid=11, function_name="Web"),
        Worker(pid=12, function_name="Orders-Place-1A2B"),
    )
