"""Replay what an archive kept, to one rule only: ``python -m best_practice_constructs.operations.replay_archive``.

First without ``--apply``: it says what would be sent where, and sends nothing. With it, the events of the window are
sent once more, to that rule and to no other, and the command waits until they are. Consumers that are idempotent do
nothing twice, as long as their records have not expired.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TextIO, cast

from best_practice_constructs.operations.command import DONE, NOT_ALL, CommandError, create_clients, run_command
from best_practice_constructs.operations.command_names import REPLAY_ARCHIVE

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

_POLL_SECONDS = 2
_ENDED = frozenset({"COMPLETED", "CANCELLED", "FAILED"})


class ReplayError(CommandError):
    """The replay cannot be made, or failed; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What is to be sent again, and to whom.

    :param archive_name: of the archive.
    :param rule_name: of the one rule that gets the events.
    :param start: the first moment of the window.
    :param end: the last.
    """

    archive_name: str
    rule_name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class ReplayPlan:
    """A replay that can be made.

    :param event_bus_arn: the archive's bus, which the events come from and go to.
    :param archive_arn: of the archive.
    :param rule_arn: of the rule.
    :param event_pattern: what the rule takes of them.
    :param kept_since: what came before is not in the archive any more; ``None`` where it keeps events for ever.
    :param event_count: how many events the archive holds altogether; EventBridge does not count those of a window.
    """

    replay: Replay
    event_bus_arn: str
    archive_arn: str
    rule_arn: str
    event_pattern: str
    event_count: int
    kept_since: datetime | None


def plan_replay(replay: Replay, *, events: EventBridgeClient, now: datetime) -> ReplayPlan:
    """Find out whether a replay can be made, and what it would do; nothing is sent.

    :raises ReplayError: the window is none, there is no such archive or it keeps nothing of the window any more, or the
        rule is not one of the archive's bus, or disabled.
    """
    if not replay.start < replay.end <= now:
        raise ReplayError(
            f"From {replay.start.isoformat()} to {replay.end.isoformat()} is no window of the past: give a start "
            "before its end, and an end that is over."
        )
    try:
        archive = events.describe_archive(ArchiveName=replay.archive_name)
    except events.exceptions.ResourceNotFoundException as error:
        raise ReplayError(
            f"There is no archive {replay.archive_name!r} in this account and region: aws events list-archives lists "
            "them, and the stack of the bus names its own among its resources."
        ) from error
    days = archive.get("RetentionDays", 0)
    if days and replay.end < now - timedelta(days=days):
        raise ReplayError(
            f"The archive {replay.archive_name} keeps events for {days} days: nothing of the window is there any more."
        )
    bus_arn = archive["EventSourceArn"]
    # A partner's bus has slashes in its name.
    bus_name = bus_arn.partition(":event-bus/")[2]
    try:
        rule = events.describe_rule(Name=replay.rule_name, EventBusName=bus_name)
    except events.exceptions.ResourceNotFoundException as error:
        raise ReplayError(
            f"The bus {bus_name}, which the archive {replay.archive_name} is of, has no rule {replay.rule_name!r}: "
            f"aws events list-rules --event-bus-name {bus_name} lists them."
        ) from error
    if rule.get("State") == "DISABLED":
        raise ReplayError(f"The rule {replay.rule_name} is disabled, and would take nothing: enable it first.")
    return ReplayPlan(
        replay=replay,
        event_bus_arn=bus_arn,
        archive_arn=archive["ArchiveArn"],
        rule_arn=rule["Arn"],
        event_pattern=rule.get("EventPattern", ""),
        event_count=archive.get("EventCount", 0),
        kept_since=now - timedelta(days=days) if days else None,
    )


def start_replay(
    plan: ReplayPlan,
    *,
    events: EventBridgeClient,
    now: datetime,
    progress: Callable[[str], None] = lambda _state: None,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Send the events of the window to the rule, and wait until EventBridge has; return the replay's name.

    :param progress: told each new state that EventBridge tells, the first once the replay has been accepted.
    :raises ReplayError: it cannot be started now, failed, or was cancelled.
    """
    name = f"{plan.replay.rule_name[:40]}-{now:%Y%m%dT%H%M%S}"
    try:
        state = events.start_replay(
            ReplayName=name,
            EventSourceArn=plan.archive_arn,
            EventStartTime=plan.replay.start,
            EventEndTime=plan.replay.end,
            Destination={"Arn": plan.event_bus_arn, "FilterArns": [plan.rule_arn]},
        )["State"]
    except events.exceptions.LimitExceededException as error:
        raise ReplayError(
            "Nothing was sent: as many replays run in this account and region as EventBridge allows. aws events "
            "list-replays --state RUNNING shows them; start this one again when one of them has ended."
        ) from error
    except events.exceptions.ResourceAlreadyExistsException as error:
        raise ReplayError(
            f"Nothing was sent: there is a replay {name} already, started in the same second. Start this one again, if "
            "that was not the same."
        ) from error
    progress(state)
    reason: str | None = None
    while state not in _ENDED:
        answer = events.describe_replay(ReplayName=name)
        if answer["State"] != state:
            progress(answer["State"])
        state, reason = answer["State"], answer.get("StateReason")
        if state not in _ENDED:
            sleep(_POLL_SECONDS)
    if state != "COMPLETED":
        why = reason or "EventBridge does not say why"
        raise ReplayError(f"The replay {name} is {state}: {why}.", status=NOT_ALL)
    return name


