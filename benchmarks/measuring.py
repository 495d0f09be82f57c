"""Measures in turns, and in processes that nothing was loaded into before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# A process that compiles what it imports measures the compiler; who wants that says so with -B and stale byte code.
_UNSETTLED = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PYTHONOPTIMIZE", "PYTHONHASHSEED"})


def in_turns(
    *sides: Callable[[], Sequence[float]], rounds: int, warm_up: int = 1
) -> tuple[tuple[tuple[float, ...], ...], ...]:
    """Run the sides in turns, so that what else the machine does falls on all of them.

    Every other round goes the other way round: whoever is first would have the caches of another.

    :param sides: each measures once and gives its figures.
    :param rounds: the rounds that count.
    :param warm_up: the rounds before them.
    :returns: of each side, of each of its figures, the values of the rounds.
    """
    found: list[list[Sequence[float]]] = [[] for _ in sides]
    for number in range(warm_up + rounds):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for index in order:
            figures = sides[index]()
            if number >= warm_up:
                found[index].append(figures)
    return tuple(tuple(zip(*of_side, strict=True)) for of_side in found)


def settled_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment of a measured process: this one, less what changes how Python loads modules."""
    inherited = {name: value for name, value in os.environ.items() if name not in _UNSETTLED}
    return {**inherited, **(more or {})}


def figures_of(
    arguments: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    replace: bool = False,
    given: str = "",
) -> Mapping[str, object]:
    """Run Python afresh, and read the JSON object in the last line that it writes.

    :param arguments: what follows the interpreter.
    :param environment: variables beside this process's own.
    :param replace: these variables and no others.
    :param given: what it reads from its standard input.
    :raises RuntimeError: it failed; the message holds what it said.
    """
    variables = dict(environment or {}) if replace else settled_environment(environment)
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=variables, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, arguments))[:200]} failed:\n{done.stderr[-2000:]}")
    figures: Mapping[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures


def wall_seconds(command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None) -> float:
    """Run a command from the project's root, and give its wall time.

    :raises RuntimeError: it failed; the message holds what it said.
    """
    start = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=settled_environment(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))[:200]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return seconds
