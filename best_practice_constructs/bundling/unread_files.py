"""Files of installed packages that nothing reads at run time (L3)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

# uv's bookkeeping, which names the machine's paths, and what only installers and type checkers read.
_READ_BY_INSTALLERS = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "top_level.txt", "direct_url.json", "uv_cache.json")
_READ_BY_PROGRAMS = ("METADATA", "entry_points.txt")
_READ_BY_TYPE_CHECKERS = (".pyi", ".pyx", ".pxd")
_TEST_FOLDERS = frozenset({"tests", "test"})
# What only looks like such an import keeps a few files too many, and breaks nothing.
_READS_METADATA = re.compile(rb"\b(?:importlib\.metadata|importlib_metadata|pkg_resources)\b|\bimportlib\s+import\b")
_IMPORTS_TESTS = re.compile(rb"^\s*(?:from|import)\s[^#\n]*\btests?\b", re.MULTILINE)


def remove_unread_files(packages: Path, *, readers: Iterable[bytes] = ()) -> None:
    """Remove from a directory of installed packages what nothing reads at run time.

    These are commands, stubs, installers' notes, the tests that no module imports, and the metadata of packages where
    no module asks for them. Licences stay.

    :param readers: the sources of the modules that use the packages: what they read stays.
    """
    shutil.rmtree(packages / "bin", ignore_errors=True)
    (packages / ".lock").unlink(missing_ok=True)
    modules = {path: path.read_bytes() for path in packages.rglob("*.py")}
    unread: list[str] = [*_READ_BY_INSTALLERS]
    users = list(readers)
    if not any(_READS_METADATA.search(source) for source in (*modules.values(), *users)):
        unread.extend(_READ_BY_PROGRAMS)
    for metadata in packages.glob("*.dist-info"):
        for name in unread:
            (metadata / name).unlink(missing_ok=True)
    for folder in _test_folders(packages, modules, users):
        shutil.rmtree(folder, ignore_errors=True)
    for path in [path for path in packages.rglob("*") if path.suffix in _READ_BY_TYPE_CHECKERS]:
        path.unlink()
    for path in packages.rglob("py.typed"):
        path.unlink()


def _test_folders(packages: Path, modules: Mapping[Path, bytes], users: Sequence[bytes]) -> Iterator[Path]:
    for folder in [path for path in packages.rglob("*") if path.name in _TEST_FOLDERS and path.is_dir()]:
        package = packages / folder.relative_to(packages).parts[0]
        # The tests of another package are not these.
        others = (
            source for path, source in modules.items() if path.is_relative_to(package) and folder not in path.parents
        )
        if not any(_IMPORTS_TESTS.search(source) for source in (*others, *users)):
            yield folder
