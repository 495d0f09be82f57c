"""Looking at a function's configuration, until no change of it is on its way."""

from __future__ import annotations

from best_practice_constructs.workflows.tuning.expressions import State, jsonata, lambda_call

MOST_LOOKS = 150
"""Then something is wrong: with two seconds between them, five minutes have passed."""
LOOK_SECONDS = 2


def look(*, into: str, count: str, following: str) -> State:
    """Make a task that reads the configuration of ``$function_arn``.

    :param into: the variable that is set to what it is: ``status``, ``reason``, ``revision``, ``memory_size``,
        ``description``, ``architecture``, ``storage``, ``log_format``, ``region``.
    :param count: the variable that counts the looks.
    """
    seen = {
        # A function that is being made has no status of an update yet.
        "status": "$exists(LastUpdateStatus) and State != 'Pending' ? LastUpdateStatus : 'InProgress'",
        "reason": "$exists(LastUpdateStatusReason) ? LastUpdateStatusReason : ''",
        "revision": "RevisionId",
        "memory_size": "MemorySize",
        "description": "$exists(Description) ? Description : ''",
        "architecture": "$exists(Architectures) ? Architectures[0] : 'x86_64'",
        "storage": "$exists(EphemeralStorage.Size) ? EphemeralStorage.Size : 512",
        "log_format": "$exists(LoggingConfig.LogFormat) ? LoggingConfig.LogFormat : 'Text'",
        "region": "$split(FunctionArn, ':')[3]",
    }
    return lambda_call(
        "getFunctionConfiguration",
        arguments={"FunctionName": jsonata("$function_arn")},
        assign={
            into: {name: jsonata(f"$states.result.({expression})") for name, expression in seen.items()},
            count: jsonata(f"${count} + 1"),
        },
        following=following,
    )
