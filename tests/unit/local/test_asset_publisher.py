"""A zip file depends on the content of a directory and on nothing else."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from best_practice_constructs.local.asset_publisher import zip_directory


def write_files(directory: Path, names: list[str]) -> None:
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")


def test_the_same_files_give_the_same_bytes_whenever_and_in_whatever_order_they_were_written(tmp_path: Path) -> None:
    names = ["b.py", "a/c.py", "a.py", "a/b/d.py"]
    write_files(tmp_path / "one", names)
    write_files(tmp_path / "two", names[::-1])
    os.utime(tmp_path / "two" / "b.py", (0, 0))
    (tmp_path / "two" / "a.py").chmod(0o600)
    assert zip_directory(tmp_path / "one") == zip_directory(tmp_path / "two")


def test_programs_stay_executable(tmp_path: Path) -> None:
    write_files(tmp_path, ["bootstrap", "readme"])
    (tmp_path / "bootstrap").chmod(0o755)
    with zipfile.ZipFile(io.BytesIO(zip_directory(tmp_path))) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes == {"bootstrap": 0o100755, "readme": 0o100644}
