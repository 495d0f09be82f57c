"""The libraries of a bundle, zipped once for all functions that need the same (L3)."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from best_practice_constructs.bundling.archive import write_archive
from best_practice_constructs.bundling.bundle_cache import cached
from best_practice_constructs.bundling.bundle_sources import BundleSources
from best_practice_constructs.bundling.byte_code import source_names
from best_practice_constructs.bundling.directory_files import files_below
from best_practice_constructs.bundling.distribution import installed_distributions
from best_practice_constructs.bundling.import_graph import module_name
from best_practice_constructs.bundling.needed_libraries import needed_libraries
from best_practice_constructs.bundling.unread_files import without_unread_files
from best_practice_constructs.bundling.use_of_libraries import LibraryUse, use_of_libraries


def archived_libraries(sources: BundleSources, *, libraries: Path) -> Path:
    """Give a zip file of the libraries that a function needs.

    :param libraries: the directory where the locked packages are installed.
    """
    use = use_of_libraries(sources, top_level=_top_level(libraries))
    needed = _needed(use, libraries)
    # The entry's own file stands for one of the same name.
    hidden = frozenset(name for name in sources.own if (libraries / name).exists())

    def build(target: Path) -> None:
        files = without_unread_files(
            _files(libraries, needed),
            named=use.names,
            reads_metadata_itself=use.reads_metadata,
        )
        write_archive(
            target, {name: path.read_bytes() for name, path in files.items() if hidden.isdisjoint(source_names(name))}
        )

    tests = sorted(name for name in use.names if not {"test", "tests"}.isdisjoint(name.split(".")))
    name = _digest(libraries.name, needed, sorted(hidden), use.reads_metadata, tests)
    return cached(kind="library-archives", name=f"{name}.zip", build=build)


def _needed(use: LibraryUse, libraries: Path) -> list[str]:
    """Give which libraries are needed; a change of the sources that asks for no other module finds the answer."""

    def build(target: Path) -> None:
        needed = needed_libraries(installed_distributions(libraries), use)
        target.write_text(json.dumps(sorted(needed)), encoding="utf-8")

    # What a newer Python can read, an older one cannot.
    parts = (sorted(use.names), sorted(use.elsewhere), sorted(use.declared), use.is_open, use.reads_metadata)
    name = _digest(libraries.name, sys.version_info[:2], *parts)
    answer: list[str] = json.loads(
        cached(kind="needed-libraries", name=f"{name}.json", build=build).read_text(encoding="utf-8")
    )
    return answer


def _files(libraries: Path, needed: Collection[str]) -> dict[str, Path]:
    """Give all files but those of packages that are not needed: some may be of several, some of none."""
    kept, left_out = set[str](), set[str]()
    for name, distribution in installed_distributions(libraries).items():
        (kept if name in needed else left_out).update(distribution.files)
    return {name: path for name, path in files_below(libraries) if name in kept or name not in left_out}


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _top_level(libraries: Path) -> Iterator[str]:
    for path in libraries.iterdir():
        name = path.name.partition(".")[0]
        if name.isidentifier() and (path.is_dir() or module_name(path.name)):
            yield name
