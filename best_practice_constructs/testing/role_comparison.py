"""Asserts that functions call exactly what their roles allow (C2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.audit.sdk_calls.comparison import FunctionComparison, compare_function
from best_practice_constructs.audit.sdk_calls.report import findings
from best_practice_constructs.audit.sdk_calls.template_model import Assembly, Resource

if TYPE_CHECKING:
    from constructs import IConstruct

_FUNCTION = "AWS::Lambda::Function"


def assert_roles_match_calls(scope: IConstruct) -> tuple[FunctionComparison, ...]:
    """Assert that each function below a construct calls exactly what its role allows: nothing unused, nothing missing.

    The app is synthesized, without bundling where the test's context says so (``aws:cdk:bundling-stacks``): then the
    entry is read, with the packages that are installed here.

    :param scope: an app, a stack, or any construct that holds functions.
    :returns: what was found of each function, with the calls of its code.
    :raises AssertionError: something is unused, missing or not known; or there is no function of Python below it.

    ```python
    from aws_cdk import App, Stack

    from best_practice_constructs import SinglePurposeFunction
    from best_practice_constructs.testing import assert_roles_match_calls

    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "Greetings")
    SinglePurposeFunction(stack, "Greet", entry="examples/single_purpose_function/service", handler="greet.handler")
    assert_roles_match_calls(stack)
    ```
    """
    from pathlib import Path

    from aws_cdk import Stage

    stage = Stage.of(scope)
    if stage is None:
        raise AssertionError(f"{scope.node.path or scope} is in no app, so that there is nothing to synthesize")
    assembly = Assembly.of(Path(stage.synth().directory))
    path = scope.node.path
    functions = [
        function
        for template in assembly.templates
        for function in template.of_type(_FUNCTION)
        if _is_below(function, path)
    ]
    comparisons = tuple(compare_function(assembly, function) for function in functions)
    compared = [comparison for comparison in comparisons if comparison.not_compared is None]
    if not compared:
        reasons = "; ".join(f"{each.path}: {each.not_compared}" for each in comparisons) or "it holds no function"
        raise AssertionError(f"there is nothing to compare below {path or 'the app'}: {reasons}")
    found = [f"{each.path}: {line}" for each in compared for line in findings(each)]
    if found:
        raise AssertionError("\n".join(["roles and calls differ", *found]))
    return comparisons


def _is_below(function: Resource, path: str) -> bool:
    own = function.metadata.get("aws:cdk:path")
    return not path or (isinstance(own, str) and (own == path or own.startswith(f"{path}/")))
