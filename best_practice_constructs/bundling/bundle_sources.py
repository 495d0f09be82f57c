"""The sources of a bundle: what the handler reaches of its entry, and the runtime package (L3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from best_practice_constructs.bundling.import_graph import ModuleTree

BUNDLER_VERSION = "3"
"""Part of every bundle's hash: raised when the same sources give another bundle."""

PACKAGE = Path(__file__).parent.parent
_LEFT_OUT = frozenset(
    {"__pycache__", "node_modules", "requirements.in", "requirements.txt", "pyproject.toml", "uv.lock"}
)


def entry_files(entry: Path) -> Iterator[tuple[str, Path]]:
    """Give the entry's files by their name in the bundle, sorted: all but hidden ones, byte code and the lock files."""
    yield from _files(entry, "")


def handler_files(entry: Path, *, handler: str) -> Iterator[tuple[str, Path]]:
    """Give the files of the entry that a handler needs, by their name in the bundle, sorted.

    These are the modules that it reaches by imports, and every file that is no module, which any of them may read.
    Where a module loads others by computed names, or looks for them elsewhere, all of the entry's stay.

    :param handler: module and function, as Lambda is told.
    """
    files = dict(entry_files(entry))
    tree = ModuleTree(files)
    reached = tree.reached_from(handler.rpartition(".")[0].replace("/", "."))
    if reached.is_open or not reached.modules:
        yield from files.items()
        return
    kept = {tree.files[module] for module in reached.modules}
    yield from ((name, path) for name, path in files.items() if not name.endswith(".py") or name in kept)


def runtime_files() -> Iterator[tuple[str, Path]]:
    """Give the files of :mod:`best_practice_constructs.runtime` by their name in the bundle, sorted."""
    yield f"{PACKAGE.name}/__init__.py", PACKAGE / "__init__.py"
    yield from _files(PACKAGE / "runtime", f"{PACKAGE.name}/runtime/")


def content_hash(files: Iterable[tuple[str, Path]], *, lock: str, platform: str) -> str:
    """Give the hash of what the bundle is made of, and of nothing else: no path, time, mode or order of the machine.

    :param files: the entry's files, by their name in the bundle.
    """
    digest = hashlib.sha256()
    for part in (BUNDLER_VERSION, platform, lock):
        digest.update(f"{len(part.encode())}:".encode() + part.encode())
    for name, file in (*files, *runtime_files()):
        content = file.read_bytes()
        digest.update(f"{len(name.encode())}:{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _files(directory: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(directory.iterdir(), key=lambda p: p.name):
        if path.name in _LEFT_OUT or path.name.startswith(".") or path.suffix == ".pyc":
            continue
        if path.is_dir():
            yield from _files(path, f"{prefix}{path.name}/")
        else:
            yield f"{prefix}{path.name}", path
