"""Which parameters of a function a call gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from best_practice_constructs.audit.sdk_calls.code_scope import Scope


def given_arguments(
    function: Scope, call: ast.Call, *, skip: int = 0, is_bound: bool
) -> Iterator[tuple[str, ast.expr]]:
    """Give the parameters of a function, or the fields of a class, that a call gives, with what it gives.

    :param skip: how many positional arguments are none of its own.
    :param is_bound: the first parameter of the method is given already.
    """
    for name, argument in zip(function.positional(is_bound=is_bound), call.args[skip:], strict=False):
        if isinstance(argument, ast.Starred):
            break
        yield name, argument
    yield from keyword_arguments(call)


def keyword_arguments(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Give the keywords of a call, those of a dictionary that is written in it too."""
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value
        elif isinstance(keyword.value, ast.Dict):
            for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield str(key.value), value
