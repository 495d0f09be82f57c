"""The packages that an entry asks for itself, beside what those need (L3)."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from best_practice_constructs.bundling.bundling_error import LockError

_FILES = ("requirements.in", "pyproject.toml", "requirements.txt")
_RUNTIME = Path(__file__).parent.parent / "runtime"
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==")
# As uv and pip-tools note beside a package who wanted it.
_ASKED_FOR = re.compile(r"#.*(?:-r\s|\(pyproject\.toml\))")


def declared_packages(entry: Path) -> frozenset[str]:
    """Give the canonical names of the packages that ``requirements.in``, ``pyproject.toml`` or the lock's notes name.

    An entry that has none of these files gets what the runtime package asks for, as it gets its lock; one that tells
    nothing in them gives none.

    :raises LockError: ``pyproject.toml`` cannot be read.
    """
    told_in = entry if any((entry / name).is_file() for name in _FILES) else _RUNTIME
    return frozenset(canonicalize_name(name) for name in _names(told_in))


def packages_to_lock(entry: Path) -> frozenset[str]:
    """Give the canonical names of what ``requirements.in`` asks for on every platform, as any lock of it has it."""
    declaration = entry / "requirements.in"
    if not declaration.is_file():
        return frozenset()
    asked_for = _requirements(declaration.read_text(encoding="utf-8").splitlines())
    return frozenset(canonicalize_name(each.name) for each in asked_for if each.marker is None)


def _names(entry: Path) -> Iterator[str]:
    declaration, project, lock = (entry / name for name in _FILES)
    if declaration.is_file():
        yield from _required(declaration.read_text(encoding="utf-8").splitlines())
    if project.is_file():
        try:
            told = tomllib.loads(project.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise LockError(f"{project} is no TOML: {error}") from error
        yield from _required(told.get("project", {}).get("dependencies", []))
        yield from (name for name in told.get("tool", {}).get("poetry", {}).get("dependencies", {}) if name != "python")
    if lock.is_file():
        yield from _noted(lock.read_text(encoding="utf-8"))


def _required(lines: list[str]) -> Iterator[str]:
    return (requirement.name for requirement in _requirements(lines))


def _requirements(lines: list[str]) -> Iterator[Requirement]:
    for line in lines:
        with contextlib.suppress(InvalidRequirement):
            yield Requirement(line.split("#", 1)[0].strip())


def _noted(lock: str) -> Iterator[str]:
    name = None
    for line in lock.splitlines():
        if found := _LOCKED.match(line):
            name = found[1]
        if name and _ASKED_FOR.search(line):
            yield name
