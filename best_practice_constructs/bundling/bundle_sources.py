"""The sources of a bundle: what the handler reaches of its entry and of the runtime package (L3)."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from best_practice_constructs.bundling.bundling_error import BundlingError
from best_practice_constructs.bundling.declared_packages import declared_packages
from best_practice_constructs.bundling.import_graph import ModuleTree, Reached
from best_practice_constructs.bundling.named_modules import named_in_configurations, packages_named_by
from best_practice_constructs.bundling.standard_library import STANDARD_LIBRARY

BUNDLER_VERSION = "5"
"""Part of every bundle's hash: raised when the same sources give another bundle."""

PACKAGE = Path(__file__).parent.parent
_LEFT_OUT = frozenset(
    {"__pycache__", "node_modules", "requirements.in", "requirements.txt", "pyproject.toml", "uv.lock"}
)


@dataclass(frozen=True, kw_only=True)
class BundleSources:
    """The sources of one function's bundle.

    :param own: where the entry's files lie, by their name in the bundle: the modules that the handler reaches by
        imports, and every file that is no module, which any of them may read. Where a module loads others by computed
        names, or looks for them elsewhere, all of the entry's.
    :param runtime: the same of the modules of :mod:`best_practice_constructs.runtime` that are reached.
    :param imported_elsewhere: the top-level names of what only the entry's other modules import, of other packages.
    :param declared: the packages that the entry asks for itself.
    :param is_open: a module loads others by computed names.
    """

    own: Mapping[str, Path]
    runtime: Mapping[str, Path]
    imported_elsewhere: frozenset[str]
    declared: frozenset[str]
    is_open: bool

    @property
    def files(self) -> dict[str, Path]:
        """All that is bundled but libraries."""
        return {**self.runtime, **self.own}


def bundle_sources(entry: Path, *, handler: str) -> BundleSources:
    """Find the sources that a handler needs, by reading imports, without running anything.

    :param handler: module and function, as Lambda is told.
    :raises BundlingError: a file of the entry cannot be read.
    """
    own, runtime = dict(entry_files(entry)), runtime_files()
    tree = ModuleTree({**runtime, **own})
    reached = _reached(tree, own, handler.rpartition(".")[0].replace("/", "."))
    # The handler may be of a library or a layer: nobody knows what calls it then.
    is_open = reached.is_open or not reached.modules
    modules = {tree.files[module] for module in reached.modules}
    kept = {name: path for name, path in own.items() if is_open or name in modules or not name.endswith(".py")}
    left_out = ModuleTree({name: path for name, path in own.items() if name not in kept})
    return BundleSources(
        own=kept,
        runtime={name: path for name, path in runtime.items() if is_open or name in modules},
        imported_elsewhere=_foreign(left_out, tree) - _foreign(ModuleTree(kept), tree),
        declared=declared_packages(entry),
        is_open=is_open,
    )


def _reached(tree: ModuleTree, own: Mapping[str, Path], handler: str) -> Reached:
    """Follow the handler's imports, and what configurations and frameworks are told by name."""
    if handler not in tree:
        return Reached(modules=frozenset(), is_open=True)
    roots = {handler, *named_in_configurations(own, modules=ModuleTree(own).files)}
    while True:
        reached = tree.reached_from(*roots)
        whole = packages_named_by(tree, reached.modules, own=own)
        if whole <= roots:
            return reached
        roots |= whole


def entry_files(entry: Path) -> Iterator[tuple[str, Path]]:
    """Give the entry's files by their name in the bundle, sorted: all but hidden ones, byte code and the lock files."""
    yield from _files(entry, "")


@functools.cache
def runtime_files() -> Mapping[str, Path]:
    """Give the files of :mod:`best_practice_constructs.runtime` by their name in the bundle, sorted."""
    top = {f"{PACKAGE.name}/__init__.py": PACKAGE / "__init__.py"}
    return {**top, **dict(_files(PACKAGE / "runtime", f"{PACKAGE.name}/runtime/"))}


@functools.cache
def runtime_hash() -> str:
    """Give the hash of all files of the runtime package."""
    return files_hash(runtime_files())


def content_hash(sources: BundleSources, *, lock: str, platform: str) -> str:
    """Give the hash of what the bundle is made of, and of nothing else: no path, time, mode or order of the machine."""
    names = (",".join(sorted(each)) for each in (sources.imported_elsewhere, sources.declared))
    return files_hash(sources.files, BUNDLER_VERSION, platform, lock, *names)


def files_hash(files: Mapping[str, Path], *parts: str) -> str:
    """Give the hash of some files, with their names, and of some texts.

    :param files: where they lie, by name.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part.encode())}:".encode() + part.encode())
    for name in sorted(files):
        content = files[name].read_bytes()
        digest.update(f"{len(name.encode())}:{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _foreign(modules: ModuleTree, tree: ModuleTree) -> frozenset[str]:
    imported = (name for module in modules.files for name in modules.imports(module).names)
    tops = {name.module.partition(".")[0] for name in imported}
    return frozenset(tops - STANDARD_LIBRARY - {module.partition(".")[0] for module in tree.files})


def _files(directory: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(directory.iterdir(), key=lambda p: p.name):
        if path.name in _LEFT_OUT or path.name.startswith(".") or path.suffix == ".pyc":
            continue
        if path.is_symlink() and not path.exists():
            raise BundlingError(f"{path} is a link to what does not exist")
        if path.is_dir():
            yield from _files(path, f"{prefix}{path.name}/")
        else:
            yield f"{prefix}{path.name}", path
