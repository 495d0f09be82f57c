from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.bundling.archive import write_archive

NAMES = st.text("ab/_", min_size=1, max_size=5).filter(lambda name: "//" not in name and name.strip("/") == name)


@given(contents=st.dictionaries(NAMES, st.binary(max_size=20)), data=st.data())
def test_it_is_the_same_in_any_order_of_what_it_holds(contents: dict[str, bytes], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(contents.items()))))
    with tempfile.TemporaryDirectory() as scratch:
        one, other = Path(scratch, "one.zip"), Path(scratch, "other.zip")
        write_archive(one, contents)
        write_archive(other, shuffled)
        assert one.read_bytes() == other.read_bytes()
        with zipfile.ZipFile(one) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == contents


def test_everybody_may_read_every_entry_and_no_time_is_kept(tmp_path: Path) -> None:
    contents = {"lib/core.so": b"\x7fELF1", "bin/render": b"#!/bin/sh\n", "handler.py": b"2", "empty": b""}
    write_archive(tmp_path / "a.zip", contents)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert modes == {"handler.py": 0o644, "lib/core.so": 0o755, "bin/render": 0o755, "empty": 0o644}


def test_more_entries_come_after_those_that_are_there(tmp_path: Path) -> None:
    write_archive(tmp_path / "a.zip", {"z.py": b"1"})
    write_archive(tmp_path / "a.zip", {"a.py": b"2"}, is_added=True)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"z.py": b"1", "a.py": b"2"}


def test_what_can_be_executed_may_be_told_and_nothing_be_compressed(tmp_path: Path) -> None:
    write_archive(tmp_path / "a.zip", {"tool": b"1" * 99, "core.so": b"2"}, executables={"tool"}, is_compressed=False)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        entries = {
            entry.filename: (entry.external_attr >> 16 & 0o777, entry.compress_size) for entry in archive.infolist()
        }
    assert entries == {"tool": (0o755, 99), "core.so": (0o644, 1)}
