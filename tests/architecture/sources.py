"""The project's modules as syntax trees: what they import, what they offer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "best_practice_constructs"


@dataclass(frozen=True)
class Module:
    """A module of the project.

    :param path: its file.
    :param name: its dotted name, counted from the root of the repository.
    """

    path: Path
    name: str

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def imports(self) -> frozenset[str]:
        """What it imports, at any depth and for type checking too, with the names that are taken from each module."""
        return frozenset(name for node in ast.walk(self.tree) for name in self._imported_by(node))

    @cached_property
    def domain(self) -> str:
        """Its part of the package: the first folder, or the module itself at the top."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    def _imported_by(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = self._base_of(node)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)

    def _base_of(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        return f"{package}.{node.module}" if node.module else package


@cache
def modules(*directories: str) -> tuple[Module, ...]:
    """Give the modules below some directories of the repository."""
    found: list[Module] = []
    for directory in directories:
        for path in sorted((ROOT / directory).rglob("*.py")):
            relative = path.relative_to(ROOT)
            if {"__pycache__", "bundles", "cdk.out"}.isdisjoint(relative.parts):
                name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
                found.append(Module(path, name))
    return tuple(found)


def package_modules(*domains: str) -> tuple[Module, ...]:
    """Give the package's modules: all of them, or those of some domains."""
    every = modules(PACKAGE)
    return tuple(module for module in every if module.domain in domains) if domains else every


def within(imported: str, *allowed: str) -> bool:
    """Say whether an imported name is one of the allowed modules, or lies in one."""
    return any(imported == name or imported.startswith(f"{name}.") for name in allowed)
