"""A module as scopes: what each name is bound to, and what runs where."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from best_practice_constructs.audit.sdk_calls.call_declaration import CallDeclaration


@dataclass(frozen=True, kw_only=True)
class Import:
    """``import module`` (``name`` is ``None``; ``is_whole`` without ``as``) or ``from module import name``."""

    module: str
    name: str | None = None
    is_whole: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Assigned:
    """An expression that a name is bound to, in the scope that it is evaluated in."""

    expression: ast.expr
    scope: Scope


@dataclass(frozen=True, kw_only=True, eq=False)
class Annotated:
    """The annotation of a name."""

    annotation: ast.expr
    scope: Scope


Binding: TypeAlias = "Import | Assigned | Annotated | Scope"


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """What runs in a scope, with what is declared of its statement."""

    node: ast.AST
    declaration: CallDeclaration | None


@dataclass(kw_only=True, eq=False)
class Scope:
    """A module, a class, a function or a lambda.

    :ivar bindings: what its names are bound to.
    :ivar attributes: of a class: what its methods assign to ``self``.
    :ivar stored: what is stored under some key of a name, as in ``clients[service] = …``.
    :ivar added: what a container of that name is given, as in ``clients.append(…)``; of a class: of its attributes.
    :ivar nodes: what runs in it: names, attributes, calls, imports, dictionaries; not what its functions hold.
    :ivar inner: the classes and lambdas in it, which run with it.
    :ivar returned: of a function: what it returns or yields.
    :ivar decorated: the functions and classes directly in it that something decorates.
    :ivar given: what it assigns to attributes of others than its own object, as in ``App.queue = …``.
    """

    kind: Literal["module", "class", "function"]
    name: str
    node: ast.AST
    module: Module
    parent: Scope | None
    declaration: CallDeclaration | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[Assigned]] = field(default_factory=dict)
    stored: dict[str, list[Assigned]] = field(default_factory=dict)
    added: dict[str, list[Assigned]] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    inner: list[Scope] = field(default_factory=list)
    returned: list[ast.expr] = field(default_factory=list)
    decorated: list[Scope] = field(default_factory=list)
    given: list[tuple[ast.Attribute, Assigned]] = field(default_factory=list)

    @property
    def owner(self) -> Scope | None:
        """The class whose method it is, or ``None``."""
        return self.parent if self.kind == "function" and self.parent and self.parent.kind == "class" else None

    @property
    def class_around(self) -> Scope | None:
        """The class that it lies in, at whatever depth, or ``None``."""
        here: Scope | None = self
        while here is not None and here.kind != "class":
            here = here.parent
        return here

    @property
    def arguments(self) -> ast.arguments | None:
        """The parameters of a function."""
        return self.node.args if isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) else None

    @property
    def decorators(self) -> list[ast.expr]:
        """What decorates a function or a class."""
        node = self.node
        return node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []

    @functools.cached_property
    def _decorator_names(self) -> frozenset[str]:
        return frozenset(map(last_name, self.decorators))

    def is_decorated_by(self, *names: str) -> bool:
        """Tell whether one of its decorators has one of these names."""
        return not self._decorator_names.isdisjoint(names)

    @functools.cached_property
    def parameters(self) -> frozenset[str]:
        """The names of all its parameters."""
        node = self.arguments
        listed = [*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg] if node else []
        return frozenset(each.arg for each in listed if each is not None)

    def defaults(self, name: str) -> Iterator[ast.expr]:
        """Give the default of a parameter, where it has one."""
        node = self.arguments
        if node is None:
            return
        positional = [*node.posonlyargs, *node.args]
        for argument, default in zip(reversed(positional), reversed(node.defaults), strict=False):
            if argument.arg == name:
                yield default
        for argument, keyword_default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            if argument.arg == name and keyword_default is not None:
                yield keyword_default

    def positional(self, *, is_bound: bool) -> list[str]:
        """Give the names of its positional parameters, of a method without the first, or of a class's fields."""
        arguments = self.arguments
        if self.kind == "class":
            return [name for name, found in self.bindings.items() if any(isinstance(each, Annotated) for each in found)]
        if arguments is None:
            return []
        names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        return names[1:] if is_bound and not self.is_decorated_by("staticmethod") else names


@dataclass(kw_only=True, eq=False)
class Module:
    """A module that was read.

    :ivar is_lazy: its names are loaded when they are first asked for.
    :ivar imported: what it imports, anywhere in it.
    """

    name: str
    file: str
    package: str
    lines: list[str]
    scope: Scope = field(init=False)
    functions: dict[int, Scope] = field(default_factory=dict)
    is_lazy: bool = False
    imported: set[str] = field(default_factory=set)

    @property
    def imports_sdk(self) -> bool:
        """Whether it imports boto3, botocore or what is made of them."""
        return any(name.partition(".")[0] in _SDK for name in self.imported)


_SDK = frozenset({"aioboto3", "aiobotocore", "boto3", "botocore"})


def last_name(node: ast.expr) -> str:
    """Give ``c`` of ``a.b.c``, of ``a.b.c(…)`` and of ``c``."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
