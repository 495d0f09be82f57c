"""Finding the Python that a function runs on, which can compile for it (L3)."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from uv import find_uv_bin

from best_practice_constructs.bundling.bundle_cache import cached


@functools.cache
def interpreter_of(python_version: str) -> str | None:
    """Find an interpreter of a version, such as ``"3.14"``, on this machine: byte code is of one version only.

    The search asks each Python that there is. Its answer is remembered until something is installed.

    :returns: its path, or ``None``: nothing is downloaded.
    """
    if python_version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable

    def build(target: Path) -> None:
        target.write_text(_found(python_version) or "", encoding="utf-8")

    places = hashlib.sha256("\n".join((python_version, *_places())).encode()).hexdigest()
    known = cached(kind="interpreters", name=f"{places}.txt", build=build).read_text(encoding="utf-8")
    if not known:
        return None
    return known if Path(known).exists() else _found(python_version)


def _found(python_version: str) -> str | None:
    command = [
        *(find_uv_bin(), "python", "find", "--no-project", "--no-config", "--no-python-downloads"),
        f"cpython@{python_version}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def _places() -> Iterator[str]:
    """Give where uv looks, and when something was last added or removed there."""
    # As uv has it on macOS, too.
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    managed = os.environ.get("UV_PYTHON_INSTALL_DIR") or f"{data}/uv/python"
    for place in (managed, *os.environ.get("PATH", "").split(os.pathsep)):
        try:
            yield f"{place} {Path(place).stat().st_mtime_ns}"
        except OSError:
            yield place
