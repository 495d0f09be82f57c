"""Which decorators may keep what they decorate, as registries do, and which only wrap it (C2).

What is kept may run though no code names it. What is only wrapped runs where its name is mentioned, or not at all: so
the other handlers of a module, each with its decorator, are none of a handler's code.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator

from best_practice_constructs.audit.sdk_calls.call_arguments import given_arguments
from best_practice_constructs.audit.sdk_calls.code_scope import Scope
from best_practice_constructs.audit.sdk_calls.code_value import Class, External, Function, OwnModule, Value
from best_practice_constructs.audit.sdk_calls.value_inference import ValueInference

# Of the standard library's, what keeps functions, or makes something of them that others may keep.
_KEEPING = frozenset({"atexit.register", "functools.partial"})
# Packages whose decorators wrap handlers, but for the resolvers, which have routes.
_WRAPPING = ("aws_lambda_powertools.", "best_practice_constructs.")
_ROUTING = "aws_lambda_powertools.event_handler"
# Powertools' decorators of objects that are not read, as where it lies in a layer.
_WRAPPING_METHODS = frozenset({"capture_lambda_handler", "capture_method", "inject_lambda_context", "log_metrics"})
_OF_PROPERTIES = frozenset({"deleter", "getter", "setter"})
_DEEPEST = 5


class KeptFunctions:
    """Tells which decorators may keep what they decorate.

    :param inference: says what expressions may be.
    """

    def __init__(self, inference: ValueInference) -> None:
        self._inference = inference

    def may_keep(self, decorator: ast.expr, scope: Scope, *, depth: int = 0) -> bool:
        """Tell whether a decorator may keep what it decorates: not where all that is read of it only wraps it.

        :param scope: what the decorator is evaluated in.
        """
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr in _WRAPPING_METHODS | _OF_PROPERTIES:
            return False
        made_by = self._inference.values(called, scope)
        if made_by and all(map(_only_wraps, made_by)):
            return False
        values = self._inference.values(decorator, scope)
        # Nothing is known, as of the ``register`` of a function of functools.singledispatch.
        return not values or any(self._keeps(value, depth) for value in values)

    def parameters(self, decorator: ast.expr, scope: Scope) -> Iterator[tuple[Scope, str]]:
        """Give the parameters that a decorator's functions get what they decorate by."""
        for value in self._inference.values(decorator, scope):
            if isinstance(value, Function):
                for name in value.scope.positional(is_bound=value.is_bound)[:1]:
                    yield value.scope, name

    def _keeps(self, value: Value, depth: int) -> bool:
        if _only_wraps(value):
            return False
        if isinstance(value, Function):
            names = value.scope.positional(is_bound=value.is_bound)[:1]
            return not names or self._keeps_parameter(value.scope, names, depth)
        return not isinstance(value, Class) or self._class_keeps(value, None, depth)

    def _class_keeps(self, value: Class, name: str | None, depth: int) -> bool:
        """Tell whether more than the object that a class makes may keep what it is given."""
        if self._inference.attribute(value, "__new__"):
            return True
        methods = [each for each in self._inference.attribute(value, "__init__") if isinstance(each, Function)]
        for method in methods:
            own, *others = method.scope.positional(is_bound=False) or [""]
            if not others or self._keeps_parameter(method.scope, [own, name or others[0]], depth):
                return True
        return not methods

    def _keeps_parameter(self, function: Scope, names: Iterable[str], depth: int) -> bool:
        return depth > _DEEPEST or _Body(self, self._inference, function, names, depth).keeps()

    def passed_on(self, value: Value, call: ast.Call, held: set[str], depth: int) -> bool:
        """Tell whether what is called may keep one of the names that it is given."""
        if isinstance(value, External):
            return not _only_wraps(value)
        if isinstance(value, Class):
            inits = [each for each in self._inference.attribute(value, "__init__") if isinstance(each, Function)]
            given = [name for init in inits for name in _given(init.scope, call, held, is_bound=True)]
            return not given or any(self._class_keeps(value, name, depth) for name in given)
        if not isinstance(value, Function):
            return True
        given = list(_given(value.scope, call, held, is_bound=value.is_bound))
        return not given or self._keeps_parameter(value.scope, given, depth)


