"""The functions that a tuning is given, checked."""

from __future__ import annotations

from typing import TypeAlias, cast

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.events.event_function import EventFunction
from best_practice_constructs.events.route_environment import (
    described,
    environment_of,
    is_elsewhere,
    stack_environment,
)
from best_practice_constructs.functions.lambda_names import lambda_name

TunableFunction: TypeAlias = EventFunction | lambda_.IFunction
"""A function or consumer of this library, or a function of aws-cdk-lib's."""


def tuned_functions(
    scope: Construct, *, function: TunableFunction, other_architecture: TunableFunction | None
) -> tuple[lambda_.IFunction, ...]:
    """Give the functions of aws-cdk-lib that are meant, one or two.

    :raises InvalidArgumentError: one is no function, a version or alias, or is elsewhere; or both are on one
        architecture.
    """
    first = _function(scope, "function", function)
    if other_architecture is None:
        return (first,)
    second = _function(scope, "other_architecture", other_architecture)
    both_are_known = all(isinstance(each, lambda_.Function) for each in (first, second))
    if first is second or (both_are_known and _architecture(first) == _architecture(second)):
        raise InvalidArgumentError(
            scope,
            given=f"other_architecture={named(other_architecture)}, on {_architecture(second)} as the function is",
            reason="there would be nothing to compare",
            remedy="pass a second function of the same code with the other architecture, or leave it out",
        )
    return first, second


def _function(scope: Construct, name: str, given: object) -> lambda_.IFunction:
    function = given
    # A consumer has a function of this library, and that has one of aws-cdk-lib's.
    while not hasattr(function, "function_arn") and hasattr(function, "function"):
        function = function.function
    if not hasattr(function, "function_arn"):
        raise InvalidArgumentError(
            scope,
            given=f"{name}={named(given)}",
            reason="it is no function",
            remedy="pass a SinglePurposeFunction, a consumer of this library, or a function of aws-cdk-lib's",
        )
    if isinstance(function, lambda_.Version | lambda_.Alias):
        raise InvalidArgumentError(
            scope,
            given=f"{name}={named(given)}",
            reason="a version never changes, and an alias names versions: a tuning publishes its own",
            remedy="pass the function itself; its versions and aliases are left as they are",
        )
    found = cast("lambda_.IFunction", function)
    there, here = environment_of(found), stack_environment(scope)
    if is_elsewhere(there, here):
        raise InvalidArgumentError(
            scope,
            given=f"{name}={named(given)} in {described(there)}, for a stack in {described(here)}",
            reason="Step Functions calls the services of its own account and region only",
            remedy="make the PowerTuning in a stack there, such as the function's own",
        )
    return found


def _architecture(function: lambda_.IFunction) -> str:
    return lambda_name(function.architecture)
