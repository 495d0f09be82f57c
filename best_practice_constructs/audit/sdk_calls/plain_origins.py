"""Follows names to the expressions that they plainly are, or gives up (C2).

What an expression may be is inferred elsewhere, from all that was found. Which resource a call is on decides what is
unused, so that it must not be guessed: whatever callers, loops or other code may still change is no plain origin.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from best_practice_constructs.audit.sdk_calls.call_arguments import given_arguments
from best_practice_constructs.audit.sdk_calls.code_scope import Annotated, Assigned, Binding, Import, Scope
from best_practice_constructs.audit.sdk_calls.code_value import Class, External, Function, Instance, OwnModule
from best_practice_constructs.audit.sdk_calls.value_inference import ValueInference

_DEEPEST = 20
_MOST_STEPS = 200
_GETS = frozenset({External("os.getenv"), External("os.environ.get")})
_ENVIRON = External("os.environ")


@dataclass(frozen=True, kw_only=True, eq=False)
class Origin:
    """An expression where it stands.

    :param given: what the function that it stands in is given, in the call that is followed.
    """

    expression: ast.expr
    scope: Scope
    given: Mapping[str, Origin] = field(default_factory=dict)


class NotPlainError(LookupError):
    """What an expression is cannot be told for sure."""


class PlainOrigins:
    """Follows expressions in the modules of one function's code.

    :param inference: says what modules, classes and functions names are of.
    :param environment: the variables that the code runs with.
    """

    def __init__(self, inference: ValueInference, environment: Mapping[str, object]) -> None:
        self._inference = inference
        self._environment = environment

    def variables(self, origin: Origin) -> frozenset[str]:
        """Give the variables of the environment that an expression reads, whichever of them it is.

        :raises NotPlainError: it may be something else.
        """
        return frozenset(name for each in self.of(origin) for name in self._variables_read(each))

    def of(self, origin: Origin) -> list[Origin]:
        """Give the expressions that one is, whichever of them it is; ``None`` is left out.

        :raises NotPlainError: it may be something else.
        """
        found: list[Origin] = []
        waiting = [(origin, 0)]
        for _ in range(_MOST_STEPS):
            if not waiting:
                return found
            each, depth = waiting.pop()
            followed = self._followed(each) if depth < _DEEPEST else None
            if followed is not None:
                waiting.extend((further, depth + 1) for further in followed)
            elif not isinstance(each.expression, ast.Constant) or each.expression.value is not None:
                found.append(each)
        raise NotPlainError

    def _followed(self, origin: Origin) -> Iterable[Origin] | None:
        """Give what an expression stands for; ``None`` where it is no name and no call of a function that is read."""
        node = origin.expression
        if isinstance(node, ast.Name):
            return self._named(origin, node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute(origin, node)
        if isinstance(node, ast.IfExp):
            return [_beside(origin, each) for each in (node.body, node.orelse)]
        if isinstance(node, ast.BoolOp):
            return [_beside(origin, each) for each in node.values]
        if isinstance(node, ast.Await | ast.NamedExpr):
            return [_beside(origin, node.value)]
        return self._called(origin, node) if isinstance(node, ast.Call) else None

    def _named(self, origin: Origin, name: str) -> Iterator[Origin]:
        scope = origin.scope
        here: Scope | None = scope
        while here is not None:
            if here is scope or here.kind != "class":
                if name in here.parameters:
                    if here is not scope or name not in origin.given:
                        raise NotPlainError
                    yield origin.given[name]
                    return
                if name in here.bindings:
                    yield from self._bound(here, name, given=origin.given if here is scope else {})
                    return
            here = here.parent
        raise NotPlainError

    def _bound(self, scope: Scope, name: str, *, given: Mapping[str, Origin]) -> Iterator[Origin]:
        """Give what a name of a scope is bound to, where nothing is added to it afterwards."""
        if scope.added.get(name) or scope.stored.get(name):
            raise NotPlainError
        for binding in scope.bindings[name]:
            yield from self._binding(binding, scope, given=given)

    def _binding(self, binding: Binding, scope: Scope, *, given: Mapping[str, Origin]) -> Iterator[Origin]:
        if isinstance(binding, Assigned):
            yield Origin(
                expression=binding.expression, scope=binding.scope, given=given if binding.scope is scope else {}
            )
        elif isinstance(binding, Annotated):
            # The fields of a dataclass, or of settings that are read elsewhere, are what its calls give.
            if scope.kind == "class" and (scope.decorators or getattr(scope.node, "bases", [])):
                raise NotPlainError
        elif isinstance(binding, Import) and binding.name is not None:
            module = self._inference.module(binding.module)
            if module is None or binding.name not in module.scope.bindings:
                raise NotPlainError
            yield from self._bound(module.scope, binding.name, given={})
        else:
            raise NotPlainError

    def _attribute(self, origin: Origin, node: ast.Attribute) -> Iterator[Origin]:
        owners = self._inference.values(node.value, origin.scope)
        found = False
        for owner in owners:
            if isinstance(owner, OwnModule) and node.attr in owner.module.scope.bindings:
                found = True
                yield from self._bound(owner.module.scope, node.attr, given={})
            elif isinstance(owner, Class | Instance):
                found = True
                yield from self._of_class(owner.scope, node.attr)
            else:
                raise NotPlainError
        if not found:
            raise NotPlainError

    def _of_class(self, scope: Scope, name: str) -> Iterator[Origin]:
        for base in self._inference.bases(scope):
            assigned = base.attributes.get(name, [])
            if base.added.get(name):
                raise NotPlainError
            if name in base.bindings:
                yield from self._bound(base, name, given={})
            for each in assigned:
                yield Origin(expression=each.expression, scope=each.scope)
            if assigned or name in base.bindings:
                return
        raise NotPlainError

    def _called(self, origin: Origin, node: ast.Call) -> Iterable[Origin] | None:
        """Give what a function that is read returns; ``None`` of another one."""
        values = self._inference.values(node.func, origin.scope)
        functions = [value for value in values if isinstance(value, Function)]
        if len(values) != 1 or not functions:
            return None
        (function,) = functions
        if function.scope.declaration is not None or not function.scope.returned:
            raise NotPlainError
        given = self._given(function, node, origin)
        return [Origin(expression=each, scope=function.scope, given=given) for each in function.scope.returned]

    def _given(self, function: Function, node: ast.Call, origin: Origin) -> dict[str, Origin]:
        if any(isinstance(each, ast.Starred) for each in node.args) or any(each.arg is None for each in node.keywords):
            return {}
        pairs = given_arguments(function.scope, node, is_bound=function.is_bound)
        given = {name: _beside(origin, argument) for name, argument in pairs}
        for name in function.scope.parameters - given.keys():
            for default in function.scope.defaults(name):
                given[name] = Origin(expression=default, scope=function.scope.parent or function.scope)
        return given

    def _variables_read(self, origin: Origin) -> Iterator[str]:
        node = origin.expression
        if isinstance(node, ast.Subscript) and self._is_environment(node.value, origin.scope):
            yield from self.texts(_beside(origin, node.slice))
        elif isinstance(node, ast.Call) and node.args and self._is_get(node, origin.scope):
            named = self.texts(_beside(origin, node.args[0]))
            # Without the variable it is the default.
            if not named <= self._environment.keys():
                raise NotPlainError
            yield from named
        else:
            raise NotPlainError

    def _is_environment(self, node: ast.expr, scope: Scope) -> bool:
        return self._inference.values(node, scope) == frozenset({_ENVIRON})

    def _is_get(self, node: ast.Call, scope: Scope) -> bool:
        called = self._inference.values(node.func, scope)
        return bool(called) and called <= _GETS

    def texts(self, origin: Origin) -> frozenset[str]:
        """Give the texts that an expression is, whichever of them it is.

        :raises NotPlainError: it may be something else.
        """
        found: set[str] = set()
        for each in self.of(origin):
            if not isinstance(each.expression, ast.Constant) or not isinstance(each.expression.value, str):
                raise NotPlainError
            found.add(each.expression.value)
        return frozenset(found)


def _beside(origin: Origin, expression: ast.expr) -> Origin:
    """Give an expression that stands where another one does."""
    return Origin(expression=expression, scope=origin.scope, given=origin.given)
