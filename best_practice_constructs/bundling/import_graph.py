"""Which modules are reached by imports from some others, without running any (L3)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from best_practice_constructs.bundling.module_imports import ImportedName, ModuleImports, module_imports

_METADATA = re.compile(r"^[^/]*\.(?:dist-info|egg-info|data)/")


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What is reached from some modules.

    :param modules: the modules of the tree, parents included.
    :param is_open: one of them loads modules by computed names.
    """

    modules: frozenset[str]
    is_open: bool


class ModuleTree:
    """The modules of some files, by their dotted names.

    :param files: where each file lies, by its name in the bundle; only modules count (``.py`` and compiled ones).
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        self.files: dict[str, str] = {module: name for name in files if (module := module_name(name))}
        self._paths = files
        self._imports: dict[str, ModuleImports] = {}

    def __contains__(self, module: str) -> bool:
        return module in self.files

    def imports(self, module: str) -> ModuleImports:
        """Read what a module of the tree imports."""
        imports = self._imports.get(module)
        if imports is None:
            imports = self._imports[module] = self._read(module)
        return imports

    def _read(self, module: str) -> ModuleImports:
        name = self.files[module]
        if not name.endswith(".py"):
            return ModuleImports()
        return _parsed(self._paths[name].read_bytes(), module=module, is_package=name.endswith("__init__.py"))

    def reached_from(self, *modules: str) -> Reached:
        """Follow the imports from some modules through the tree, their parents included.

        A text that is the name of a module, or of what a module holds, reaches it, too, since lazy loaders, plugins and
        formatters of logs are named so; the name of its own top-level package is too common a word.

        :param modules: where it begins; names that the tree does not have are passed over.
        """
        reached: set[str] = set()
        is_open = False
        waiting = list(modules)
        while waiting:
            module = waiting.pop()
            if module not in self or module in reached:
                # A namespace package has no file of its own, and its parts may be here.
                continue
            reached.add(module)
            imports = self.imports(module)
            is_open |= imports.is_open
            for name in self._names(imports, module):
                waiting.extend(with_parents(name))
            waiting.extend(with_parents(module))
        return Reached(modules=frozenset(reached), is_open=is_open)

    def _names(self, imports: ModuleImports, module: str) -> Iterator[str]:
        for imported in imports.names:
            yield from self._targets(imported)
        top = module.partition(".")[0]
        for text in imports.texts:
            if text != top:
                yield text.replace(":", ".")

    def _targets(self, imported: ImportedName) -> Iterator[str]:
        yield imported.module
        # A folder without a module of its own is a package as well.
        yield imported.target
        if imported.module not in self:
            return
        imports = self.imports(imported.module)
        lazy = imports.lazy
        if imported.name == "*":
            # __all__ may name modules that nothing else imports.
            yield from (f"{imported.module}.{text}" for text in imports.texts)
        if imported.name in (None, "*"):
            yield from (name for each in lazy.items() for name in _lazy_names(*each))
        elif imported.name in lazy:
            yield from _lazy_names(imported.name, lazy[imported.name])


def _lazy_names(name: str, base: str) -> tuple[str, str]:
    # It may be an attribute of the module or a module of the package.
    return (base, f"{base}.{name}")


def module_name(file: str) -> str | None:
    """Give the dotted name of the module that a file of a bundle is, or ``None``: ``a/b/__init__.py`` is ``a.b``."""
    path, _, last = file.rpartition("/")
    stem, dot, rest = last.partition(".")
    if not dot or not (rest == "py" or rest.endswith(("so", "pyd"))) or _METADATA.search(file):
        return None
    # Not only identifiers: Lambda loads a handler by whatever its file is called.
    parts = [*path.split("/"), stem] if path else [stem]
    if stem == "__init__":
        parts.pop()
    return ".".join(parts) or None


def with_parents(module: str) -> Iterator[str]:
    """Give a dotted name and the names of the packages that it is in: ``a.b.c``, ``a.b``, ``a``."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])


@functools.cache
def _parsed(content: bytes, *, module: str, is_package: bool) -> ModuleImports:
    # Functions of one entry share modules, and each asks anew.
    return module_imports(content.decode("utf-8", errors="replace"), module=module, is_package=is_package)
