"""Zip files that depend on nothing but what is put into them (L3)."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

_EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE = 0o100644
_EXECUTABLE = 0o100755


def write_archive(target: Path, contents: Mapping[str, bytes], *, is_added: bool = False) -> None:
    """Write a zip file, whose entries are in the order of their names, and carry no time and no owner.

    Everybody may read every entry, as Lambda needs it; libraries of machine code can be executed as well.

    :param contents: by name in the zip file.
    :param is_added: the entries come after those that the file has already.
    """
    with zipfile.ZipFile(target, "a" if is_added else "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, date_time=_EARLIEST_ZIP_TIME)
            entry.create_system = _UNIX
            entry.external_attr = (_EXECUTABLE if name.endswith(".so") else _READABLE) << 16
            archive.writestr(entry, contents[name], compress_type=zipfile.ZIP_DEFLATED)
