"""Finds the processes in which an emulator runs Lambda handlers."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# .../ministack-lambda-<function name>-<eight random characters>/_worker.py
_WORKER = re.compile(r"ministack-lambda-(?P<function>[A-Za-z0-9_-]+)-[a-z0-9_]{8}/_worker\.(?:py|js)\b")


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A process that runs the handler of one function.

    :param pid: its process id.
    :param function_name: the physical name of the function.
    """

    pid: int
    function_name: str


def find_workers(*, emulator_pid: int) -> tuple[Worker, ...]:
    """Return the workers that are children of an emulator, by process id.

    :param emulator_pid: the emulator's process id.
    """
    processes = _linux_children(emulator_pid) if Path("/proc/self/stat").exists() else _children(emulator_pid)
    return parse_workers(processes)


def send_signal(signal: int, pids: Iterable[int]) -> tuple[int, ...]:
    """Send a signal to processes and return the ids of those that were still there.

    :param signal: the signal.
    :param pids: the process ids.
    """
    hit = []
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal)
            hit.append(pid)
    return tuple(hit)


def parse_workers(processes: list[tuple[int, str]]) -> tuple[Worker, ...]:
    """Return the workers among processes, given as id and command line."""
    workers = []
    for pid, command in processes:
        match = _WORKER.search(command)
        if match:
            workers.append(Worker(pid=pid, function_name=match["function"]))
    return tuple(sorted(workers, key=lambda worker: worker.pid))


def _linux_children(parent: int) -> list[tuple[int, str]]:
    # Not ps: slim containers have none.
    children = []
    for directory in Path("/proc").iterdir():
        if not directory.name.isdigit():
            continue
        try:
            # The name in parentheses may hold anything, parentheses too; what follows the last one is regular.
            state, parent_id = directory.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent_id) != parent or state == "Z":
                continue
            command = directory.joinpath("cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError):
            continue
        children.append((int(directory.name), command))
    return children


def _children(parent: int) -> list[tuple[int, str]]:
    listing = subprocess.run(["ps", "-axo", "pid=,ppid=,command="], capture_output=True, text=True, check=True).stdout
    fields = (line.split(None, 2) for line in listing.splitlines())
    return [(int(entry[0]), entry[2]) for entry in fields if len(entry) == 3 and int(entry[1]) == parent]
