"""The files below a directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def files_below(directory: Path) -> Iterator[tuple[str, Path]]:
    """Give every file below a directory, by its name from there."""
    for path in directory.rglob("*"):
        if path.is_file():
            yield path.relative_to(directory).as_posix(), path
