"""Writes the sources of bundles, and libraries as installers leave them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write_entry(directory: Path, **files: str) -> Path:
    """Write an entry with a handler that does nothing, or the one that is given."""
    return write_files(directory, **{"handler.py": "def handler(event, context): ...\n", **files})


def write_files(directory: Path, **files: str) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


def install(
    directory: Path, name: str, files: Mapping[str, str], *, requires: tuple[str, ...] = (), entry_points: str = ""
) -> None:
    """Install a library into a directory, as installers do.

    :param requires: as wheels name them, such as ``"driver; extra == 'fast'"``.
    """
    notes = f"{name}-1.0.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"]
    metadata += [f"Requires-Dist: {requirement}\n" for requirement in requires]
    written = {**files, f"{notes}/METADATA": "".join(metadata), f"{notes}/entry_points.txt": entry_points}
    record = "".join(f"{file},,\n" for file in (*written, f"{notes}/RECORD"))
    write_files(directory, **written, **{f"{notes}/RECORD": record})
