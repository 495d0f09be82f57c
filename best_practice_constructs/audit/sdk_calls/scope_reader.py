"""Reads a module into scopes, without running it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Mapping
from typing import Literal

from best_practice_constructs.audit.sdk_calls.call_declaration import CallDeclaration, call_declarations
from best_practice_constructs.audit.sdk_calls.code_scope import (
    Annotated,
    Assigned,
    Binding,
    Import,
    Module,
    Node,
    Scope,
    last_name,
)

_RUNS = (ast.Name, ast.Attribute, ast.Call, ast.Import, ast.ImportFrom, ast.Dict)
_COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Match)


@functools.lru_cache(maxsize=4096)
def read_module(name: str, file: str, text: str) -> Module:
    """Read a module; one of a newer Python than this has nothing in it.

    :param name: its absolute dotted name.
    :param file: its name in the code.
    :raises CallDeclarationError: a comment begins as a declaration and is none.
    """
    is_package = file.endswith("__init__.py")
    module = Module(
        name=name, file=file, package=name if is_package else name.rpartition(".")[0], lines=text.splitlines()
    )
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        tree = ast.Module(body=[], type_ignores=[])
    module.scope = Scope(kind="module", name="", node=tree, module=module, parent=None)
    module.is_lazy = any(isinstance(each, ast.FunctionDef) and each.name == "__getattr__" for each in tree.body)
    _Reader(module, call_declarations(text, file=file)).body(tree.body, module.scope)
    return module


class _Reader:
    def __init__(self, module: Module, declarations: Mapping[int, CallDeclaration]) -> None:
        self._module = module
        self._declarations = declarations
        self._declared: CallDeclaration | None = None
        self._is_for_type_checkers = False

    def body(self, statements: Iterable[ast.stmt], scope: Scope) -> None:
        for statement in statements:
            self._statement(statement, scope)

    def _statement(self, statement: ast.stmt, scope: Scope) -> None:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(statement, scope)
        elif isinstance(statement, ast.ClassDef):
            self._class(statement, scope)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            self._import(statement, scope)
        elif isinstance(statement, ast.If) and last_name(statement.test) == "TYPE_CHECKING":
            outer, self._is_for_type_checkers = self._is_for_type_checkers, True
            self.body(statement.body, scope)
            self._is_for_type_checkers = outer
            self.body(statement.orelse, scope)
        elif isinstance(statement, _COMPOUND):
            self._compound(statement, scope)
        else:
            outer_declared, self._declared = self._declared, self._declaration(statement.lineno, statement.end_lineno)
            self._simple(statement, scope)
            self._declared = outer_declared

    def _declaration(self, first: int, last: int | None) -> CallDeclaration | None:
        found = (self._declarations.get(line) for line in range(first, (last or first) + 1))
        return next(filter(None, found), self._declared)

    def _simple(self, statement: ast.stmt, scope: Scope) -> None:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                self._bind(target, statement.value, scope)
        elif isinstance(statement, ast.AnnAssign):
            if isinstance(statement.target, ast.Name):
                bindings = self._bindings(statement.target.id, scope)
                bindings.append(Annotated(annotation=statement.annotation, scope=scope))
            if statement.value is not None:
                self._bind(statement.target, statement.value, scope)
                self._runs(statement.value, scope)
            return
        elif isinstance(statement, ast.Return) and statement.value is not None:
            scope.returned.append(statement.value)
        for child in ast.iter_child_nodes(statement):
            self._runs(child, scope)

    def _compound(self, statement: ast.stmt, scope: Scope) -> None:
        outer = self._declared
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                self._statement(child, scope)
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                self._compound_part(child, scope)
            else:
                line = getattr(child, "lineno", statement.lineno)
                self._declared = self._declaration(min(line, statement.lineno), getattr(child, "end_lineno", line))
                if isinstance(child, ast.withitem) and child.optional_vars is not None:
                    self._bind(child.optional_vars, child.context_expr, scope)
                self._runs(child, scope)
                self._declared = outer
        if isinstance(statement, ast.For | ast.AsyncFor):
            self._bind(statement.target, statement.iter, scope)

    def _compound_part(self, part: ast.ExceptHandler | ast.match_case, scope: Scope) -> None:
        for child in ast.iter_child_nodes(part):
            if isinstance(child, ast.stmt):
                self._statement(child, scope)
            else:
                self._runs(child, scope)

    def _runs(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Lambda):
            inner = self._open("function", "<lambda>", node, scope)
            scope.inner.append(inner)
            inner.returned.append(node.body)
            self._runs(node.body, inner)
            return
        if isinstance(node, ast.NamedExpr):
            self._bind(node.target, node.value, scope)
        elif isinstance(node, ast.comprehension):
            self._bind(node.target, node.iter, scope)
        elif isinstance(node, ast.Yield | ast.YieldFrom) and node.value is not None:
            scope.returned.append(node.value)
        if isinstance(node, _RUNS) and not self._is_for_type_checkers:
            scope.nodes.append(Node(node=node, declaration=self._declared))
        for child in ast.iter_child_nodes(node):
            self._runs(child, scope)

    def _bind(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        if self._declared is not None and self._declared.actions is not None:
            # What is declared is not looked into: what it gives may be anything.
            value = ast.Name(id="", ctx=ast.Load(), lineno=value.lineno, col_offset=value.col_offset)
        assigned = Assigned(expression=value, scope=scope)
        if isinstance(target, ast.Name):
            self._bindings(target.id, scope).append(assigned)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = scope.owner
            if owner is not None and target.value.id == next(iter(scope.positional(is_bound=False)), None):
                owner.attributes.setdefault(target.attr, []).append(assigned)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            scope.stored.setdefault(target.value.id, []).append(assigned)
            self._module.scope.stored.setdefault(target.value.id, []).append(assigned)
        elif isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            for index, each in enumerate(target.elts):
                self._bind(each, values[index] if len(values) == len(target.elts) else value, scope)

    def _bindings(self, name: str, scope: Scope) -> list[Binding]:
        body = scope.node.body if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef) else []
        is_global = any(isinstance(node, ast.Global) and name in node.names for node in body)
        return (self._module.scope if is_global else scope).bindings.setdefault(name, [])

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        if not self._is_for_type_checkers:
            declared = self._declaration(node.lineno, node.end_lineno)
            scope.nodes.append(Node(node=node, declaration=declared))
        for alias in node.names:
            if not self._is_for_type_checkers:
                source = absolute(node, self._module) if isinstance(node, ast.ImportFrom) else alias.name
                self._module.imported.update((source, f"{source}.{alias.name}"))
            if isinstance(node, ast.ImportFrom):
                found = Import(module=absolute(node, self._module), name=alias.name)
                scope.bindings.setdefault(alias.asname or alias.name, []).append(found)
            elif alias.asname:
                scope.bindings.setdefault(alias.asname, []).append(Import(module=alias.name))
            else:
                top = alias.name.partition(".")[0]
                scope.bindings.setdefault(top, []).append(Import(module=top, is_whole=True))

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        inner = self._open("class", node.name, node, scope)
        scope.bindings.setdefault(node.name, []).append(inner)
        scope.inner.append(inner)
        for child in (*node.decorator_list, *node.bases, *node.keywords):
            self._runs(child, scope)
        self.body(node.body, inner)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        inner = self._open("function", node.name, node, scope)
        first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
        outer, self._declared = self._declared, None
        inner.declaration = self._declaration(first, max(node.lineno, node.body[0].lineno - 1))
        scope.bindings.setdefault(node.name, []).append(inner)
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        for child in (*node.decorator_list, *defaults):
            self._runs(child, scope)
        self._declared = inner.declaration
        self.body(node.body, inner)
        self._declared = outer

    def _open(self, kind: Literal["class", "function"], name: str, node: ast.AST, parent: Scope) -> Scope:
        scope = Scope(kind=kind, name=name, node=node, module=self._module, parent=parent)
        self._module.functions[id(node)] = scope
        return scope


def absolute(node: ast.ImportFrom, module: Module) -> str:
    """Give the absolute name of the module that ``from … import`` takes from."""
    if not node.level:
        return node.module or ""
    package = module.package
    for _ in range(node.level - 1):
        package = package.rpartition(".")[0]
    return ".".join(part for part in (package, node.module) if part)
