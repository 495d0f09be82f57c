"""Reads a module into scopes, without running it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Literal

from best_practice_constructs.audit.sdk_calls.call_declaration import (
    CallDeclaration,
    CallDeclarationError,
    call_declarations,
)
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
# Methods that put their arguments into a container; what a key stores comes last, as in ``setdefault(key, value)``.
_ADD_ALL = frozenset({"add", "append", "appendleft", "extend", "extendleft", "insert", "put", "update"})
_ADD_LAST = frozenset({"setdefault"})
_GIVE_INNER = frozenset({"get", "setdefault"})
_COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Match)


@functools.lru_cache(maxsize=4096)
def read_module(name: str, file: str, text: str) -> Module:
    """Read a module; one of a newer Python than this has nothing in it.

    :param name: its absolute dotted name.
    :param file: its name in the code.
    :raises CallDeclarationError: a comment begins as a declaration and is none, or is about nothing.
    """
    is_package = file.endswith("__init__.py")
    module = Module(
        name=name, file=file, package=name if is_package else name.rpartition(".")[0], lines=text.splitlines()
    )
    try:
        tree, declarations = ast.parse(text), call_declarations(text, file=file)
    except (SyntaxError, ValueError) as error:
        if isinstance(error, CallDeclarationError):
            raise
        tree, declarations = ast.Module(body=[], type_ignores=[]), {}
    module.scope = Scope(kind="module", name="", node=tree, module=module, parent=None)
    module.is_lazy = any(isinstance(each, ast.FunctionDef) and each.name == "__getattr__" for each in tree.body)
    reader = _Reader(module, declarations)
    reader.body(tree.body, module.scope)
    for declaration in declarations.values():
        if declaration.line not in reader.attached:
            raise CallDeclarationError(
                f"{file}:{declaration.line}: '# sdk-calls' is beside nothing that calls; write it on the line of the "
                "call, on a line of its own before it, or before the function that it is about"
            )
    return module


class _Reader:
    def __init__(self, module: Module, declarations: Mapping[int, CallDeclaration]) -> None:
        self._module = module
        self._declarations = declarations
        self._declared: CallDeclaration | None = None
        # Whether the statement has several declarations, each about the expressions of its line.
        self._has_several = False
        self._is_for_type_checkers = False
        self.attached: set[int] = set()

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
            with self._declaring(statement.lineno, statement.end_lineno):
                self._simple(statement, scope)

    @contextmanager
    def _declaring(self, first: int, last: int | None) -> Generator[None]:
        """Let what is declared in lines hold for what is read."""
        outer = self._declared, self._has_several
        found = self._declarations_in(first, last)
        self._has_several = len(found) > 1
        if self._has_several:
            self._declared = found.get(first, found.get(last or first, self._declared))
        else:
            self._declared = next(iter(found.values()), self._declared)
        yield
        self._declared, self._has_several = outer

    def _declarations_in(self, first: int, last: int | None) -> dict[int, CallDeclaration]:
        lines = range(first, (last or first) + 1) if self._declarations else ()
        return {line: self._declarations[line] for line in lines if line in self._declarations}

    def _of_its_line(self, node: ast.AST) -> CallDeclaration | None:
        first: int | None = getattr(node, "lineno", None)
        last: int | None = getattr(node, "end_lineno", None)
        return self._declarations.get(first or 0) or self._declarations.get(last or 0)

    def _keep(self, node: ast.AST, scope: Scope) -> None:
        if self._declared is not None:
            self.attached.add(self._declared.line)
        if not self._is_for_type_checkers:
            scope.nodes.append(Node(node=node, declaration=self._declared))

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
        elif isinstance(statement, ast.AugAssign):
            self._add(statement.target, [statement.value], scope)
        elif isinstance(statement, ast.Return) and statement.value is not None:
            scope.returned.append(statement.value)
        for child in ast.iter_child_nodes(statement):
            self._runs(child, scope)

    def _compound(self, statement: ast.stmt, scope: Scope) -> None:
        body: list[ast.stmt | ast.match_case] = getattr(statement, "body", None) or getattr(statement, "cases", [])
        with self._declaring(statement.lineno, _last_of_header(statement.lineno, body[0])):
            for child in ast.iter_child_nodes(statement):
                if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                    if isinstance(child, ast.withitem) and child.optional_vars is not None:
                        self._bind(child.optional_vars, child.context_expr, scope)
                    self._runs(child, scope)
            if isinstance(statement, ast.For | ast.AsyncFor):
                self._bind(statement.target, statement.iter, scope)
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                self._statement(child, scope)
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                self._compound_part(child, scope)

    def _compound_part(self, part: ast.ExceptHandler | ast.match_case, scope: Scope) -> None:
        first = part.lineno if isinstance(part, ast.ExceptHandler) else part.pattern.lineno
        with self._declaring(first, _last_of_header(first, part.body[0])):
            for child in ast.iter_child_nodes(part):
                if not isinstance(child, ast.stmt):
                    self._runs(child, scope)
        self.body(part.body, scope)

    def _runs(self, node: ast.AST, scope: Scope) -> None:
        outer = self._declared
        if self._has_several:
            self._declared = self._of_its_line(node) or outer
        self._runs_declared(node, scope)
        self._declared = outer

    def _runs_declared(self, node: ast.AST, scope: Scope) -> None:
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
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _ADD_ALL:
                self._add(node.func.value, [*node.args, *(each.value for each in node.keywords)], scope)
            elif node.func.attr in _ADD_LAST:
                self._add(node.func.value, node.args[1:], scope, has_key=True)
        if isinstance(node, _RUNS):
            self._keep(node, scope)
        for child in ast.iter_child_nodes(node):
            self._runs(child, scope)

    def _bind(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            self._bindings(target.id, scope).append(self._assigned(value, scope))
        elif isinstance(target, ast.Attribute):
            if (owner := _owner_of(target, scope)) is not None:
                owner.attributes.setdefault(target.attr, []).append(self._assigned(value, scope))
            elif not self._is_for_type_checkers:
                scope.given.append((target, self._assigned(value, scope)))
        elif isinstance(target, ast.Subscript):
            self._add(target.value, [value], scope, has_key=True)
        elif isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            for index, each in enumerate(target.elts):
                self._bind(each, values[index] if len(values) == len(target.elts) else value, scope)

    def _assigned(self, value: ast.expr, scope: Scope) -> Assigned:
        if self._declared is not None and self._declared.actions is not None:
            # What is declared is not looked into: what it gives may be anything.
            value = ast.Name(id="", ctx=ast.Load(), lineno=value.lineno, col_offset=value.col_offset)
        return Assigned(expression=value, scope=scope)

    def _add(self, container: ast.expr, values: Iterable[ast.expr], scope: Scope, *, has_key: bool = False) -> None:
        """Keep what a container is given, which is a name's or an object's own, or lies in one that is."""
        while (outer := _container_of(container)) is not None:
            container = outer
        added = [self._assigned(value, scope) for value in values]
        if isinstance(container, ast.Attribute) and (owner := _owner_of(container, scope)) is not None:
            owner.added.setdefault(container.attr, []).extend(added)
        here: Scope | None = scope
        while here is not None and isinstance(container, ast.Name):
            if here.kind != "class" or here is scope:
                (here.stored if has_key else here.added).setdefault(container.id, []).extend(added)
            here = here.parent

    def _bindings(self, name: str, scope: Scope) -> list[Binding]:
        body = scope.node.body if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef) else []
        is_global = any(isinstance(node, ast.Global) and name in node.names for node in body)
        return (self._module.scope if is_global else scope).bindings.setdefault(name, [])

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        with self._declaring(node.lineno, node.end_lineno):
            self._keep(node, scope)
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
        # Comments of the body are about its statements: what is left before the first is the header's.
        found = self._declarations_in(first, _last_of_header(node.lineno, node.body[0]))
        inner.declaration = next(iter(found.values()), None)
        self.attached.update(each.line for each in list(found.values())[:1])
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
        if scope.decorators and not self._is_for_type_checkers:
            parent.decorated.append(scope)
        return scope


def _owner_of(attribute: ast.Attribute, scope: Scope) -> Scope | None:
    """Give the class whose object's attribute it is, as ``self.name`` in a method is; ``None`` where it is none."""
    first = next(iter(scope.positional(is_bound=False)), None) if scope.owner is not None else None
    return scope.owner if isinstance(attribute.value, ast.Name) and attribute.value.id == first else None


def _container_of(node: ast.expr) -> ast.expr | None:
    """Give ``a`` of ``a[key]`` and of ``a.setdefault(key, [])``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GIVE_INNER:
        return node.func.value
    return node.value if isinstance(node, ast.Subscript) else None


def _last_of_header(first: int, inner: ast.stmt | ast.match_case) -> int:
    """Give the last line of what stands before the first statement of a body."""
    decorators: list[ast.expr] = getattr(inner, "decorator_list", [])
    line = inner.pattern.lineno if isinstance(inner, ast.match_case) else inner.lineno
    return max(first, (decorators[0].lineno if decorators else line) - 1)


def absolute(node: ast.ImportFrom, module: Module) -> str:
    """Give the absolute name of the module that ``from … import`` takes from."""
    if not node.level:
        return node.module or ""
    package = module.package
    for _ in range(node.level - 1):
        package = package.rpartition(".")[0]
    return ".".join(part for part in (package, node.module) if part)
