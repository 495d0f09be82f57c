"""What the sources of a bundle ask of the libraries (L3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from best_practice_constructs.bundling.bundle_sources import BundleSources
from best_practice_constructs.bundling.import_graph import ModuleTree
from best_practice_constructs.bundling.named_modules import configurations
from best_practice_constructs.bundling.unread_files import reads_metadata


@dataclass(frozen=True, kw_only=True)
class LibraryUse:
    """What the sources of a bundle ask of the libraries.

    :param names: the dotted names of modules, or of what they hold, that they import or write.
    :param elsewhere: the top-level names that only the entry's other modules import.
    :param declared: the packages that the entry asks for itself.
    :param is_open: they load modules by computed names.
    :param reads_metadata: they ask for a package's metadata.
    """

    names: frozenset[str]
    elsewhere: frozenset[str]
    declared: frozenset[str]
    is_open: bool
    reads_metadata: bool


def use_of_libraries(sources: BundleSources, *, top_level: Iterable[str]) -> LibraryUse:
    """Read what the sources of a bundle ask of the libraries.

    :param top_level: the names of the libraries' top-level modules: no others count.
    """
    tops = frozenset(top_level)
    modules = [path.read_bytes() for name, path in sources.files.items() if name.endswith(".py")]
    return LibraryUse(
        names=frozenset(_names(sources.files, tops)),
        elsewhere=sources.imported_elsewhere & tops,
        declared=sources.declared,
        is_open=sources.is_open,
        reads_metadata=any(map(reads_metadata, modules)),
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
    for text in configurations(files) if tops else ():
        yield from (word.decode() for word in words.findall(text))


def _top(name: str) -> str:
    return re.split(r"[.:]", name, maxsplit=1)[0]
