"""Starting a power tuning and waiting for it, and cleaning up after one that was ended from outside."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from best_practice_constructs.operations.command import NOT_ALL, REFUSED, CommandError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef

_POLL_SECONDS = 2
# A tuning that failed so has not changed anything.
_REFUSALS = frozenset(f"PowerTuning.{name}" for name in ("Refused", "TunedAlready", "NoRoomForNote", "NoPrices"))


@dataclass(frozen=True, kw_only=True)
class TunedWorkflow:
    """A workflow that tunes, as its definition tells.

    :param arn: of the state machine.
    :param restoring_arn: of the one that cleans up after it.
    :param functions: the ARNs of what it tunes.
    """

    arn: str
    restoring_arn: str
    functions: tuple[str, ...]


def find_workflow(arn: str, *, workflows: SFNClient) -> TunedWorkflow:
    """Find out what a state machine tunes.

    :raises CommandError: there is no such state machine, or it is none of a ``PowerTuning``.
    """
    try:
        text = workflows.describe_state_machine(stateMachineArn=arn)["definition"]
    except (workflows.exceptions.StateMachineDoesNotExist, workflows.exceptions.InvalidArn) as error:
        raise CommandError(
            f"There is no state machine {arn!r} in this account and region: pass the ARN of a PowerTuning's, such as "
            "its stack's output; aws stepfunctions list-state-machines lists them."
        ) from error
    try:
        assigned = cast("Mapping[str, object]", json.loads(text)["States"]["Plan"]["Assign"])
        functions = tuple(str(each) for each in cast("list[object]", assigned["functions"]))
        return TunedWorkflow(arn=arn, restoring_arn=str(assigned["restoring"]), functions=functions)
    except (KeyError, TypeError, ValueError) as error:
        raise CommandError(f"{arn} is no state machine of a PowerTuning: pass that one's ARN.") from error


def start(workflow: TunedWorkflow, given: Mapping[str, object], *, workflows: SFNClient) -> str:
    """Start a tuning, and give the ARN of its execution."""
    return workflows.start_execution(stateMachineArn=workflow.arn, input=json.dumps(given))["executionArn"]


def wait_for_output(execution: str, *, workflows: SFNClient, sleep: Callable[[float], None] = time.sleep) -> str:
    """Wait for the end of a tuning, and give its output.

    :raises CommandError: there is no such execution, or it did not come to its end; the message says why.
    """
    found = _ended(execution, workflows=workflows, sleep=sleep)
    if found["status"] == "SUCCEEDED":
        return found.get("output", "")
    error, cause = found.get("error", ""), found.get("cause", "")
    raise CommandError(
        f"The tuning {found['status'].lower().replace('_', ' ')}: {error or 'it was ended from outside'}"
        f"{f': {cause}' if cause else ''}",
        status=REFUSED if error in _REFUSALS else NOT_ALL,
    )


def restore(
    workflow: TunedWorkflow,
    execution: str | None,
    *,
    workflows: SFNClient,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Put back what tunings left behind, and give how many versions were deleted.

    :param execution: the ARN of the tuning; ``None`` for all of them.
    :raises CommandError: a tuning runs, or it could not be put back; the message says why.
    """
    running = workflows.list_executions(stateMachineArn=workflow.arn, statusFilter="RUNNING", maxResults=1)
    if running["executions"]:
        raise CommandError(
            f"The tuning {running['executions'][0]['executionArn']} runs: wait for its end, or end it with aws "
            "stepfunctions stop-execution, which is cleaned up after."
        )
    given = {"execution_arn": execution} if execution else {}
    started = workflows.start_execution(stateMachineArn=workflow.restoring_arn, input=json.dumps(given))
    found = _ended(started["executionArn"], workflows=workflows, sleep=sleep)
    if found["status"] != "SUCCEEDED":
        raise CommandError(
            f"It could not be put back: {found.get('error', found['status'])}: {found.get('cause', '')} The execution "
            f"{started['executionArn']} shows each step.",
            status=NOT_ALL,
        )
    return int(json.loads(found.get("output", "{}")).get("deleted_versions", 0))


def _ended(execution: str, *, workflows: SFNClient, sleep: Callable[[float], None]) -> DescribeExecutionOutputTypeDef:
    while True:
        try:
            found = workflows.describe_execution(executionArn=execution)
        except (workflows.exceptions.ExecutionDoesNotExist, workflows.exceptions.InvalidArn) as error:
            raise CommandError(f"There is no execution {execution!r} in this account and region.") from error
        if found["status"] not in {"RUNNING", "PENDING_REDRIVE"}:
            return found
        sleep(_POLL_SECONDS)
