"""What is done for each function at the end of a tuning, however it ended: configuration back, versions gone."""

from __future__ import annotations

from best_practice_constructs.workflows.tuning.clean_states import clean_states
from best_practice_constructs.workflows.tuning.expressions import State, for_each, jsonata, set_variables
from best_practice_constructs.workflows.tuning.restore_states import restore_states


def clean_up_state(*, following: str) -> State:
    """Make the state that cleans up after the tuning ``$tuning``, for each of the ``$functions``.

    Its output is the number of versions that it deleted.
    """
    return for_each(
        "$functions",
        start="CleanUpBegin",
        processor={
            "CleanUpBegin": set_variables({"function_arn": jsonata("$states.input")}, following="RestoreBegin"),
            **restore_states("Restore", following="VersionsBegin"),
            **clean_states("Versions"),
        },
        Output={"deleted_versions": jsonata("$count($states.result.($))")},
        Next=following,
    )
