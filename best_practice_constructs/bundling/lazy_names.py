"""Which modules a package loads when one of its names is first used, read from its ``__getattr__`` (L3)."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import TypeIs


@dataclass(frozen=True, kw_only=True)
class LazyNames:
    """The names of a package that are loaded on first use.

    :param modules: the module that each name comes from.
    :param are_all: no other module is loaded so.
    """

    modules: Mapping[str, str]
    are_all: bool


def lazy_names(
    body: Sequence[ast.stmt], *, package: str, for_type_checkers: Mapping[str, str], loaders: Collection[str]
) -> LazyNames | None:
    """Give the names that a package loads lazily; ``None`` where it has no ``__getattr__``.

    They are those that type checkers are shown, and those of the tables that ``__getattr__`` looks into, which may hold
    more. A table that is not written out, or a name that is put together from the one that is asked for, leaves open
    what else is loaded.

    :param body: the statements of the package's module.
    :param package: its dotted name, from which relative names count.
    :param for_type_checkers: the names that are imported under ``if TYPE_CHECKING:``, with their modules.
    :param loaders: the names of what loads modules: ``"import_module"``.
    """
    functions = [node for node in body if is_module_getattr(node)]
    if not functions:
        return None
    are_all = bool(for_type_checkers) and not any(_loads_what_is_asked(node, loaders) for node in functions)
    names = dict(for_type_checkers)
    for table in sorted({name for function in functions for name in _tables(function)}):
        for key, value in _written_out(body, table).items():
            module = value and _named_module(value, package=package)
            if module:
                names.setdefault(key, module)
            elif key not in names:
                are_all = False
    return LazyNames(modules=names, are_all=are_all)


def is_module_getattr(node: ast.stmt) -> bool:
    """Tell whether a statement defines what a module does when a name of it is missing."""
    return isinstance(node, ast.FunctionDef) and node.name == "__getattr__"


def last_name(node: ast.expr) -> str:
    """Give the last part of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _loads_what_is_asked(function: ast.stmt, loaders: Collection[str]) -> bool:
    """Tell whether any name that is asked for is loaded, and not only those of a table."""
    if not isinstance(function, ast.FunctionDef) or not function.args.args:
        return True
    computed = _computed_from(function, function.args.args[0].arg)
    calls = [call for call in ast.walk(function) if isinstance(call, ast.Call) and last_name(call.func) in loaders]
    arguments = [argument for call in calls for argument in (*call.args, *(keyword.value for keyword in call.keywords))]
    return any(_contains(argument, computed) for argument in arguments)


def _computed_from(function: ast.FunctionDef, asked: str) -> frozenset[str]:
    """Give the variables that hold the name that is asked for, or what is put together from it."""
    computed = {asked}
    assigned = [each for node in ast.walk(function) for each in _assigned(node)]
    while new := {name for name, value in assigned if name not in computed and _contains(value, computed)}:
        computed |= new
    return frozenset(computed)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    targets: Sequence[ast.expr] = ()
    value: ast.expr | None = None
    if isinstance(node, ast.Assign):
        targets, value = node.targets, node.value
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        targets, value = [node.target], node.value
    elif isinstance(node, ast.For | ast.comprehension):
        targets, value = [node.target], node.iter
    if value is not None:
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Name):
                    yield part.id, value


def _contains(node: ast.AST, names: Collection[str]) -> bool:
    if isinstance(node, ast.Subscript):
        # What a table holds is written in it.
        return _contains(node.value, names)
    if isinstance(node, ast.Call) and _is_look_up(node.func):
        return _contains(node.func.value, names)
    if isinstance(node, ast.Name):
        return node.id in names
    return any(_contains(child, names) for child in ast.iter_child_nodes(node))


def _tables(function: ast.stmt) -> Iterator[str]:
    """Give the names of the module's tables that a function looks into: ``TABLE[name]`` and ``TABLE.get(name)``."""
    nodes = list(ast.walk(function))
    own = {name for node in nodes for name, _ in _assigned(node)}
    for node in nodes:
        table: ast.expr | None = None
        if isinstance(node, ast.Subscript):
            table = node.value
        elif isinstance(node, ast.Call) and _is_look_up(node.func):
            table = node.func.value
        if isinstance(table, ast.Name) and table.id not in own:
            yield table.id


def _is_look_up(function: ast.expr) -> TypeIs[ast.Attribute]:
    return isinstance(function, ast.Attribute) and function.attr == "get"


def _written_out(body: Sequence[ast.stmt], table: str) -> Mapping[str, ast.expr | None]:
    """Give the keys and values of a table; ``""`` without a value where they are not all written in it."""
    if table == "globals":
        return {}
    values = [value for node in body for name, value in _assigned(node) if name == table]
    if not values or not all(isinstance(value, ast.Dict) for value in values):
        return {"": None}
    found: dict[str, ast.expr | None] = {}
    for value in values:
        if isinstance(value, ast.Dict):
            for key, each in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = each
                else:
                    found[""] = None
    return found


def _named_module(value: ast.expr, *, package: str) -> str | None:
    """Give the module that an entry of a table names: by a text, or by the last one of a tuple that looks like one."""
    texts = [node.value for node in ast.walk(value) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    relative = [text for text in texts if text.startswith(".")]
    if relative:
        dots = len(relative[-1]) - len(relative[-1].lstrip("."))
        base = package
        for _ in range(dots - 1):
            base = base.rpartition(".")[0]
        return ".".join(part for part in (base, relative[-1].lstrip(".")) if part)
    # An absolute name is one of the module's texts, too, and is followed as such.
    return f"{package}.{texts[0]}" if texts else None
