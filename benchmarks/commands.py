"""Measures the README's commands from a fresh clone, with cold caches and again: wall time and peak memory.

``python -m benchmarks.commands demo test`` (Linux only; takes minutes)
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_INTERVAL = 0.2


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a command.

    :param seconds: wall time.
    :param megabytes: the most memory that all of its processes had together, shared pages counted once.
    :param status: its exit status.
    """

    seconds: float
    megabytes: float
    status: int


def measure(target: str, *, checkout: Path, caches: Path, log: Path) -> Run:
    """Run ``make target`` in a checkout, with caches of its own."""
    places = {
        "XDG_CACHE_HOME": caches,
        "PIP_CACHE_DIR": caches / "pip",
        "UV_CACHE_DIR": caches / "uv",
        "npm_config_cache": caches / "npm",
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": caches / "jsii",
    }
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "JSII_NODE"}}
    environment |= {name: str(place) for name, place in places.items()}
    start = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(["make", target], cwd=checkout, env=environment, stdout=output, stderr=output)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _memory_of_tree(process.pid))
            time.sleep(_INTERVAL)
    return Run(seconds=time.monotonic() - start, megabytes=peak, status=process.returncode)


def _memory_of_tree(root: int) -> float:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            parent = _parent(entry)
            if parent is not None:
                children.setdefault(parent, []).append(int(entry.name))
    waiting, total = [root], 0.0
    while waiting:
        process = waiting.pop()
        total += _proportional_set_size(process)
        waiting += children.get(process, [])
    return total


def _parent(entry: Path) -> int | None:
    try:
        # The name of a program, in parentheses, may hold spaces.
        return int((entry / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def _proportional_set_size(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> int:
    """Measure the commands that are named, and print a table for the README."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.commands", description=__doc__)
    parser.add_argument("targets", nargs="*", default=["demo", "test"], help="make's targets (default: demo test)")
    failed = False
    print("| command | first run | peak memory | second run | peak memory |\n|---|---|---|---|---|")
    for target in parser.parse_args().targets:
        with tempfile.TemporaryDirectory() as temporary:
            directory = Path(temporary)
            checkout, log = directory / "checkout", directory / "output.txt"
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
            runs = [measure(target, checkout=checkout, caches=directory / "caches", log=log) for _ in range(2)]
            cells = " | ".join(f"{run.seconds:.1f} s | {run.megabytes:,.0f} MB" for run in runs)
            print(f"| `make {target}` | {cells} |", flush=True)
            if any(run.status for run in runs):
                failed = True
                sys.stderr.write(f"make {target} failed:\n{log.read_text('utf-8')[-2000:]}\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
