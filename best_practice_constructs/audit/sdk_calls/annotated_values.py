"""What is annotated with some type: an object of a class that is read, or something of the SDK by its stub."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable

from best_practice_constructs.audit.sdk_calls.code_scope import Scope
from best_practice_constructs.audit.sdk_calls.code_value import UNKNOWN, Class, External, Instance, Value
from best_practice_constructs.audit.sdk_calls.sdk_values import annotated_value

Values = frozenset[Value]


def annotated_values(annotation: ast.expr, values: Callable[[ast.expr], Values]) -> Values:
    """Give what is annotated so.

    :param values: says what an expression may be where the annotation is.
    """
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        written = _written(annotation.value)
        return annotated_values(written, values) if written is not None else frozenset()
    if isinstance(annotation, ast.BinOp):
        return annotated_values(annotation.left, values) | annotated_values(annotation.right, values)
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        parts = [annotation.value, *(inner.elts if isinstance(inner, ast.Tuple) else [inner])]
        return frozenset().union(*(annotated_values(part, values) for part in parts))
    if not isinstance(annotation, ast.Name | ast.Attribute):
        return frozenset()
    found: set[Value] = set()
    for value in values(annotation):
        if isinstance(value, Class):
            # What has a protocol's form may be anything.
            found.add(UNKNOWN if _is_protocol(value.scope) else Instance(value.scope))
        elif isinstance(value, External):
            found.add(annotated_value(value.name))
    return frozenset(found)


def _is_protocol(scope: Scope) -> bool:
    bases = scope.node.bases if isinstance(scope.node, ast.ClassDef) else []
    return any(ast.unparse(base).partition("[")[0].rpartition(".")[2] == "Protocol" for base in bases)


# Kept, as what was inferred is remembered by the node.
@functools.cache
def _written(annotation: str) -> ast.expr | None:
    try:
        return ast.parse(annotation, mode="eval").body
    except SyntaxError:
        return None
