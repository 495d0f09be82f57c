"""Putting a function's configuration back as a note in its description tells it was, and nothing else.

Who finds no note has nothing to do: it was put back, or somebody deployed the function, whose configuration it has now.
"""

from __future__ import annotations

from best_practice_constructs.workflows.tuning.expressions import (
    States,
    choice,
    fail,
    jsonata,
    lambda_call,
    set_variables,
    wait,
)
from best_practice_constructs.workflows.tuning.looking import LOOK_SECONDS, MOST_LOOKS, look
from best_practice_constructs.workflows.tuning.note import (
    description_before_expression,
    found_note_expression,
    is_noted_expression,
)


def restore_states(prefix: str, *, following: str) -> States:
    """Make the states that put the configuration of ``$function_arn`` back after the tuning ``$tuning``.

    They end only when a look shows no note any more. A memory that is not the one which the note says was set is
    somebody else's, and stays.

    :param prefix: of their names, which are unique in a whole workflow; the first is ``{prefix}Begin``.
    """
    description = "$restored.description"
    groups = f"{found_note_expression(description)}.groups"
    return {
        f"{prefix}Begin": set_variables({"restore_looks": 0}, following=f"{prefix}Look"),
        f"{prefix}Look": look(into="restored", count="restore_looks", following=f"{prefix}IsNoted"),
        f"{prefix}IsNoted": choice(
            (
                f"$restore_looks < {MOST_LOOKS} and $restored.status = 'InProgress'",
                f"{prefix}Wait",
            ),
            (
                f"$restore_looks < {MOST_LOOKS} and {is_noted_expression(description, tuning='$tuning')}",
                f"{prefix}PutBack",
            ),
            (is_noted_expression(description, tuning="$tuning"), f"{prefix}Failed"),
            default=following,
        ),
        f"{prefix}PutBack": lambda_call(
            "updateFunctionConfiguration",
            arguments={
                "FunctionName": jsonata("$function_arn"),
                "RevisionId": jsonata("$restored.revision"),
                "MemorySize": jsonata(
                    f"($groups := {groups}; $restored.memory_size = $number($groups[1]) ? $number($groups[2]) "
                    ": $restored.memory_size)"
                ),
                "Description": jsonata(description_before_expression(description)),
            },
            stale=f"{prefix}Wait",
            following=f"{prefix}Look",
        ),
        f"{prefix}Wait": wait(LOOK_SECONDS, following=f"{prefix}Look"),
        f"{prefix}Failed": fail(
            "NotRestored",
            cause=f"'The configuration of ' & $function_arn & ' could not be put back: ' & {description}",
        ),
    }
