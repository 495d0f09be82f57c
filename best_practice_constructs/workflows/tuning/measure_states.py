"""Invoking each published version, and gathering what the invocations took."""

from __future__ import annotations

from best_practice_constructs.workflows.tuning.expressions import (
    CONFLICT,
    State,
    States,
    choice,
    for_each,
    jsonata,
    lambda_call,
    remember_failure,
    retries,
    set_variables,
    wait,
)
from best_practice_constructs.workflows.tuning.looking import LOOK_SECONDS
from best_practice_constructs.workflows.tuning.report_expression import report_expression

# A version with a snapshot or in a VPC takes minutes until it can be invoked.
_MOST_WAITS = 300
# The longest that a function may run, and the way there and back.
_INVOKE_SECONDS = 930
_REPORT = report_expression(answer="$states.result", log_format="$setting.log_format")


def measure_state(*, following: str, failed: str) -> State:
    """Make the state that measures each of the ``$settings``, one after the other.

    Each version is invoked once, for a cold start, and then as often as ``$payload_of_turn`` is long, with the
    ``$payloads`` that it names; it sets ``$measured``. A setting at which the function fails has an error instead of
    figures.

    :param failed: the state to go to when something else failed, which finds why in ``$failure``.
    """
    return for_each(
        "$settings",
        start="MeasureSetting",
        processor={**_until_active(), **_warm_up(), "Invocations": _invocations(), **_without_figures()},
        Assign={"measured": jsonata("$states.result")},
        Output={},
        Catch=remember_failure(failed),
        Next=following,
    )


def _until_active() -> States:
    return {
        "MeasureSetting": set_variables(
            {"setting": jsonata("$states.input"), "waits": 0, "trouble": ""}, following="LookAtVersion"
        ),
        "LookAtVersion": lambda_call(
            "getFunctionConfiguration",
            arguments={"FunctionName": jsonata("$setting.function_arn"), "Qualifier": jsonata("$setting.version")},
            assign={
                "version_state": jsonata("$states.result.State"),
                "trouble": jsonata(
                    "'The version is ' & $states.result.State & ': ' & $string($states.result.StateReason)"
                ),
                "waits": jsonata("$waits + 1"),
            },
            following="IsActive",
        ),
        "IsActive": choice(
            ("$version_state = 'Active'", "WarmUp"),
            (f"$version_state = 'Pending' and $waits < {_MOST_WAITS}", "WaitForVersion"),
            default="WithoutFigures",
        ),
        "WaitForVersion": wait(LOOK_SECONDS, following="LookAtVersion"),
    }


def _warm_up() -> States:
    return {
        "WarmUp": {
            **_invocation("$payloads[0].payload"),
            "Assign": {"first": jsonata(_REPORT), "trouble": jsonata(f"{_REPORT}.error")},
            "Output": {},
            "Next": "IsWarm",
        },
        "IsWarm": choice(("$trouble != ''", "WithoutFigures"), default="Invocations"),
    }


def _invocations() -> State:
    state = for_each(
        "$payload_of_turn",
        start="Invoke",
        processor={
            "Invoke": {**_invocation("$payloads[$states.input].payload"), "Output": jsonata(_REPORT), "End": True},
        },
        Output=jsonata(_summary()),
        End=True,
    )
    return {**state, "MaxConcurrency": jsonata("$parallel")}


def _invocation(payload: str) -> State:
    return {
        "Type": "Task",
        "Resource": "arn:${Partition}:states:::aws-sdk:lambda:invoke",
        "Arguments": {
            "FunctionName": jsonata("$setting.function_arn"),
            "Qualifier": jsonata("$setting.version"),
            "LogType": "Tail",
            "Payload": jsonata(payload),
        },
        "TimeoutSeconds": _INVOKE_SECONDS,
        "Retry": retries(CONFLICT),
    }


def _summary() -> str:
    """Give the JSONata of what was measured at a setting; the first invocation counts as a cold start."""
    return """(
      $all := [$states.result];
      $failed := [$all[error != '']];
      $warm := [$all[error = '' and init = null]];
      $cold := [$first, $all[error = '' and init != null]];
      {
        'architecture': $setting.architecture,
        'memory_size': $setting.memory_size,
        'storage': $setting.storage,
        'region': $setting.region,
        'billed': [$warm.billed],
        'durations': [$warm.duration],
        'cold_billed': [$cold.billed],
        'cold_init': [$cold.init[$ != null]],
        'memory_used': $max([$all.used[$ != null], 0]),
        'error': $count($failed) > 0 ? $failed[0].error
          : $count($warm) = 0 ? 'every invocation was a cold start: invoke it more often than in parallel' : ''
      }
    )"""


def _without_figures() -> States:
    return {
        "WithoutFigures": {
            "Type": "Pass",
            "Output": {
                "architecture": jsonata("$setting.architecture"),
                "memory_size": jsonata("$setting.memory_size"),
                "storage": jsonata("$setting.storage"),
                "region": jsonata("$setting.region"),
                "billed": [],
                "durations": [],
                "cold_billed": [],
                "cold_init": [],
                "memory_used": 0,
                "error": jsonata("$trouble"),
            },
            "End": True,
        }
    }
