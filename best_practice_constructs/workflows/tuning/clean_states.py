"""Deleting the versions that a tuning published, known by the note in their descriptions."""

from __future__ import annotations

from best_practice_constructs.workflows.tuning.expressions import (
    CALL_SECONDS,
    CONFLICT,
    GONE,
    States,
    choice,
    for_each,
    jsonata,
    lambda_call,
    retries,
    set_variables,
)
from best_practice_constructs.workflows.tuning.note import is_noted_expression

# A version's configuration, with its environment, has up to some 10 kB, and a state gets 256 at most.
_VERSIONS_AT_ONCE = 10


def clean_states(prefix: str) -> States:
    """Make the states that delete the versions of ``$function_arn`` that the tuning ``$tuning`` published; they end.

    :param prefix: of their names; the first is ``{prefix}Begin``.
    """
    page = f"{{'FunctionName': $function_arn, 'MaxItems': {_VERSIONS_AT_ONCE}}}"
    noted = is_noted_expression("Description", tuning="$tuning")
    return {
        f"{prefix}Begin": set_variables({"left": [], "page": ""}, following=f"{prefix}List"),
        f"{prefix}List": lambda_call(
            "listVersionsByFunction",
            arguments=jsonata(f"$page = '' ? {page} : $merge([{page}, {{'Marker': $page}}])"),
            assign={
                "left": jsonata(f"[$left, $states.result.Versions[Version != '$LATEST' and {noted}].Version]"),
                "page": jsonata("$exists($states.result.NextMarker) ? $states.result.NextMarker : ''"),
            },
            following=f"{prefix}IsLast",
        ),
        f"{prefix}IsLast": choice(("$page = '' or $page = null", f"{prefix}Delete"), default=f"{prefix}List"),
        f"{prefix}Delete": for_each(
            "$left",
            start=f"{prefix}DeleteVersion",
            processor={
                f"{prefix}DeleteVersion": {
                    "Type": "Task",
                    "Resource": "arn:${Partition}:states:::aws-sdk:lambda:deleteFunction",
                    # Never without a version: that would be the function itself, which the role does not allow.
                    "Arguments": {
                        "FunctionName": jsonata("$function_arn"),
                        "Qualifier": jsonata("$states.input"),
                    },
                    "TimeoutSeconds": CALL_SECONDS,
                    "Retry": retries(CONFLICT),
                    "Catch": [{"ErrorEquals": [GONE], "Output": {}, "Next": f"{prefix}WasGone"}],
                    "Output": {},
                    "End": True,
                },
                f"{prefix}WasGone": {"Type": "Pass", "Output": {}, "End": True},
            },
            Output=jsonata("$left"),
            End=True,
        ),
    }
