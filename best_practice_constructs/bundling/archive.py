"""Zip files that depend on nothing but what is put into them (L3)."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import IO

_EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE = 0o100644
_EXECUTABLE = 0o100755
_PROGRAMS = (b"\x7fELF", b"#!")


def write_archive(
    target: Path | IO[bytes],
    contents: Mapping[str, bytes],
    *,
    executables: Collection[str] | None = None,
    is_added: bool = False,
    is_compressed: bool = True,
) -> None:
    """Write a zip file, whose entries are in the order of their names, and carry no time and no owner.

    Everybody may read every entry, as Lambda needs it.

    :param contents: by name in the zip file.
    :param executables: the names of what can be executed; default: what is a program or a script by its content, since
        not every file system keeps the mode.
    :param is_added: the entries come after those that the file has already.
    """
    compression = zipfile.ZIP_DEFLATED if is_compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "a" if is_added else "w") as archive:
        for name in sorted(contents):
            is_executable = contents[name].startswith(_PROGRAMS) if executables is None else name in executables
            entry = zipfile.ZipInfo(name, date_time=_EARLIEST_ZIP_TIME)
            entry.create_system = _UNIX
            entry.external_attr = (_EXECUTABLE if is_executable else _READABLE) << 16
            archive.writestr(entry, contents[name], compress_type=compression)
