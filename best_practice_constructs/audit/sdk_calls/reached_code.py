"""The code that a handler reaches, function by function, and the SDK calls in it (C2).

What is imported is run from top to bottom; a function runs where code that runs mentions it, a method where its class
is mentioned and the method is, of an object of that class or of one that is not known; what a decorator or a base class
may keep runs too, as in a registry. So nothing that may run is left out, and the other handlers of an entry are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from best_practice_constructs.audit.sdk_calls.call_arguments import given_arguments
from best_practice_constructs.audit.sdk_calls.call_recorder import CallRecorder
from best_practice_constructs.audit.sdk_calls.code_files import CodeFiles
from best_practice_constructs.audit.sdk_calls.code_scope import Module, Node, Scope
from best_practice_constructs.audit.sdk_calls.code_value import (
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    OwnModule,
    Text,
    Unknown,
    Value,
)
from best_practice_constructs.audit.sdk_calls.container_values import (
    CONTAINER,
    is_method_of_containers,
    may_hold,
)
from best_practice_constructs.audit.sdk_calls.kept_functions import KeptFunctions
from best_practice_constructs.audit.sdk_calls.scope_reader import absolute
from best_practice_constructs.audit.sdk_calls.sdk_call import CodeCalls
from best_practice_constructs.audit.sdk_calls.service_model import is_service
from best_practice_constructs.audit.sdk_calls.value_inference import DICTIONARIES, ValueInference

_MOST_PASSES = 12
_LONGEST_NAME = 60
# Classes to inherit from that call none but special methods.
_CALL_NO_METHODS = ("abc.", "builtins.", "collections.abc.", "enum.", "typing.", "typing_extensions.")


class HandlerNotFoundError(LookupError):
    """The code has no such handler."""


def calls_of_handler(files: CodeFiles, handler: str, *, environment: Mapping[str, object] | None = None) -> CodeCalls:
    """Give the SDK calls of the code that a handler reaches.

    :param files: the function's code.
    :param handler: module and function, as Lambda is told.
    :param environment: the function's variables; what is known at deployment alone may be anything but a text.
    :raises HandlerNotFoundError: there is no such module, or nothing of that name in it.
    :raises CallDeclarationError: a comment begins as a declaration of calls and is none.
    """
    name, _, function = handler.replace("/", ".").rpartition(".")
    reached = _ReachedCode(files, environment or {})
    module = reached.inference.module(name)
    values = reached.inference.member(module, function) if module else frozenset[Value]()
    if module is None or not values:
        raise HandlerNotFoundError(f"the code has no {handler}")
    return reached.calls_from(module, values)


class _ReachedCode:
    def __init__(self, files: CodeFiles, environment: Mapping[str, object]) -> None:
        self.inference = ValueInference(files, environment)
        self._environment = environment
        self._recorder = CallRecorder(self.inference, environment)
        self._kept = KeptFunctions(self.inference)
        self._scopes: dict[int, Scope] = {}
        self._waiting: list[Scope] = []
        self._classes: dict[int, Scope] = {}
        # Methods that are called of something unknown, and of objects of a class or of one that inherits from it;
        # ``None`` where the name is computed.
        self._methods: set[str] = set()
        self._methods_of: set[tuple[int, str | None]] = set()

    def calls_from(self, module: Module, values: Iterable[Value]) -> CodeCalls:
        self._reach_module(module)
        self._mention(values)
        for _ in range(_MOST_PASSES):
            known = self._size()
            self.inference.forget()
            self._recorder.clear()
            self._waiting = list(self._scopes.values())
            while self._waiting:
                self._visit(self._waiting.pop())
            if self._size() == known:
                break
        return self._recorder.found()

    def _size(self) -> tuple[int, int]:
        return len(self._scopes) + len(self._classes), sum(map(len, self.inference.parameters.values()))

    def _reach_module(self, module: Module | None) -> None:
        if module is not None:
            self._reach(module.scope)
            parent = module.name.rpartition(".")[0]
            if parent:
                self._reach_module(self.inference.module(parent))

    def _reach(self, scope: Scope) -> None:
        if id(scope) in self._scopes or not self.inference.is_run(scope):
            return
        self._scopes[id(scope)] = scope
        self._waiting.append(scope)
        for inner in scope.inner:
            self._reach(inner)
        if scope.kind == "function":
            self._reach_module(scope.module)

    def _mention(self, values: Iterable[Value]) -> None:
        for value in values:
            if isinstance(value, Function):
                self._reach(value.scope)
            elif isinstance(value, Class | Instance):
                self._reach_class(value.scope)
            elif isinstance(value, OwnModule):
                # As of a package whose names are loaded when they are asked for.
                self._reach_module(value.module)

    def _reach_class(self, scope: Scope) -> None:
        if id(scope) in self._classes:
            return
        self._classes[id(scope)] = scope
        self._reach_module(scope.module)
        bases = list(self.inference.bases(scope))
        for base in bases:
            self._reach_class(base)
        inherited = {name for base in bases for key, name in self._methods_of if key == id(base)}
        is_called_elsewhere = None in inherited or any(map(self._inherits_unread, bases))
        for name in scope.bindings:
            if (
                is_called_elsewhere
                or (name.startswith("__") and name.endswith("__"))
                or name in self._methods
                or name in inherited
            ):
                self._reach_method(scope, name)

    def _inherits_unread(self, scope: Scope) -> bool:
        """Tell whether a class inherits from one that is not read, which may call any of its methods."""
        nodes = scope.node.bases if isinstance(scope.node, ast.ClassDef) else []
        bases = [node.value if isinstance(node, ast.Subscript) else node for node in nodes]
        values = [value for base in bases for value in self.inference.values(base, scope.parent or scope)]
        return any(
            isinstance(value, Unknown) or (isinstance(value, External) and not value.name.startswith(_CALL_NO_METHODS))
            for value in values
        )

    def _reach_method(self, scope: Scope, name: str) -> None:
        for binding in scope.bindings.get(name, ()):
            if isinstance(binding, Scope) and binding.kind == "function":
                self._reach(binding)

    def _visit(self, scope: Scope) -> None:
        if scope.declaration is not None and scope.declaration.actions is not None:
            line = getattr(scope.node, "lineno", scope.declaration.line)
            self._recorder.declared(scope.declaration, scope, line=line)
            return
        for node in scope.nodes:
            if isinstance(node.node, ast.Import | ast.ImportFrom):
                self._import(node.node, scope)
            elif node.declaration is None or node.declaration.holds(self._environment):
                self._visit_node(node, scope)
        self._visit_kept(scope)

    def _visit_kept(self, scope: Scope) -> None:
        """Reach what others keep of a scope, without a name of it."""
        for target, assigned in scope.given:
            for owner in self.inference.values(target.value, scope):
                self._assign(owner, target.attr, assigned.expression, scope)
        for decorated in scope.decorated:
            for decorator in decorated.decorators:
                if self._kept.may_keep(decorator, scope):
                    self._keep(decorated, decorator, scope)
        for inner in scope.inner:
            if any(map(self._is_told_of_classes, self.inference.bases(inner))):
                self._reach_class(inner)

    def _keep(self, decorated: Scope, decorator: ast.expr, scope: Scope) -> None:
        """Reach what a registry may run, as of ``@app.get("/orders")``."""
        value = Class(decorated) if decorated.kind == "class" else Function(decorated)
        self._mention([value])
        for function, name in self._kept.parameters(decorator, scope):
            self.inference.parameters[id(function), name].add(value)

    def _is_told_of_classes(self, scope: Scope) -> bool:
        """Tell whether a class is told of those that inherit from it, and may keep them."""
        keywords = scope.node.keywords if isinstance(scope.node, ast.ClassDef) else []
        made_by = [each.value for each in keywords if each.arg == "metaclass"]
        values = [value for each in made_by for value in self.inference.values(each, scope.parent or scope)]
        is_known = all(isinstance(value, External) and value.name.startswith(_CALL_NO_METHODS) for value in values)
        return "__init_subclass__" in scope.bindings or not is_known

    def _assign(self, owner: Value, name: str, expression: ast.expr, scope: Scope) -> None:
        """Keep what an attribute is given from outside, as in ``App.queue = …``."""
        if isinstance(owner, Class | Instance | OwnModule):
            kept = owner.module.scope if isinstance(owner, OwnModule) else owner.scope
            self._add(kept, name, expression, scope)

    def _visit_node(self, node: Node, scope: Scope) -> None:
        if node.declaration is not None and node.declaration.actions is not None:
            self._recorder.declared(node.declaration, scope, line=node.declaration.line)
            return
        if isinstance(node.node, ast.Name):
            self._mention(self.inference.values(node.node, scope))
        elif isinstance(node.node, ast.Attribute):
            self._visit_attribute(node.node, scope)
            self._recorder.attribute(node, node.node, scope)
        elif isinstance(node.node, ast.Call):
            self._visit_call(node.node, scope)
            self._recorder.call(node, node.node, scope)
            self._recorder.handed_on(node, node.node, scope)
        elif isinstance(node.node, ast.Dict):
            self._recorder.dictionary(node, node.node, scope)

    def _visit_attribute(self, node: ast.Attribute, scope: Scope) -> None:
        owners = self.inference.values(node.value, scope)
        if may_hold(owners) and (CONTAINER not in owners or not is_method_of_containers(node.attr)):
            self._reach_methods(node.attr)
        for owner in owners:
            self._mention(self.inference.attribute(owner, node.attr))
            if isinstance(owner, Class | Instance):
                self._reach_overriding(owner.scope, node.attr)
        if node.attr == "__subclasses__":
            self._reach_subclasses([owner.scope for owner in owners if isinstance(owner, Class)])

    def _reach_subclasses(self, bases: list[Scope]) -> None:
        """Reach the classes that inherit from some, or any that inherits where these are not known."""
        for module in [each.module for each in self._scopes.values() if each.kind == "module"]:
            for scope in module.functions.values():
                own = list(self.inference.bases(scope))[1:]
                if any(base in own for base in bases) or (own and not bases):
                    self._reach_class(scope)

    def _reach_methods(self, name: str) -> None:
        if name not in self._methods:
            self._methods.add(name)
            for scope in list(self._classes.values()):
                self._reach_method(scope, name)

    def _reach_overriding(self, scope: Scope, name: str | None) -> None:
        if (id(scope), name) not in self._methods_of:
            self._methods_of.add((id(scope), name))
            for each in list(self._classes.values()):
                if any(base is scope for base in self.inference.bases(each)):
                    for method in list(each.bindings) if name is None else [name]:
                        self._reach_method(each, method)

    def _visit_getattr(self, node: ast.Call, scope: Scope) -> None:
        self._mention(self.inference.values(node, scope))
        names = {each.text if isinstance(each, Text) else None for each in self.inference.values(node.args[1], scope)}
        for owner in self.inference.values(node.args[0], scope):
            for name in names:
                if isinstance(owner, Class | Instance):
                    self._reach_overriding(owner.scope, name)
                elif owner == UNKNOWN and name is not None:
                    self._reach_methods(name)

    def _visit_setattr(self, node: ast.Call, scope: Scope) -> None:
        owner_node, name_node, expression = node.args[:3]
        for owner in self.inference.values(owner_node, scope):
            for name in self.inference.values(name_node, scope):
                if isinstance(name, Text):
                    self._assign(owner, name.text, expression, scope)

    def _visit_call(self, node: ast.Call, scope: Scope) -> None:
        for value in self.inference.values(node.func, scope):
            if value == External("functools.partial") and node.args:
                for function in self.inference.values(node.args[0], scope):
                    self._give(function, node, scope, skip=1)
            elif value == External("builtins.getattr") and len(node.args) > 1:
                self._visit_getattr(node, scope)
            elif value == External("builtins.setattr") and len(node.args) > 2:
                self._visit_setattr(node, scope)
            elif value in DICTIONARIES:
                self._mention(self.inference.values(node, scope))
            else:
                self._give(value, node, scope)

    def _give(self, value: Value, node: ast.Call, scope: Scope, *, skip: int = 0) -> None:
        if isinstance(value, Function):
            for name, argument in given_arguments(value.scope, node, skip=skip, is_bound=value.is_bound):
                self._add(value.scope, name, argument, scope)
        if not isinstance(value, Class | Instance):
            return
        name = "__init__" if isinstance(value, Class) else "__call__"
        methods = [each for each in self.inference.attribute(value, name) if isinstance(each, Function)]
        for method in methods:
            self._give(Function(method.scope, is_bound=True), node, scope, skip=skip)
        if isinstance(value, Class) and not methods:
            # The fields of a dataclass or a named tuple.
            for name, argument in given_arguments(value.scope, node, skip=skip, is_bound=False):
                self._add(value.scope, name, argument, scope)

    def _add(self, function: Scope, name: str, argument: ast.expr, scope: Scope) -> None:
        found = self.inference.values(argument, scope)
        self.inference.parameters[id(function), name].update(filter(_tells, found))

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                self._reach_module(self.inference.module(alias.name))
                continue
            source = absolute(node, scope.module)
            module = self.inference.module(source)
            self._reach_module(module)
            if alias.name not in (module.scope.bindings if module else ()):
                self._reach_module(self.inference.module(f"{source}.{alias.name}"))


def _tells(value: Value) -> bool:
    """Tell whether what a parameter is given may matter: not a text that names no service and no method."""
    if isinstance(value, Text):
        return len(value.text) <= _LONGEST_NAME and (value.text.isidentifier() or is_service(value.text))
    return not isinstance(value, Unknown | External)
