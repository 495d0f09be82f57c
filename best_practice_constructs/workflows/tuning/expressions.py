"""What the states of a tuning are written with: JSONata, calls of Lambda, and when they are tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

State: TypeAlias = dict[str, object]
"""A state of the Amazon States Language."""
States: TypeAlias = dict[str, State]
"""States by their names."""

CALL_SECONDS = 60
"""An API call of Lambda that takes longer has failed."""
# Lambda's own troubles, and those on the way to it; a function's errors are results here.
_PASSING = (
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
)
CONFLICT = "Lambda.ResourceConflictException"
"""Another change of the function is on its way."""
STALE = "Lambda.PreconditionFailedException"
"""The function was changed since its revision was read."""
GONE = "Lambda.ResourceNotFoundException"


def jsonata(expression: str) -> str:
    """Write an expression as a state has it."""
    return "{% " + expression + " %}"


def retries(*errors: str, attempts: int = 6) -> list[dict[str, object]]:
    """Try again what may pass, with backoff and full jitter (H1).

    :param errors: beside throttling and the troubles of the service.
    """
    return [
        {
            "ErrorEquals": [*_PASSING, *errors],
            "IntervalSeconds": 2,
            "BackoffRate": 2,
            "MaxDelaySeconds": 30,
            "MaxAttempts": attempts,
            "JitterStrategy": "FULL",
        }
    ]


def lambda_call(
    action: str,
    *,
    arguments: Mapping[str, object] | str,
    following: str,
    assign: Mapping[str, object] | None = None,
    conflicts_pass: bool = False,
    stale: str | None = None,
    seconds: int = CALL_SECONDS,
) -> State:
    """Make a task that calls Lambda's API.

    :param action: such as ``"getFunctionConfiguration"``.
    :param arguments: of the call, or an expression that gives them.
    :param following: the state that comes next.
    :param assign: variables that are set from the answer.
    :param conflicts_pass: whether a change that is on its way is waited for.
    :param stale: the state to go to when the function was changed in between.
    :param seconds: how long it may take.
    """
    state: State = {
        "Type": "Task",
        "Resource": f"arn:${{Partition}}:states:::aws-sdk:lambda:{action}",
        "Arguments": arguments if isinstance(arguments, str) else dict(arguments),
        "TimeoutSeconds": seconds,
        "Retry": retries(*[CONFLICT] * conflicts_pass),
        # What it answered holds the function's environment: it goes no further than it must.
        "Output": {},
        "Next": following,
    }
    if assign:
        state["Assign"] = dict(assign)
    if stale is not None:
        state["Catch"] = [{"ErrorEquals": [STALE, CONFLICT], "Output": {}, "Next": stale}]
    return state


def set_variables(variables: Mapping[str, object], *, following: str) -> State:
    """Make a state that sets variables."""
    return {"Type": "Pass", "Assign": dict(variables), "Output": {}, "Next": following}


def choice(*rules: tuple[str, str], default: str) -> State:
    """Make a state that goes on to the state of the first condition that holds.

    :param rules: conditions in JSONata, with the states that they lead to.
    """
    return {
        "Type": "Choice",
        "Choices": [{"Condition": jsonata(condition), "Next": state} for condition, state in rules],
        "Default": default,
    }


def wait(seconds: int, *, following: str) -> State:
    """Make a state that waits."""
    return {"Type": "Wait", "Seconds": seconds, "Next": following}


def fail(error: str, *, cause: str) -> State:
    """Make a state that fails.

    :param cause: an expression in JSONata that gives a text.
    """
    return {"Type": "Fail", "Error": f"PowerTuning.{error}", "Cause": jsonata(cause)}


def for_each(items: str, *, processor: States, start: str, **rest: object) -> State:
    """Make a state that does the same for each of some items, one after the other unless it is told otherwise.

    :param items: an expression in JSONata that gives a list.
    :param processor: the states for one item.
    :param start: the first of these.
    :param rest: further members of the state.
    """
    return {
        "Type": "Map",
        "Items": jsonata(items),
        "MaxConcurrency": 1,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": start, "States": processor},
        **rest,
    }


def remember_failure(following: str) -> list[State]:
    """Give the ``Catch`` of a state that goes on to another with the error in ``$failure``, whatever it is."""
    return [
        {
            "ErrorEquals": ["States.ALL"],
            "Assign": {"failure": jsonata("$states.errorOutput")},
            "Output": {},
            "Next": following,
        }
    ]


ANY_REGION = "any"
"""Stands for the region of prices that hold in all of them."""


def prices_expression(region: str) -> str:
    """Give the JSONata of the prices in a region, from ``$prices``: nothing where there are none.

    :param region: an expression.
    """
    return f"[$lookup($prices, {region}), $prices.{ANY_REGION}][0]"
