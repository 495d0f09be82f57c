"""What the expressions of a function's code may be: enough of it to know which clients it calls (C2).

Nothing is run. A name is whatever it is bound to anywhere in its scope; a parameter is what its annotation, its default
and the calls that were found say; a container is its elements.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from best_practice_constructs.audit.sdk_calls.annotated_values import annotated_values
from best_practice_constructs.audit.sdk_calls.call_arguments import given_arguments, keyword_arguments
from best_practice_constructs.audit.sdk_calls.code_files import CodeFiles
from best_practice_constructs.audit.sdk_calls.code_modules import CodeModules
from best_practice_constructs.audit.sdk_calls.code_scope import Annotated, Assigned, Binding, Import, Module, Scope
from best_practice_constructs.audit.sdk_calls.code_value import (
    UNKNOWN,
    Class,
    Client,
    Collection,
    External,
    Function,
    Instance,
    Member,
    OwnModule,
    Resource,
    Session,
    Text,
    Value,
)
from best_practice_constructs.audit.sdk_calls.container_values import (
    CONTAINER,
    CONTAINERS,
    FROM_CONTAINERS,
    OF_CONTAINER,
    elements,
    may_hold,
)
from best_practice_constructs.audit.sdk_calls.sdk_values import attribute_of, called_value

Values = frozenset[Value]
Arguments = Mapping[str, Values]

_NOTHING: Values = frozenset()
_SOMETHING: Values = frozenset({UNKNOWN})
_OF_SDK = (Session, Client, Resource, Collection, Member)
_PASSED_ON = frozenset({"typing.cast", "functools.partial", "contextlib.closing"})
_FIELDS = frozenset({"attr.ib", "attrs.field", "dataclasses.field", "msgspec.field"})
DICTIONARIES = frozenset({External("builtins.globals"), External("builtins.vars")})
_LIKE_SERVICE = re.compile(r"[a-z][a-z0-9-]{1,40}", re.ASCII)
_DEEPEST = 30


class ValueInference:
    """Infers values in the modules of one function's code.

    :param files: the code.
    :param environment: the variables that it runs with.
    :ivar parameters: what parameters are given, by the calls that were found, and names of modules from outside;
        who finds more adds it, and calls :meth:`forget`.
    """

    def __init__(self, files: CodeFiles, environment: Mapping[str, object]) -> None:
        self._environment = environment
        self._modules = CodeModules(files)
        self._memory: dict[tuple[object, ...], Values] = {}
        self._members: dict[tuple[int, str], Values] = {}
        self._depth = 0
        self.parameters: defaultdict[tuple[int, str], set[Value]] = defaultdict(set)

    def forget(self) -> None:
        """Infer anew, as there is more known of parameters."""
        self._memory.clear()
        self._members.clear()

    def module(self, name: str) -> Module | None:
        """Give a module by its dotted name; ``None`` where it is not read."""
        return self._modules.module(name)

    def member(self, module: Module, name: str) -> Values:
        """Give what a name of a module is."""
        key = (id(module), name)
        if key not in self._members:
            self._members[key] = _NOTHING
            self._members[key] = self._member(module, name)
        return self._members[key]

    def _member(self, module: Module, name: str) -> Values:
        found = self._bound(module.scope.bindings.get(name, ()), module.scope, {})
        found |= frozenset(self.parameters.get((id(module.scope), name), ()))
        for star in module.scope.bindings.get("*", ()):
            if not found and isinstance(star, Import) and (source := self.module(star.module)) is not None:
                found = self.member(source, name)
        submodule = None if found else self.module(f"{module.name}.{name}")
        return frozenset({OwnModule(submodule)}) if submodule else found

    def values(self, node: ast.AST, scope: Scope, arguments: Arguments | None = None) -> Values:
        """Give what an expression may be.

        :param scope: what it is evaluated in.
        :param arguments: what the function of that scope is given in the call that is looked at.
        """
        key = (id(node), id(scope), frozenset(arguments.items())) if arguments else (id(node), id(scope))
        if key not in self._memory:
            # What needs itself adds nothing to itself.
            self._memory[key] = _NOTHING
            self._depth += 1
            found = _SOMETHING if self._depth > _DEEPEST else self._values(node, scope, arguments or {})
            self._depth -= 1
            self._memory[key] = found
        return self._memory[key]

    def is_run(self, scope: Scope) -> bool:
        """Tell whether a scope runs in the environment, and is looked into: what is declared of it tells."""
        here: Scope | None = scope
        while here is not None:
            declaration = here.declaration
            if declaration is not None and not declaration.holds(self._environment):
                return False
            if declaration is not None and declaration.actions is not None and here is not scope:
                return False
            here = here.parent
        return True

    def bases(self, scope: Scope) -> Iterator[Scope]:
        """Give a class and those that it inherits from, which are read."""
        waiting, seen = [scope], set[int]()
        while waiting:
            each = waiting.pop(0)
            if id(each) in seen or not isinstance(each.node, ast.ClassDef):
                continue
            seen.add(id(each))
            yield each
            for base in each.node.bases:
                plain = base.value if isinstance(base, ast.Subscript) else base
                found = self.values(plain, each.parent or each)
                waiting.extend(value.scope for value in found if isinstance(value, Class))

    def attribute(self, value: Value, name: str) -> Values:
        """Give what an attribute of a value may be."""
        if isinstance(value, _OF_SDK):
            return frozenset({attribute_of(value, name)})
        if isinstance(value, OwnModule):
            return self.member(value.module, name)
        if value == External("boto3") and name == "DEFAULT_SESSION":
            return frozenset({Session()})
        if isinstance(value, External):
            module = self.module(f"{value.name}.{name}")
            return frozenset({OwnModule(module) if module else External(f"{value.name}.{name}")})
        if isinstance(value, Class | Instance):
            return self._attribute_of_class(value, name)
        return _NOTHING

    def _values(self, node: ast.AST, scope: Scope, arguments: Arguments) -> Values:
        if isinstance(node, ast.Constant):
            return frozenset({Text(node.value) if isinstance(node.value, str) else External("a constant")})
        if isinstance(node, ast.Name):
            found = self._name(node.id, scope, arguments)
            return found | self._held(node.id, scope, arguments) if may_hold(found) else found
        if isinstance(node, ast.Attribute):
            return self._union(self.attribute(value, node.attr) for value in self.values(node.value, scope, arguments))
        if isinstance(node, ast.Call):
            return self._call(node, scope, arguments)
        if isinstance(node, ast.Subscript):
            return self._stored(node, scope, arguments)
        if isinstance(node, ast.Lambda):
            return frozenset({Function(scope.module.functions[id(node)])})
        if isinstance(node, CONTAINERS):
            return self._union(self.values(each, scope, arguments) for each in elements(node)) | {CONTAINER}
        return self._of_parts(node, scope, arguments)

    def _of_parts(self, node: ast.AST, scope: Scope, arguments: Arguments) -> Values:
        parts: list[ast.expr] = []
        if isinstance(node, ast.BoolOp):
            parts = node.values
        elif isinstance(node, ast.IfExp):
            parts = [node.body, node.orelse]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Await | ast.NamedExpr | ast.Starred | ast.YieldFrom):
            parts = [node.value]
        elif isinstance(node, ast.JoinedStr | ast.Compare | ast.UnaryOp):
            return frozenset({External("a constant")})
        return self._union(self.values(part, scope, arguments) for part in parts) or _SOMETHING

    def _stored(self, node: ast.Subscript, scope: Scope, arguments: Arguments) -> Values:
        found = self.values(node.value, scope, arguments)
        if isinstance(node.value, ast.Name):
            found |= self._held(node.value.id, scope, arguments)
        if External("sys.modules") in found:
            named = self.values(node.slice, scope, arguments)
            modules = [self.module(each.text) for each in named if isinstance(each, Text)]
            return frozenset(OwnModule(module) for module in modules if module) or _SOMETHING
        return found

    def _held(self, name: str, scope: Scope, arguments: Arguments) -> Values:
        """Give what a container of some name holds, but for what it was made with."""
        stored = scope.stored.get(name) or scope.module.scope.stored.get(name, [])
        holder: Scope | None = scope
        while holder is not None and name not in holder.bindings and name not in holder.parameters:
            holder = holder.parent
        added = (holder or scope.module.scope).added.get(name, [])
        return self._union(
            self.values(each.expression, each.scope, arguments if each.scope is scope else {})
            for each in (*stored, *added)
        )

    def _name(self, name: str, scope: Scope, arguments: Arguments) -> Values:
        here: Scope | None = scope
        while here is not None:
            if here is scope or here.kind != "class":
                own = arguments if here is scope else {}
                if name in here.parameters:
                    return self._parameter(here, name, own)
                if name in here.bindings:
                    return self._bound(here.bindings[name], here, own).union(self.parameters.get((id(here), name), ()))
            here = here.parent
        if name == "__name__":
            return frozenset({Text(scope.module.name)})
        if hasattr(builtins, name):
            return frozenset({External(f"builtins.{name}")})
        return self.member(scope.module, name) or _SOMETHING

    def _parameter(self, function: Scope, name: str, arguments: Arguments) -> Values:
        if name in arguments:
            return arguments[name]
        owner = function.owner
        is_first = owner is not None and name == next(iter(function.positional(is_bound=False)), None)
        if owner is not None and is_first and not function.is_decorated_by("staticmethod"):
            return frozenset({Class(owner) if function.is_decorated_by("classmethod") else Instance(owner)})
        found = frozenset(self.parameters.get((id(function), name), ()))
        node = function.arguments
        if node is not None and function.parent is not None:
            for argument in (*node.posonlyargs, *node.args, *node.kwonlyargs):
                if argument.arg == name and argument.annotation is not None:
                    found |= self.annotated(argument.annotation, function.parent)
            found |= self._union(self.values(default, function.parent) for default in function.defaults(name))
        return found or _SOMETHING

    def annotated(self, annotation: ast.expr, scope: Scope) -> Values:
        """Give what is annotated so."""
        return annotated_values(annotation, lambda node: self.values(node, scope))

    def _bound(self, bindings: Iterable[Binding], scope: Scope, arguments: Arguments) -> Values:
        found: Values = _NOTHING
        for binding in bindings:
            if isinstance(binding, Import):
                found |= self._imported(binding)
            elif isinstance(binding, Assigned):
                own = arguments if binding.scope is scope else {}
                found |= self.values(binding.expression, binding.scope, own)
            elif isinstance(binding, Annotated):
                found |= self.annotated(binding.annotation, binding.scope)
            elif binding.kind == "class":
                found |= {Class(binding)}
            elif not binding.is_decorated_by("overload"):
                found |= {Function(binding)}
        return found

    def _imported(self, binding: Import) -> Values:
        module = self.module(binding.module)
        if binding.name is None:
            return frozenset({OwnModule(module) if module else External(binding.module)})
        if module is not None:
            return self.member(module, binding.name)
        # Of a folder without a module of its own.
        submodule = self.module(f"{binding.module}.{binding.name}")
        return frozenset({OwnModule(submodule) if submodule else External(f"{binding.module}.{binding.name}")})

    def _attribute_of_class(self, value: Class | Instance, name: str) -> Values:
        found: Values = _NOTHING
        for scope in self.bases(value.scope):
            for binding in scope.bindings.get(name, ()):
                if isinstance(binding, Scope) and binding.kind == "function":
                    found |= self._method(binding, is_bound=isinstance(value, Instance))
                else:
                    found |= self._bound([binding], scope, {})
            for assigned in scope.attributes.get(name, ()):
                found |= self.values(assigned.expression, assigned.scope)
            found |= frozenset(self.parameters.get((id(scope), name), ()))
            if found and may_hold(found):
                found |= self._union(self.values(each.expression, each.scope) for each in scope.added.get(name, ()))
            if found:
                break
        return found

    def _method(self, function: Scope, *, is_bound: bool) -> Values:
        method = frozenset({Function(function, is_bound or function.is_decorated_by("classmethod"))})
        if function.is_decorated_by("property", "cached_property"):
            return method | self.returned(function, {})
        return _NOTHING if function.is_decorated_by("overload") else method

    def returned(self, function: Scope, arguments: Arguments) -> Values:
        """Give what a function may return or yield."""
        if not self.is_run(function):
            return _SOMETHING
        found = self._union(self.values(each, function, arguments) for each in function.returned)
        annotation = getattr(function.node, "returns", None)
        if not found - _SOMETHING and isinstance(annotation, ast.expr) and function.parent is not None:
            found |= self.annotated(annotation, function.parent)
        return found

    def _call(self, node: ast.Call, scope: Scope, arguments: Arguments) -> Values:
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in OF_CONTAINER:
            held = self.values(called.value, scope, arguments)
            if CONTAINER in held:
                return held | self._union(self.values(each, scope, arguments) for each in node.args[1:])
        found = self.values(called, scope, arguments)
        return self._union(self._called(value, node, scope, arguments) for value in found)

    def _called(self, value: Value, node: ast.Call, scope: Scope, arguments: Arguments) -> Values:
        if isinstance(value, Function):
            pairs = given_arguments(value.scope, node, is_bound=value.is_bound)
            given = {
                name: frozenset(filter(_tells, self.values(argument, scope, arguments))) for name, argument in pairs
            }
            return self.returned(value.scope, {name: found for name, found in given.items() if found})
        if isinstance(value, Class):
            return frozenset({Instance(value.scope)})
        if isinstance(value, Instance):
            found = self.attribute(value, "__call__")
            return self._union(self._called(each, node, scope, arguments) for each in found if each != value)
        if isinstance(value, External | Member | Resource):
            return self._called_outside(value, node, scope, arguments)
        return _SOMETHING

    def _called_outside(
        self, value: External | Member | Resource, node: ast.Call, scope: Scope, arguments: Arguments
    ) -> Values:
        if isinstance(value, External) and value.name in _PASSED_ON:
            annotated = self.annotated(node.args[0], scope) if value.name == "typing.cast" and node.args else _NOTHING
            return annotated | self._union(self.values(each, scope, arguments) for each in node.args)
        if isinstance(value, External) and value.name in FROM_CONTAINERS:
            given = [*node.args, *(each.value for each in node.keywords if each.arg != "key")]
            return self._union(self.values(each, scope, arguments) for each in given) | {CONTAINER}
        if value == External("builtins.super") and (owner := scope.class_around) is not None:
            return frozenset(Instance(base) for base in self.bases(owner) if base is not owner) or _SOMETHING
        if value == External("builtins.getattr") and len(node.args) > 1:
            return self._got(node, scope, arguments)
        if value in DICTIONARIES:
            return self._dictionary(node, scope, arguments)
        if isinstance(value, External) and value.name in _FIELDS:
            return self._field(node, scope)
        if value == External("importlib.import_module") and node.args:
            named = self.values(node.args[0], scope, arguments)
            found = [self.module(each.text) for each in named if isinstance(each, Text)]
            return frozenset(OwnModule(module) for module in found if module) or _SOMETHING
        first = [*node.args[:1], *(each.value for each in node.keywords if each.arg == "service_name")]
        return frozenset(called_value(value, self._union(self.values(each, scope, arguments) for each in first)))

    def _field(self, node: ast.Call, scope: Scope) -> Values:
        given = dict(keyword_arguments(node))
        found = self.values(given["default"], scope) if "default" in given else _NOTHING
        for name in given.keys() & {"default_factory", "factory"}:
            for maker in self.values(given[name], scope):
                found |= self._called(maker, ast.Call(func=given[name], args=[], keywords=[]), scope, {})
        return found or _SOMETHING

    def _got(self, node: ast.Call, scope: Scope, arguments: Arguments) -> Values:
        named = self.values(node.args[1], scope, arguments)
        names = [each.text for each in named if isinstance(each, Text)]
        owners = self.values(node.args[0], scope, arguments)
        found = self._union(self.attribute(owner, name) for owner in owners for name in names)
        if len(names) < len(named):
            found |= self._union(map(self._all_of, owners))
        return found or _SOMETHING

    def _all_of(self, owner: Value) -> Values:
        """Give whatever is an attribute of an object, a class or a module."""
        names: set[str] = set()
        if isinstance(owner, OwnModule):
            names.update(owner.module.scope.bindings)
        elif isinstance(owner, Class | Instance):
            names.update(*((*base.bindings, *base.attributes) for base in self.bases(owner.scope)))
        return self._union(self.attribute(owner, name) for name in sorted(names))

    def _dictionary(self, node: ast.Call, scope: Scope, arguments: Arguments) -> Values:
        """Give what ``globals()``, or ``vars()`` of a class or a module, holds."""
        if node.args:
            owners = self.values(node.args[0], scope, arguments)
        else:
            # What a module loads when it is asked for is what it is asked for.
            owners = frozenset() if scope.module.is_lazy else frozenset({OwnModule(scope.module)})
        held = self._union(self._all_of(each) for each in owners if not isinstance(each, Instance))
        return held | {CONTAINER}

    def _union(self, all_values: Iterable[Values]) -> Values:
        return frozenset().union(*all_values)


def _tells(value: Value) -> bool:
    """Tell whether what a function is given may decide which client it gives."""
    # A name that no service has comes from a slip, which what other calls give would hide.
    return isinstance(value, _OF_SDK) or (isinstance(value, Text) and _LIKE_SERVICE.fullmatch(value.text) is not None)
