"""What the installed metadata tells of one locked package (L3)."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import source_from_cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from best_practice_constructs.bundling.directory_files import files_below
from best_practice_constructs.bundling.import_graph import module_name

# What only installers make of entry points.
_COMMANDS = frozenset({"console_scripts", "gui_scripts"})


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """One installed package.

    :param name: its canonical name, as in a lock.
    :param files: where its files lie, by their name in the bundle, byte code included.
    :param requires: the packages that it cannot do without.
    :param optional: the packages that its extras are for.
    :param is_plugin: it offers entry points, by which others find it without naming it.
    """

    name: str
    files: Mapping[str, Path]
    requires: frozenset[str]
    optional: frozenset[str]
    is_plugin: bool

    @property
    def modules(self) -> frozenset[str]:
        """The dotted names of its modules."""
        return frozenset(module for name in self.files if (module := module_name(name)))


def installed_distributions(libraries: Path) -> dict[str, Distribution]:
    """Read which packages are installed in a directory, by their names."""
    files = dict(files_below(libraries))
    compiled: dict[str, list[str]] = {}
    for name in files:
        if name.endswith(".pyc"):
            compiled.setdefault(Path(source_from_cache(name)).as_posix(), []).append(name)
    read = (_distribution(found, files, compiled) for found in importlib.metadata.distributions(path=[str(libraries)]))
    return {distribution.name: distribution for distribution in sorted(read, key=lambda each: each.name)}


def _distribution(
    found: importlib.metadata.Distribution, files: Mapping[str, Path], compiled: Mapping[str, list[str]]
) -> Distribution:
    own = [file.as_posix() for file in found.files or () if file.as_posix() in files]
    names = [*own, *(name for file in own for name in compiled.get(file, ()))]
    requirements = tuple(map(Requirement, found.requires or ()))
    return Distribution(
        name=canonicalize_name(found.metadata["Name"]),
        files={name: files[name] for name in sorted(names)},
        requires=frozenset(_names(requirements, is_optional=False)),
        optional=frozenset(_names(requirements, is_optional=True)),
        is_plugin=any(point.group not in _COMMANDS for point in found.entry_points),
    )


def _names(requirements: tuple[Requirement, ...], *, is_optional: bool) -> Iterator[str]:
    for requirement in requirements:
        # Other markers tell of platforms, for which the lock was resolved already.
        if ("extra" in str(requirement.marker or "")) is is_optional:
            yield canonicalize_name(requirement.name)
