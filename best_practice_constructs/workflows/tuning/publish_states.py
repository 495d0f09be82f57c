"""Publishing a version of a function at each setting of its memory, and putting its configuration back at once.

Versions need the configuration of ``$LATEST`` to be changed, for seconds. Each change is made on the revision that was
read, so that whatever somebody else changes in between stays, and ends the tuning.
"""

from __future__ import annotations

from best_practice_constructs.workflows.tuning.expressions import (
    State,
    States,
    choice,
    fail,
    for_each,
    jsonata,
    lambda_call,
    prices_expression,
    remember_failure,
    set_variables,
    wait,
)
from best_practice_constructs.workflows.tuning.looking import LOOK_SECONDS, MOST_LOOKS, look
from best_practice_constructs.workflows.tuning.note import (
    ANY_TUNING,
    LONGEST_DESCRIPTION,
    LONGEST_NOTE,
    is_noted_expression,
    note_expression,
)
from best_practice_constructs.workflows.tuning.restore_states import restore_states

_MOST_CHARACTERS = LONGEST_DESCRIPTION - LONGEST_NOTE


def publish_state(*, following: str, failed: str) -> State:
    """Make the state that publishes versions of each of the ``$functions`` at each of the ``$memory_sizes``.

    It sets ``$settings``: what was published, one by one.

    :param failed: the state to go to when something failed, which finds why in ``$failure``.
    """
    return for_each(
        "$functions",
        start="Begin",
        processor={**_before(), **_each_setting(), **restore_states("Undo", following="Published"), **_failures()},
        Assign={"settings": jsonata("[$states.result.settings]")},
        Output={},
        Catch=remember_failure(failed),
        Next=following,
    )


def _before() -> States:
    any_note = is_noted_expression("$before.description", tuning=f"'{ANY_TUNING}'")
    return {
        "Begin": set_variables(
            {"function_arn": jsonata("$states.input"), "position": 0, "published": [], "looks": 0},
            following="LookBefore",
        ),
        "LookBefore": look(into="before", count="looks", following="MayBegin"),
        "MayBegin": choice(
            (f"$before.status = 'InProgress' and $looks < {MOST_LOOKS}", "WaitBefore"),
            ("$before.status = 'InProgress'", "NeverReady"),
            (any_note, "TunedAlready"),
            (f"$length($before.description) > {_MOST_CHARACTERS}", "NoRoomForNote"),
            (f"$not($exists({prices_expression('$before.region')}))", "NoPrices"),
            default="FirstSetting",
        ),
        "WaitBefore": wait(LOOK_SECONDS, following="LookBefore"),
        "FirstSetting": set_variables(
            {
                "expected": {
                    "description": jsonata("$before.description"),
                    "memory_size": jsonata("$before.memory_size"),
                }
            },
            following="NextSetting",
        ),
    }


def _each_setting() -> States:
    note = note_expression(
        tuning="$tuning",
        memory_size="$memory_sizes[$position]",
        before="$before.memory_size",
        description="$before.description",
    )
    setting = {
        "function_arn": "$function_arn",
        "version": "$states.result.Version",
        "memory_size": "$wanted.memory_size",
        "architecture": "$before.architecture",
        "storage": "$before.storage",
        "log_format": "$before.log_format",
        "region": "$before.region",
    }
    members = ", ".join(f"'{name}': {expression}" for name, expression in setting.items())
    return {
        "NextSetting": set_variables(
            {
                "wanted": {"description": jsonata(note), "memory_size": jsonata("$memory_sizes[$position]")},
                "looks": 0,
            },
            following="Look",
        ),
        "Look": look(into="seen", count="looks", following="WhatNext"),
        "WhatNext": choice(
            (f"$looks > {MOST_LOOKS}", "NeverReady"),
            ("$seen.status = 'InProgress'", "Wait"),
            (f"{_is('wanted')} and $seen.status = 'Failed'", "NotUpdated"),
            (_is("wanted"), "Publish"),
            (_is("expected"), "SetMemory"),
            default="ChangedMeanwhile",
        ),
        "Wait": wait(LOOK_SECONDS, following="Look"),
        "SetMemory": lambda_call(
            "updateFunctionConfiguration",
            arguments={
                "FunctionName": jsonata("$function_arn"),
                "RevisionId": jsonata("$seen.revision"),
                "MemorySize": jsonata("$wanted.memory_size"),
                # With another description it is another configuration: Lambda publishes none that it has already, and
                # would give a version of somebody else's.
                "Description": jsonata("$wanted.description"),
            },
            stale="Wait",
            following="Look",
        ),
        "Publish": lambda_call(
            "publishVersion",
            arguments={"FunctionName": jsonata("$function_arn"), "RevisionId": jsonata("$seen.revision")},
            assign={
                "published": jsonata(f"[$published, {{{members}}}]"),
                "expected": jsonata("$wanted"),
                "position": jsonata("$position + 1"),
            },
            stale="Wait",
            following="IsLastSetting",
        ),
        "IsLastSetting": choice(("$position < $count($memory_sizes)", "NextSetting"), default="UndoBegin"),
        "Published": {"Type": "Pass", "Output": {"settings": jsonata("$published")}, "End": True},
    }


def _is(variable: str) -> str:
    return f"$seen.description = ${variable}.description and $seen.memory_size = ${variable}.memory_size"


def _failures() -> States:
    return {
        "NeverReady": fail(
            "NotReady",
            cause="$function_arn & ' was being changed for five minutes: tune it when nobody deploys it.'",
        ),
        "TunedAlready": fail(
            "TunedAlready",
            cause="$function_arn & ' has the note of another tuning, ' & $before.description & ': wait for its end, "
            "or, if it has ended, put the configuration back with --restore.'",
        ),
        "NoRoomForNote": fail(
            "NoRoomForNote",
            cause="$function_arn & ' has a description of ' & $string($length($before.description)) & ' characters, "
            f"and a tuning notes what it changes there: at most {_MOST_CHARACTERS} leave it room.'",
        ),
        "NoPrices": fail(
            "NoPrices",
            cause="'There are no prices of the region ' & $before.region & ': pass prices= to the PowerTuning.'",
        ),
        "NotUpdated": fail(
            "NotUpdated",
            cause="$function_arn & ' could not be set to ' & $string($wanted.memory_size) & ' MB: ' & $seen.reason",
        ),
        "ChangedMeanwhile": fail(
            "ChangedMeanwhile",
            cause="$function_arn & ' was changed by somebody else while its versions were published: tune it when "
            "nobody deploys it.'",
        ),
    }
