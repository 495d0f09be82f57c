"""Files of installed packages that nothing reads at run time (L3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

# uv's bookkeeping, which names the machine's paths, and what only installers and type checkers read.
_READ_BY_INSTALLERS = frozenset(
    {"RECORD", "INSTALLER", "REQUESTED", "WHEEL", "top_level.txt", "direct_url.json", "uv_cache.json"}
)
_READ_BY_PROGRAMS = frozenset({"METADATA", "entry_points.txt"})
_READ_BY_TYPE_CHECKERS = (".pyi", ".pyx", ".pxd", "/py.typed")
_TEST_FOLDERS = frozenset({"tests", "test"})
# What only looks like such an import keeps a few files too many, and breaks nothing.
_READS_METADATA = re.compile(
    rb"\b(?:importlib\.metadata|importlib_metadata|pkg_resources)\b"
    rb"|\bimportlib\s+import\s*(?:\([^)]*|[^(\n]*)\bmetadata\b"
)
_IMPORTS_TESTS = re.compile(rb"^\s*(?:from|import)\s[^#\n]*\btests?\b", re.MULTILINE)


def reads_metadata(source: bytes) -> bool:
    """Tell whether a module seems to ask for the metadata of a package."""
    return _READS_METADATA.search(source) is not None


def imports_tests(source: bytes) -> bool:
    """Tell whether a module seems to import a package's tests."""
    return _IMPORTS_TESTS.search(source) is not None


def without_unread_files(
    packages: Mapping[str, Path], *, reads_metadata_itself: bool = False, imports_tests_itself: bool = False
) -> dict[str, Path]:
    """Leave out of the files of installed packages what nothing reads at run time.

    These are stubs, installers' notes, the tests that no module imports, and the metadata of packages where no module
    asks for them. Licences stay.

    :param packages: where the files lie, by their name in the bundle.
    :param reads_metadata_itself: the function's own modules ask for metadata.
    :param imports_tests_itself: the function's own modules import tests.
    """
    modules = {name: path.read_bytes() for name, path in packages.items() if name.endswith(".py")}
    notes = _READ_BY_INSTALLERS
    if not (reads_metadata_itself or any(map(reads_metadata, modules.values()))):
        notes |= _READ_BY_PROGRAMS
    left_out = () if imports_tests_itself else tuple(_unread_test_folders(packages, modules))
    return {
        name: path
        for name, path in packages.items()
        if not (_is_note(name, notes) or name.endswith(_READ_BY_TYPE_CHECKERS) or name.startswith(left_out))
    }


def _is_note(name: str, notes: frozenset[str]) -> bool:
    path = PurePosixPath(name)
    return path.name in notes and path.parent.name.endswith(".dist-info")


def _unread_test_folders(packages: Mapping[str, Path], modules: Mapping[str, bytes]) -> Iterator[str]:
    folders = {parent for name in packages for parent in PurePosixPath(name).parents if parent.name in _TEST_FOLDERS}
    for folder in sorted(folders):
        package, tests = f"{folder.parts[0]}/", f"{folder}/"
        # The tests of another package are not these.
        others = (source for name, source in modules.items() if name.startswith(package) and not name.startswith(tests))
        if not any(map(imports_tests, others)):
            yield tests
