"""Files of installed packages that nothing reads at run time (L3)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

# uv's bookkeeping, which names the machine's paths, and what only installers and type checkers read.
_READ_BY_INSTALLERS = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "top_level.txt", "direct_url.json", "uv_cache.json")
_READ_BY_PROGRAMS = ("METADATA", "entry_points.txt")
_READ_BY_TYPE_CHECKERS = (".pyi", ".pyx", ".pxd")
_TEST_FOLDERS = frozenset({"tests", "test"})
_READS_METADATA = re.compile(rb"\b(?:importlib\.metadata|importlib_metadata|pkg_resources)\b|importlib import metadata")
_IMPORTS_TESTS = re.compile(
    rb"^\s*(?:from|import)\s+[\w.]*\btests?\b|^\s*from\s+[\w.]+\s+import\s+tests?\b", re.MULTILINE
)


def remove_unread_files(packages: Path) -> None:
    """Remove from a directory of installed packages what nothing reads at run time.

    These are commands, stubs, installers' notes, the tests that no module imports, and the metadata of packages where
    no module asks for them. Licences stay.
    """
    shutil.rmtree(packages / "bin", ignore_errors=True)
    (packages / ".lock").unlink(missing_ok=True)
    modules = {path: path.read_bytes() for path in packages.rglob("*.py")}
    unread: list[str] = [*_READ_BY_INSTALLERS]
    if not any(_READS_METADATA.search(source) for source in modules.values()):
        unread.extend(_READ_BY_PROGRAMS)
    for metadata in packages.glob("*.dist-info"):
        for name in unread:
            (metadata / name).unlink(missing_ok=True)
    for folder in _test_folders(packages, modules):
        shutil.rmtree(folder, ignore_errors=True)
    for path in [path for path in packages.rglob("*") if path.suffix in _READ_BY_TYPE_CHECKERS]:
        path.unlink()
    for path in packages.rglob("py.typed"):
        path.unlink()


def _test_folders(packages: Path, modules: dict[Path, bytes]) -> Iterator[Path]:
    folders = [path for path in packages.rglob("*") if path.name in _TEST_FOLDERS and path.is_dir()]
    for folder in folders:
        package = packages / folder.relative_to(packages).parts[0]
        others = (
            source for path, source in modules.items() if path.is_relative_to(package) and folder not in path.parents
        )
        if not any(_IMPORTS_TESTS.search(source) for source in others):
            yield folder
