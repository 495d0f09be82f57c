"""The two workflows: the one that tunes, and the one that cleans up after one that was ended from outside."""

from __future__ import annotations

from collections.abc import Sequence

from best_practice_constructs.workflows.tuning.clean_up_states import clean_up_state
from best_practice_constructs.workflows.tuning.expressions import choice, jsonata, set_variables
from best_practice_constructs.workflows.tuning.figures_expression import (
    choices_expression,
    figures_expression,
    figures_output,
)
from best_practice_constructs.workflows.tuning.measure_states import measure_state
from best_practice_constructs.workflows.tuning.note import ANY_TUNING, tuning_id_expression
from best_practice_constructs.workflows.tuning.plan_states import TuningDefaults, plan_states
from best_practice_constructs.workflows.tuning.publish_states import publish_state

Definition = dict[str, object]
"""A definition in the Amazon States Language."""


def tuning_definition(
    defaults: TuningDefaults, *, functions: Sequence[str], restoring: str, timeout_seconds: int
) -> Definition:
    """Give the workflow that tunes: plan, publish versions, measure them, clean up, compute.

    :param functions: the functions' ARNs, or placeholders of them.
    :param restoring: the ARN of the workflow that cleans up after it, or a placeholder; whoever reads the definition
        finds it there.
    """
    states = {
        **plan_states(defaults, functions=functions, restoring=restoring, following="PublishVersions"),
        "PublishVersions": publish_state(following="Measure", failed="CleanUp"),
        "Measure": measure_state(following="CleanUp", failed="CleanUp"),
        "CleanUp": clean_up_state(following="HasFailed"),
        "HasFailed": choice(("$failure != null", "Failed"), default="Compute"),
        "Failed": {
            "Type": "Fail",
            "Error": jsonata("$failure.Error"),
            "Cause": jsonata("$failure.Cause"),
        },
        "Compute": set_variables({"figures": jsonata(figures_expression())}, following="Choose"),
        "Choose": set_variables({"choices": jsonata(choices_expression())}, following="HasWorked"),
        "HasWorked": choice(("$choices = null", "NothingWorked"), default="Tell"),
        "NothingWorked": {
            "Type": "Fail",
            "Error": "PowerTuning.NothingWorked",
            "Cause": jsonata(
                "'The function failed at every setting, such as at ' & $string($figures[0].memory_size) & "
                "' MB: ' & $figures[0].error"
            ),
        },
        "Tell": {"Type": "Pass", "Output": figures_output(), "End": True},
    }
    return {
        "Comment": "Measures what a function costs, and how fast it is, at settings of its memory.",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": timeout_seconds,
        "StartAt": "Plan",
        "States": states,
    }


def restoring_definition(*, functions: Sequence[str], timeout_seconds: int) -> Definition:
    """Give the workflow that puts configurations back and deletes versions, after the tuning that its input names.

    Its input is EventBridge's event of an execution that ended, ``{"execution_arn": "…"}``, or an object without
    either, which means all tunings.

    :param functions: the functions' ARNs, or placeholders of them.
    """
    execution = (
        "$exists($states.input.detail.executionArn) ? $states.input.detail.executionArn : "
        "$exists($states.input.execution_arn) ? $states.input.execution_arn : ''"
    )
    name = "$split($execution, ':')[7]"
    tuning = f"($execution := {execution}; $execution = '' ? '{ANY_TUNING}' : {tuning_id_expression(name)})"
    return {
        "Comment": "Puts back what a tuning of a function's memory left behind when it was ended from outside.",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": timeout_seconds,
        "StartAt": "Which",
        "States": {
            "Which": set_variables({"functions": list(functions), "tuning": jsonata(tuning)}, following="CleanUp"),
            "CleanUp": clean_up_state(following="Done"),
            "Done": {"Type": "Succeed"},
        },
    }
