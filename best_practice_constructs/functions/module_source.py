"""What a module of a function's entry binds at its top level, read from its source without running it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_MOST_STEPS = 8
_WITH_BODIES = (ast.If, ast.Try, ast.TryStar, ast.With, ast.For, ast.While, ast.Match)


@dataclass(frozen=True, kw_only=True)
class ImportedObject:
    """What an import statement binds a name to.

    :param origin: its dotted name: of a module, or of what is taken from one.
    """

    origin: str


Binding = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign | ImportedObject


@dataclass(frozen=True, kw_only=True)
class ModuleSource:
    """One module, as far as its source tells.

    :param entry: the directory that its imports start from, as they do in Lambda.
    :param name: its dotted name.
    :param file: where it lies.
    :param bindings: what each name is bound to at the top level, in conditions too, in the order of the source.
    :param is_open: it may hold names that are not among these: it imports ``*``, has a ``__getattr__``, or binds names
        by a loop, a ``with``, a pattern, ``:=`` or ``global``.
    """

    entry: Path
    name: str
    file: Path
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    is_open: bool = False

    @classmethod
    def find(cls, entry: Path, name: str) -> ModuleSource | None:
        """Read a module of an entry; ``None`` where the entry has none of that name.

        :raises SyntaxError: it is no Python, or newer than the one that reads it.
        """
        file = module_file(entry, name)
        if file is None:
            return None
        # Bytes: the source says its encoding itself.
        body = ast.parse(file.read_bytes(), filename=file.name).body
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        bindings: dict[str, list[Binding]] = {}
        for bound, binding in _bindings(body, package=package):
            bindings.setdefault(bound, []).append(binding)
        is_open = "*" in bindings or "__getattr__" in bindings or any(map(_binds_unseen, body))
        return cls(entry=entry, name=name, file=file, bindings=bindings, is_open=is_open)

    @property
    def defined_names(self) -> list[str]:
        """What the module defines itself, in order: no imports, no constants, nothing private."""
        return sorted(
            name
            for name, bindings in self.bindings.items()
            if not name.startswith("_") and not name.isupper() and not isinstance(bindings[-1], ImportedObject)
        )

    def binding_of(self, name: str) -> Binding | None:
        """Give what a name is bound to, where that is one thing only."""
        bindings = self.bindings.get(name, [])
        return bindings[0] if len(bindings) == 1 else None

    def origin_of(self, expression: ast.expr, *, steps: int = _MOST_STEPS) -> str | None:
        """Give the dotted name of what an expression names or calls; ``None`` where it cannot be known."""
        if isinstance(expression, ast.Call):
            return self.origin_of(expression.func, steps=steps)
        if isinstance(expression, ast.Attribute):
            base = self.origin_of(expression.value, steps=steps)
            return f"{base}.{expression.attr}" if base else None
        if not isinstance(expression, ast.Name):
            return None
        binding = self.binding_of(expression.id)
        if isinstance(binding, ImportedObject):
            return binding.origin
        if isinstance(binding, ast.Assign | ast.AnnAssign):
            value = binding.value
            return self.origin_of(value, steps=steps - 1) if value is not None and steps else None
        return f"{self.name}.{expression.id}" if binding is not None else None


def module_file(entry: Path, name: str) -> Path | None:
    """Give the file of a module of an entry, or ``None``."""
    if not name:
        return None
    path = entry.joinpath(*name.replace("/", ".").split("."))
    # Where both are, Python takes the package.
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def find_definition(
    module: ModuleSource, name: str, *, steps: int = _MOST_STEPS
) -> tuple[ModuleSource, Binding] | None:
    """Follow a name through the imports of an entry to where it is defined; ``None`` where that cannot be known."""
    binding = module.binding_of(name)
    if not isinstance(binding, ImportedObject):
        return (module, binding) if binding is not None else None
    source, _, taken = binding.origin.rpartition(".")
    found = _read(module.entry, source)
    return find_definition(found, taken, steps=steps - 1) if found is not None and steps else None


def find_object(module: ModuleSource, expression: ast.expr) -> tuple[ModuleSource, Binding] | type | None:
    """Find what an expression names: its definition in the entry, or a class of a module that is loaded here anyway."""
    origin = module.origin_of(expression)
    if origin is None:
        return None
    source, _, name = origin.rpartition(".")
    found = module if source == module.name else _read(module.entry, source)
    if found is not None:
        return find_definition(found, name)
    loaded = getattr(sys.modules.get(source), name, None)
    return loaded if isinstance(loaded, type) else None


def _read(entry: Path, name: str) -> ModuleSource | None:
    try:
        return ModuleSource.find(entry, name)
    except (SyntaxError, ValueError):
        return None


def _bindings(body: Sequence[ast.stmt], *, package: str) -> Iterator[tuple[str, Binding]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((name, node) for target in targets for name in _names(target))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(node, package=package)
        elif isinstance(node, _WITH_BODIES):
            yield from _bindings(list(_statements_in(node)), package=package)


def _binds_unseen(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.For | ast.NamedExpr | ast.Global | ast.MatchAs | ast.MatchStar)
        or (isinstance(node, ast.withitem) and node.optional_vars is not None)
        for node in ast.walk(statement)
    )


def _imported(node: ast.Import | ast.ImportFrom, *, package: str) -> Iterator[tuple[str, Binding]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, ImportedObject(origin=f"{_base(node, package)}.{alias.name}")
        else:
            # ``import a.b`` binds a, and ``import a.b as c`` binds a.b.
            origin = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or origin, ImportedObject(origin=origin)


def _statements_in(node: ast.stmt) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from child.body


def _names(target: ast.expr) -> Iterator[str]:
    return (node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parents = package.split(".")
    parents = parents[: len(parents) - node.level + 1]
    return ".".join(part for part in (*parents, node.module) if part)