def main(
    arguments: Sequence[str] | None = None,
    *,
    events: EventBridgeClient | None = None,
    output: TextIO | None = None,
    notes: TextIO | None = None,
    now: datetime | None = None,
) -> int:
    """Run the command.

    :param arguments: default: those of the command line.
    :param events: default: the client of the environment; ``AWS_ENDPOINT_URL`` points it to another AWS.
    :param output: where the result goes; default: standard output.
    :param notes: where troubles go; default: standard error.
    :param now: default: the time.
    :return: 0 when the plan was shown or the replay is complete, 1 when it was started and is not, 2 when nothing was
        sent because it cannot be, 130 when it was interrupted.
    """
    options = _parser().parse_args(arguments)
    output, notes, moment = output or sys.stdout, notes or sys.stderr, now or datetime.now(UTC)
    # CloudFormation calls the rule of a bus "bus|rule".
    rule_name = options.rule.rpartition("|")[2]
    replay = Replay(archive_name=options.archive, rule_name=rule_name, start=options.start, end=options.end or moment)
    states: list[str] = []

    def tell(state: str) -> None:
        states.append(state)
        print(f"  {state}", file=output)

    def carry_out() -> int:
        client = events or cast("EventBridgeClient", create_clients("events")["events"])
        plan = plan_replay(replay, events=client, now=moment)
        for line in _plan_lines(plan):
            print(line, file=output)
        if not options.apply:
            print("Nothing was sent. Add --apply to send it to this rule, and to no other.", file=output)
            return DONE
        name = start_replay(plan, events=client, now=moment, progress=tell)
        print(f"The replay {name} is complete.", file=output)
        return DONE

    return run_command(
        carry_out,
        notes=notes,
        interrupted="Interrupted. A replay that was started goes on: aws events list-replays shows it, and aws events "
        "cancel-replay ends it.",
        has_begun=lambda: bool(states),
    )


def _plan_lines(plan: ReplayPlan) -> Iterator[str]:
    replay = plan.replay
    yield (
        f"From {replay.start.isoformat()} to {replay.end.isoformat()}, what the archive {replay.archive_name} kept "
        f"({plan.event_count} events in all) and the rule {replay.rule_name} takes: {plan.event_pattern}"
    )
    if plan.kept_since is not None and replay.start < plan.kept_since:
        yield f"Of that, nothing before {plan.kept_since.isoformat()}: the archive keeps it no longer."


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no time zone: write 2026-11-24T02:00:00Z")
    return moment


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=REPLAY_ARCHIVE,
        description="Replay what an archive kept in a window of time, to one rule only; nothing without --apply.",
    )
    parser.add_argument("--archive", required=True, help="the name of the archive: aws events list-archives")
    parser.add_argument(
        "--rule",
        required=True,
        help="the name of the rule that gets the events: aws events list-rules --event-bus-name BUS",
    )
    parser.add_argument("--start", required=True, type=_moment, help="such as 2026-11-24T02:00:00Z")
    parser.add_argument("--end", type=_moment, help="default: now")
    parser.add_argument("--apply", action="store_true", help="send them; without it, only say what would be sent")
    return parser


if __name__ == "__main__":
    sys.exit(main())
