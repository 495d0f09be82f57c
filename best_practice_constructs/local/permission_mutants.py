"""Whether each permission of a role is needed: without it, a scenario has to fail (C2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from best_practice_constructs.local.errors import LocalStageError
from best_practice_constructs.local.local_stage import LocalStage
from best_practice_constructs.local.role_permissions import RolePermission, role_permissions, without_permission

Scenario = Callable[[], object]
"""Has the function do something, and raises where the effect is missing."""

ACTIONS_OF_LAMBDA = frozenset(
    (
        "logs:CreateLogStream logs:PutLogEvents xray:PutTraceSegments xray:PutTelemetryRecords "
        "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes "
        "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams "
        "kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards "
        "kinesis:SubscribeToShard ec2:CreateNetworkInterface ec2:DeleteNetworkInterface "
        "ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:AssignPrivateIpAddresses "
        "ec2:UnassignPrivateIpAddresses"
    ).split()
)
"""What Lambda itself does with a function's role, which no handler of this library calls and the stage never checks."""


@dataclass(frozen=True, kw_only=True)
class PermissionMutant:
    """A role without one of its permissions, and what came of it.

    :param function: the physical name of the function.
    :param permission: what its role went without.
    :param killed_by: the name of the first scenario that failed; ``None`` when all of them passed: nothing needs the
        permission, or no scenario proves it.
    :param reason: how that scenario failed, in one line.
    :param is_told_by_log: the function's log names the refused action, too. A handler that logs nothing of it leaves
        this false.
    """

    function: str
    permission: RolePermission
    killed_by: str | None
    reason: str = ""
    is_told_by_log: bool = False


def permission_mutants(
    stage: LocalStage,
    function: str,
    scenarios: Mapping[str, Scenario],
    *,
    not_by_handler: Collection[str] = ACTIONS_OF_LAMBDA,
    only: Callable[[RolePermission], bool] = lambda _: True,
) -> Iterator[PermissionMutant]:
    """Take away each permission of a function's role by itself, and run the scenarios until the first one fails.

    A failure alone would tell nothing, as a slow machine fails too. So the scenario that failed is run twice more: it
    has to fail again without the permission, and to pass with the whole role; and before and after, all scenarios have
    to pass with the whole role. The stage has to enforce IAM. A scenario has to look for the effect, in a table or a
    queue, and for one of its own: what an earlier run has left there proves nothing.

    :param function: the physical name of the function.
    :param scenarios: by their names; those that fail soonest first.
    :param not_by_handler: actions that are left out, since the stage does not check who calls them.
    :param only: which permissions are taken away; default: all.
    :raises LocalStageError: a scenario fails with the whole role, or fails without a permission only now and then.

    ```python
    from best_practice_constructs.local import LocalStage, permission_mutants


    def test_the_role_has_nothing_that_is_not_needed(stage: LocalStage, function: str) -> None:
        def writes_the_order() -> None:
            assert "FunctionError" not in stage.client("lambda").invoke(FunctionName=function)

        mutants = permission_mutants(stage, function, {"writes the order": writes_the_order})
        assert [mutant.permission for mutant in mutants if mutant.killed_by is None] == []
    ```
    """
    _check_whole_role(function, scenarios)
    for permission in role_permissions(stage, function):
        if permission.action in not_by_handler or not only(permission):
            continue
        told = _refusals(stage, function, permission.action)
        with without_permission(stage, function, action=permission.action, resource=permission.resource):
            killed_by, reason = _first_failure(scenarios)
            if killed_by is not None and not _first_failure({killed_by: scenarios[killed_by]})[0]:
                raise LocalStageError(
                    f"The scenario {killed_by!r} of {function} failed without {permission.action} on "
                    f"{permission.resource}, and passed when it was run again, so its failure proves nothing: {reason}"
                )
        if killed_by is not None:
            # The emulator hands over the last lines of a log with the next invocation, which this is.
            _check_whole_role(function, {killed_by: scenarios[killed_by]})
        yield PermissionMutant(
            function=function,
            permission=permission,
            killed_by=killed_by,
            reason=reason,
            is_told_by_log=killed_by is not None and _refusals(stage, function, permission.action) > told,
        )
    _check_whole_role(function, scenarios)


def _check_whole_role(function: str, scenarios: Mapping[str, Scenario]) -> None:
    failed, reason = _first_failure(scenarios)
    if failed is not None:
        raise LocalStageError(
            f"The scenario {failed!r} of {function} fails with the whole role, so its failures prove nothing: {reason}"
        )


def _refusals(stage: LocalStage, function: str, action: str) -> int:
    """Count the lines of the function's log that say that an action was refused."""
    return len(stage.logs(function, contains=f"not authorized to perform: {action}"))


def _first_failure(scenarios: Mapping[str, Scenario]) -> tuple[str | None, str]:
    for name, scenario in scenarios.items():
        try:
            scenario()
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 -- whatever a scenario raises, pytest.fail() too, it did not pass
            first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
            return name, first_line
    return None, ""
