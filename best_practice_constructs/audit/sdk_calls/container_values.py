"""Containers among the values of a function's code: what they hold is what they are."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from best_practice_constructs.audit.sdk_calls.code_value import UNKNOWN, External, Value

# Something that holds others; what an expression may be is then also what it holds.
CONTAINER = External("a container")

# Expressions that are containers.
CONTAINERS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

# Methods that give what is held.
OF_CONTAINER = frozenset({"copy", "get", "items", "pop", "popitem", "popleft", "setdefault", "values"})

# What gives a container of what its arguments hold, or one of these.
FROM_CONTAINERS = frozenset(
    {
        *(f"builtins.{name}" for name in ("dict", "enumerate", "filter", "frozenset", "iter", "list", "max", "min")),
        *(f"builtins.{name}" for name in ("next", "reversed", "set", "sorted", "tuple", "zip")),
        *(f"collections.{name}" for name in ("ChainMap", "OrderedDict", "defaultdict", "deque")),
        *(f"itertools.{name}" for name in ("chain", "chain.from_iterable", "cycle", "islice")),
        *("copy.copy", "copy.deepcopy", "types.MappingProxyType"),
    }
)


def elements(node: ast.AST) -> Iterable[ast.expr]:
    """Give the expressions of what is in a container that is written."""
    if isinstance(node, ast.Dict):
        return node.values
    if isinstance(node, ast.DictComp):
        return [node.value]
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return [node.elt]
    return node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else []


def may_hold(values: frozenset[Value]) -> bool:
    """Tell whether something may be a container whose elements are not all known."""
    return not values or CONTAINER in values or UNKNOWN in values


def is_method_of_containers(name: str) -> bool:
    """Tell whether lists, dictionaries or sets have a method of this name."""
    return any(hasattr(kind, name) for kind in (dict, list, set))
