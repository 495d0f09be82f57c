"""Asserts that functions call exactly what their roles allow (C2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from best_practice_constructs.audit.sdk_calls.comparison import FunctionComparison, compare_function
from best_practice_constructs.audit.sdk_calls.report import findings
from best_practice_constructs.audit.sdk_calls.template_model import Assembly

if TYPE_CHECKING:
    from constructs import IConstruct


def assert_roles_match_calls(scope: IConstruct) -> tuple[FunctionComparison, ...]:
    """Assert that each function below a construct calls exactly what its role allows: nothing unused, nothing missing.

    The app is synthesized, without bundling where the test's context says so (``aws:cdk:bundling-stacks``): then the
    entry is read, with the packages that are installed here.

    :param scope: an app, a stack, or any construct that holds functions.
    :returns: what was found of each function, with the calls of its code.
    :raises AssertionError: something is unused, missing, not known or not read; a function of Python could not be
        compared, as its handler or its role is not there; or there is none below it.

    ```python
    from aws_cdk import App, Stack

    from best_practice_constructs import SinglePurposeFunction
    from best_practice_constructs.testing import assert_roles_match_calls

    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "Greetings")
    SinglePurposeFunction(stack, "Greet", entry="examples/single_purpose_function/service", handler="greet.handler")
    assert_roles_match_calls(stack)
    ```
    """
    from aws_cdk import Stage

    # The stage of a stage is the one around it.
    stage = scope if isinstance(scope, Stage) else Stage.of(scope)
    if stage is None:
        raise AssertionError(f"{scope.node.path or scope} is in no app, so that there is nothing to synthesize")
    assembly = Assembly.of(Path(stage.synth(force=True).directory))
    paths = _paths_of_functions(scope)
    comparisons = [
        replace(compare_function(assembly, function), path=paths[template.file_name, function.logical_id])
        for template in assembly.templates
        for function in template.of_type("AWS::Lambda::Function")
        if (template.file_name, function.logical_id) in paths
    ]
    compared = [comparison for comparison in comparisons if not comparison.is_left_out]
    if not compared:
        reasons = "; ".join(f"{each.path}: {each.not_compared}" for each in comparisons) or "it holds no function"
        raise AssertionError(f"there is nothing to compare below {scope.node.path or 'the app'}: {reasons}")
    found = [f"{each.path}: {line}" for each in compared for line in findings(each)]
    if found:
        raise AssertionError("\n".join(["roles and calls differ", *found]))
    return tuple(comparisons)


def _paths_of_functions(scope: IConstruct) -> dict[tuple[str, str], str]:
    """Give the paths of the functions below a construct by template and logical id, as not every template says them."""
    from aws_cdk import Stack
    from aws_cdk import aws_lambda as lambda_

    paths: dict[tuple[str, str], str] = {}
    for construct in scope.node.find_all():
        if isinstance(construct, lambda_.CfnFunction):
            stack = Stack.of(construct)
            key = stack.template_file, str(stack.resolve(construct.logical_id))
            paths[key] = construct.node.path.removesuffix("/Resource")
    return paths
