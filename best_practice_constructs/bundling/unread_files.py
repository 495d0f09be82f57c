"""Files of installed packages that nothing reads at run time (L3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from best_practice_constructs.bundling.import_graph import ModuleTree

# uv's bookkeeping, which names the machine's paths, and what only installers and type checkers read.
_READ_BY_INSTALLERS = frozenset({"RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", "uv_cache.json"})
_READ_BY_PROGRAMS = frozenset({"METADATA", "entry_points.txt", "top_level.txt"})
_READ_BY_TYPE_CHECKERS = (".pyi", ".pyx", ".pxd", "/py.typed")
_TEST_FOLDERS = frozenset({"tests", "test"})
# What only looks like such an import keeps a few files too many, and breaks nothing.
_READS_METADATA = re.compile(
    rb"\b(?:importlib\.metadata|importlib_metadata|pkg_resources)\b"
    rb"|\bimportlib\s+import\s*(?:\([^)]*|[^(\n]*)\bmetadata\b"
)
_SPEAKS_OF_TESTS = re.compile(rb"\btests?\b")
# Lazy packages of the scientific Python project name their modules in stubs.
_READS_STUBS = b"attach_stub"


def reads_metadata(source: bytes) -> bool:
    """Tell whether a module seems to ask for the metadata of a package."""
    return _READS_METADATA.search(source) is not None


def without_unread_files(
    packages: Mapping[str, Path], *, named: Collection[str] = (), reads_metadata_itself: bool = False
) -> dict[str, Path]:
    """Leave out of the files of installed packages what nothing reads at run time.

    These are stubs, installers' notes, the tests that no module imports, and the metadata of packages where no module
    asks for them. Licences stay.

    :param packages: where the files lie, by their name in the bundle.
    :param named: the dotted names that the function's own modules import or write.
    :param reads_metadata_itself: the function's own modules ask for metadata.
    """
    modules = {name: path.read_bytes() for name, path in packages.items() if name.endswith(".py")}
    notes = _READ_BY_INSTALLERS
    if not (reads_metadata_itself or any(map(reads_metadata, modules.values()))):
        notes |= _READ_BY_PROGRAMS
    stubs = () if any(_READS_STUBS in source for source in modules.values()) else _READ_BY_TYPE_CHECKERS
    tests = tuple(_unread_test_folders(packages, modules, named))
    return {
        name: path
        for name, path in packages.items()
        if not (_is_note(name, notes) or name.endswith(stubs) or name.startswith(tests))
    }


def _is_note(name: str, notes: frozenset[str]) -> bool:
    path = PurePosixPath(name)
    return path.name in notes and path.parent.name.endswith(".dist-info")


def _unread_test_folders(
    packages: Mapping[str, Path], modules: Mapping[str, bytes], named: Collection[str]
) -> Iterator[str]:
    folders = {parent for name in packages for parent in PurePosixPath(name).parents if parent.name in _TEST_FOLDERS}
    tests = {folder: ".".join(folder.parts) for folder in sorted(folders)}
    tree = ModuleTree(packages)
    wanted = set(named)
    for name, source in modules.items():
        if folders.isdisjoint(PurePosixPath(name).parents) and _SPEAKS_OF_TESTS.search(source):
            imports = tree.imports(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
            wanted.update(imports.texts, (imported.target for imported in imports.names))
    for folder, dotted in tests.items():
        if not any(f"{each}.".startswith(f"{dotted}.") for each in wanted):
            yield f"{folder}/"
