"""What the sources of a bundle ask of the libraries (L3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from best_practice_constructs.bundling.bundle_sources import BundleSources
from best_practice_constructs.bundling.import_graph import ModuleTree
from best_practice_constructs.bundling.unread_files import imports_tests, reads_metadata

# A larger one holds data, and names no module.
_LARGEST_CONFIGURATION = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class LibraryUse:
    """What the sources of a bundle ask of the libraries.

    :param names: the dotted names of modules, or of what they hold, that they import or write.
    :param elsewhere: the top-level names that only the entry's other modules import.
    :param is_open: they load modules by computed names.
    :param reads_metadata: they ask for a package's metadata.
    :param imports_tests: they import a package's tests.
    """

    names: frozenset[str]
    elsewhere: frozenset[str]
    is_open: bool
    reads_metadata: bool
    imports_tests: bool


def library_use(sources: BundleSources, *, top_level: Iterable[str]) -> LibraryUse:
    """Read what the sources of a bundle ask of the libraries.

    :param top_level: the names of the libraries' top-level modules: no others count.
    """
    tops = frozenset(top_level)
    modules = [path.read_bytes() for name, path in sources.files.items() if name.endswith(".py")]
    return LibraryUse(
        names=frozenset(_names(sources.files, tops)),
        elsewhere=sources.imported_elsewhere & tops,
        is_open=sources.is_open,
        reads_metadata=any(map(reads_metadata, modules)),
        imports_tests=any(map(imports_tests, modules)),
    )


def _names(files: Mapping[str, Path], tops: frozenset[str]) -> Iterator[str]:
    tree = ModuleTree(files)
    for module in tree.files:
        imports = tree.imports(module)
        for imported in imports.names:
            yield from (name for name in (imported.module, imported.target) if _top(name) in tops)
        yield from (text.replace(":", ".") for text in imports.texts if _top(text) in tops)
    # A configuration may name a class, such as the formatter of logs.
    words = re.compile(rb"\b(?:" + b"|".join(re.escape(top.encode()) for top in sorted(tops)) + rb")\b")
    for name, path in files.items():
        if tops and not name.endswith(".py") and path.stat().st_size <= _LARGEST_CONFIGURATION:
            yield from (word.decode() for word in words.findall(path.read_bytes()))


def _top(name: str) -> str:
    return re.split(r"[.:]", name, maxsplit=1)[0]