class _Body:
    """What a function does with some of its names, and with what it makes of them."""

    def __init__(
        self, kept: KeptFunctions, inference: ValueInference, function: Scope, names: Iterable[str], depth: int
    ) -> None:
        self._kept = kept
        self._inference = inference
        self._function = function
        self._depth = depth + 1
        # The names of what was given, and of what holds it.
        self._held = set(names)
        self._elsewhere: set[str] = set()

    def keeps(self) -> bool:
        node = self._function.node
        body: list[ast.stmt] = [ast.Return(value=node.body)] if isinstance(node, ast.Lambda) else []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
        for each in ast.walk(node):
            if isinstance(each, ast.Global | ast.Nonlocal):
                self._elsewhere.update(each.names)
        while True:
            known = len(self._held)
            found = [self._statement(each, self._function) for each in body]
            if any(found) or len(self._held) == known:
                return any(found)

    def _statement(self, node: ast.AST, scope: Scope) -> bool:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return node.value is not None and any(self._assigned(each, node.value, scope) for each in targets)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return self._definition(node, scope)
        if isinstance(node, ast.Return):
            return node.value is not None and self._escapes(node.value, scope, is_held=True)
        if isinstance(node, ast.expr):
            return self._escapes(node, scope)
        if isinstance(node, ast.If | ast.While | ast.Assert):
            rest = [each for each in ast.iter_child_nodes(node) if each is not node.test]
            return self._escapes(node.test, scope, is_held=True) or any(self._statement(each, scope) for each in rest)
        return any(self._statement(each, scope) for each in ast.iter_child_nodes(node))

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope) -> bool:
        inner = scope.module.functions[id(node)]
        if any(isinstance(each, ast.Name) and each.id in self._held for each in ast.walk(node)):
            self._held.add(node.name)
            if any(self._kept.may_keep(each, scope, depth=self._depth) for each in node.decorator_list):
                return True
        return any(self._statement(each, inner) for each in node.body)

    def _assigned(self, target: ast.expr, value: ast.expr, scope: Scope) -> bool:
        if isinstance(target, ast.Name) and target.id not in self._elsewhere:
            if self._holds(value):
                self._held.add(target.id)
            return self._escapes(value, scope, is_held=True)
        is_of_it = isinstance(target, ast.Attribute) and self._is_held(target.value)
        is_kept = isinstance(target, ast.Subscript) and self._escapes(target.slice, scope)
        return is_kept or self._escapes(value, scope, is_held=is_of_it)

    def _is_held(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id in self._held

    def _holds(self, value: ast.expr) -> bool:
        """Tell whether a value may be, or hold, what is held: the answer of a call of it is not."""
        if isinstance(value, ast.Attribute | ast.Constant | ast.JoinedStr | ast.Compare):
            return False
        if isinstance(value, ast.Call):
            given = [*value.args, *(each.value for each in value.keywords)]
            return not self._is_held(value.func) and any(map(self._holds, given))
        return self._is_held(value) or any(
            self._holds(each) for each in ast.iter_child_nodes(value) if isinstance(each, ast.expr)
        )

    def _escapes(self, node: ast.AST, scope: Scope, *, is_held: bool = False) -> bool:
        """Tell whether an expression gives what is held to something else.

        :param is_held: its value is returned, compared, or in what is held itself.
        """
        if isinstance(node, ast.Name):
            return not is_held and node.id in self._held
        if isinstance(node, ast.Attribute):
            return self._escapes(node.value, scope, is_held=True)
        if isinstance(node, ast.Call):
            return self._called(node, scope, is_held=is_held)
        if isinstance(node, ast.Lambda):
            return self._escapes(node.body, scope, is_held=is_held)
        if isinstance(node, ast.Compare | ast.JoinedStr | ast.FormattedValue | ast.UnaryOp | ast.BinOp):
            is_held = True
        elif not isinstance(node, ast.BoolOp | ast.Dict | ast.IfExp | ast.List | ast.Set | ast.Starred | ast.Tuple):
            is_held = False
        return any(self._escapes(each, scope, is_held=is_held) for each in ast.iter_child_nodes(node))

    def _called(self, node: ast.Call, scope: Scope, *, is_held: bool) -> bool:
        if self._is_held(node.func) or (isinstance(node.func, ast.Attribute) and self._is_held(node.func.value)):
            # Its own arguments, which are not itself.
            return any(self._escapes(each, scope) for each in _arguments(node))
        arguments = _arguments(node)
        if not any(map(self._holds, arguments)):
            return any(self._escapes(each, scope, is_held=True) for each in (node.func, *arguments))
        if any(self._escapes(each, scope, is_held=True) for each in (node.func, *arguments)):
            return True
        made_by = node.func.func if isinstance(node.func, ast.Call) else node.func
        values = self._inference.values(made_by, scope)
        if values and all(isinstance(value, External) and _only_wraps(value) for value in values):
            # Such as functools.wraps(function)(wrapper), or inspect.signature(function).
            return False
        # What a function of ours makes of it is kept where that is stored.
        values = self._inference.values(node.func, scope)
        return (
            not is_held
            or not values
            or any(self._kept.passed_on(value, node, self._held, self._depth) for value in values)
        )


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _given(function: Scope, call: ast.Call, held: set[str], *, is_bound: bool) -> Iterator[str]:
    for name, argument in given_arguments(function, call, is_bound=is_bound):
        if any(isinstance(each, ast.Name) and each.id in held for each in ast.walk(argument)):
            yield name


def _only_wraps(value: Value) -> bool:
    """Tell whether something is known to keep no function that it decorates."""
    if isinstance(value, Function | Class):
        name = value.scope.module.name
    elif isinstance(value, OwnModule):
        name = value.module.name
    elif isinstance(value, External):
        name = value.name
        if name.partition(".")[0] in sys.stdlib_module_names:
            return name not in _KEEPING
    else:
        return False
    return f"{name}.".startswith(_WRAPPING) and not name.startswith(_ROUTING)
