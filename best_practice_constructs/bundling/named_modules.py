"""Modules of an entry that something else than an import names (L3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from best_practice_constructs.bundling.import_graph import ModuleTree, with_parents

_DOTTED = re.compile(rb"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+", re.ASCII)
# A larger one holds data, and names no module.
LARGEST_CONFIGURATION = 256 * 1024


def configurations(files: Mapping[str, Path]) -> Iterator[bytes]:
    """Give the contents of the files that are no modules, and may name some."""
    for name, path in files.items():
        if not name.endswith(".py") and path.stat().st_size <= LARGEST_CONFIGURATION:
            yield path.read_bytes()


def named_in_configurations(files: Mapping[str, Path], *, modules: Collection[str]) -> frozenset[str]:
    """Give the modules of which a file names what they hold, as in ``"class": "shop.logs.JsonFormatter"``.

    :param files: the entry's files, by their name in the bundle.
    :param modules: the entry's modules.
    """
    words = (word.decode().replace(":", ".") for text in configurations(files) for word in _DOTTED.findall(text))
    return frozenset(name for word in words for name in with_parents(word.rpartition(".")[0]) if name in modules)


def packages_named_by(tree: ModuleTree, reached: Collection[str], *, own: Mapping[str, Path]) -> frozenset[str]:
    """Give the modules of packages and folders of the entry that a module outside of them names by a text.

    Frameworks are told so where they find modules by themselves: ``INSTALLED_APPS = ["shop"]``.

    :param reached: the modules whose texts count.
    :param own: the entry's files, by their name in the bundle.
    """
    folders = {folder.as_posix().replace("/", ".") for name in own for folder in Path(name).parents} - {"."}
    named = {
        text
        for module in reached
        for text in tree.imports(module).texts
        if text in folders and not f"{module}.".startswith(f"{text.partition('.')[0]}.")
    }
    modules = ModuleTree(own).files
    return frozenset(module for module in modules if any(f"{module}.".startswith(f"{name}.") for name in named))
