"""The files of a function's code: a folder or a zip file, and what is installed here in place of what it lacks."""

from __future__ import annotations

import functools
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions
from pathlib import Path

_OWN_PACKAGE = "best_practice_constructs"
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==", re.MULTILINE)

# The SDK itself is no caller of it, and what Lambda's own Python holds calls nothing.
_NOT_READ = frozenset(
    {"boto3", "botocore", "s3transfer", "urllib3", "dateutil", "jmespath", "six", "awslambdaric", "aws_xray_sdk"}
)


class CodeFiles:
    """The Python files of one function, by their name in its code.

    :param files: name to text.
    :param of_others: the packages in it that were installed there.
    :param installed: the packages that are taken from this Python's own, as the code was not bundled.
    """

    def __init__(
        self, files: Mapping[str, str], *, of_others: Iterable[str] = (), installed: Iterable[str] = ()
    ) -> None:
        self._files = files
        self._installed = frozenset(installed) - _NOT_READ
        self._of_others = frozenset(of_others) | self._installed

    @classmethod
    def of(cls, path: Path) -> CodeFiles:
        """Read the files of a folder, or of a zip file.

        An entry that was not bundled holds neither the runtime nor what its lock names: these are taken from the
        packages that are installed here.
        """
        if path.is_dir():
            files = {file.relative_to(path).as_posix(): file.read_bytes() for file in _files(path)}
            tops = [each.name for each in path.iterdir()]
        else:
            with zipfile.ZipFile(path) as archive:
                files = {name: archive.read(name) for name in archive.namelist() if _is_read(name)}
                tops = [name.partition("/")[0] for name in archive.namelist()]
        texts = {name: content.decode("utf-8", errors="replace") for name, content in files.items()}
        is_bundled = any(name.startswith(f"{_OWN_PACKAGE}/") for name in texts)
        # Most packages have the name of their distribution; one that has not is read as if it were the function's own.
        of_others = {_plain(top.partition("-")[0]).replace("-", "_") for top in tops if top.endswith(".dist-info")}
        lock = texts.get("requirements.txt", "")
        return cls(texts, of_others=of_others, installed=() if is_bundled else _locked(lock))

    def is_of_others(self, name: str) -> bool:
        """Tell whether a module is of a package that was installed into the code."""
        top = name.partition(".")[0]
        return top != _OWN_PACKAGE and top in self._of_others

    def module(self, name: str) -> tuple[str, str] | None:
        """Give file and text of a module by its dotted name, or ``None`` where it is not read."""
        top = name.partition(".")[0]
        if top in _NOT_READ or not all(part.isidentifier() for part in name.split(".")):
            return None
        path = name.replace(".", "/")
        for file in (f"{path}/__init__.py", f"{path}.py"):
            if file in self._files:
                return file, self._files[file]
        return _installed(name) if top in self._installed else None


def _locked(lock: str) -> Iterator[str]:
    """Give the packages to import of the distributions that a lock names, and the runtime's."""
    yield _OWN_PACKAGE
    distributions = {_plain(found[1]) for found in _PINNED.finditer(lock)}
    for package, owners in packages_distributions().items():
        if distributions.intersection(map(_plain, owners)):
            yield package


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _is_read(name: str) -> bool:
    return name.endswith(".py") or name == "requirements.txt"


def _files(folder: Path) -> Iterator[Path]:
    # What is linked to is bundled too.
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _files(path)
        elif _is_read(path.name):
            yield path


@functools.lru_cache(maxsize=4096)
def _installed(name: str) -> tuple[str, str] | None:
    path: list[str] | None = None
    spec = None
    for depth in range(1, name.count(".") + 2):
        # find_spec of importlib would import the packages.
        spec = PathFinder.find_spec(".".join(name.split(".")[:depth]), path)
        if spec is None:
            return None
        path = list(spec.submodule_search_locations or ())
    origin = spec.origin if spec else None
    if origin is None or not origin.endswith(".py"):
        return None
    parts = name.split(".")
    file = Path(origin)
    kept = len(parts) + 1 if file.name == "__init__.py" else len(parts)
    return "/".join(file.parts[-kept:]), file.read_text("utf-8", errors="replace")
