"""See what is in a dead-letter queue, and move it back: ``python -m best_practice_constructs.operations.redrive``.

It reads the dead letters of a queue consumer, of a route, of a topic's subscription or of asynchronous invocations.
Without options it shows them by cause, and nothing changes. With ``--move`` all of them, or the chosen ones, are sent
once more to where they belong; each is deleted when it has been accepted there, and not before. A crash in between
leaves it in both places, and a consumer that is idempotent does nothing twice.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, TextIO, cast

from best_practice_constructs.operations.command import create_clients, run_command
from best_practice_constructs.operations.command_names import REDRIVE

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

    from best_practice_constructs.operations.destination_finder import RedriveClients
    from best_practice_constructs.operations.redrive_session import RedriveSession
    from best_practice_constructs.operations.topic_subscriptions import TopicsClient


def main(
    arguments: Sequence[str] | None = None,
    *,
    clients: RedriveClients | None = None,
    output: TextIO | None = None,
    notes: TextIO | None = None,
    ask: Callable[[str], bool] | None = None,
) -> int:
    """Run the command.

    :param arguments: default: those of the command line.
    :param clients: default: those of the environment; ``AWS_ENDPOINT_URL`` points them to another AWS.
    :param output: where the result goes; default: standard output.
    :param notes: where progress, questions and troubles go; default: standard error.
    :param ask: asks a person; default: at the terminal, if there is one.
    :return: 0 when all that was chosen was shown or moved, 1 when some of it was not, 2 when nothing was tried (no such
        queue, nothing chosen, nobody agreed), 130 when it was interrupted.
    """
    options = _options(arguments)
    output, notes = output or sys.stdout, notes or sys.stderr
    sessions: list[RedriveSession] = []

    def redrive() -> int:
        # Only here is it known that botocore is there.
        from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
        from best_practice_constructs.operations.queue_address import region_in
        from best_practice_constructs.operations.redrive_plan import Choice
        from best_practice_constructs.operations.redrive_session import RedriveSession

        called = clients or _clients(region_in(options.queue))
        session = RedriveSession(
            DeadLetterQueue(options.queue, sqs=called.sqs),
            clients=called,
            choice=Choice(causes=options.cause, message_ids=options.message_id),
            limit=options.limit,
            output=output,
            notes=notes,
        )
        sessions.append(session)
        # Whatever happens, what was received and not moved is there for others again at once.
        with closing(session):
            if options.move:
                return session.move(to=options.to, ask=_agree if options.yes else ask or _at_terminal())
            return session.show() if options.show else session.look()

    return run_command(
        redrive,
        notes=notes,
        interrupted="Interrupted. What was not moved is in the queue as before.",
        has_begun=lambda: bool(sessions),
    )


def _agree(_question: str) -> bool:
    return True


def _at_terminal() -> Callable[[str], bool] | None:
    if not sys.stdin.isatty():
        return None

    def ask(question: str) -> bool:
        print(question, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().casefold() in {"y", "yes"}

    return ask


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=REDRIVE,
        description="Show what is in a dead-letter queue, by cause; or move it back to where it belongs.",
    )
    parser.add_argument("queue", metavar="QUEUE", help="the dead-letter queue: its address (URL), ARN or name")
    parser.add_argument("--show", action="store_true", help="print each message as one line of JSON")
    parser.add_argument("--move", action="store_true", help="move the messages; says where to, and asks")
    parser.add_argument(
        "--cause",
        action="append",
        default=[],
        metavar="TEXT",
        help="only messages whose cause contains this; several times: one of these",
    )
    parser.add_argument(
        "--message-id",
        action="extend",
        nargs="+",
        default=[],
        metavar="ID",
        help="only the messages with these ids (write QUEUE before it)",
    )
    parser.add_argument(
        "--to",
        metavar="QUEUE_OR_FUNCTION",
        help="move them there: an address, ARN or name; default: where they belong",
    )
    parser.add_argument("--yes", action="store_true", help="move without asking")
    parser.add_argument(
        "--limit",
        type=_positive,
        default=10_000,
        metavar="COUNT",
        help="receive at most so many messages (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    if options.show and options.move:
        parser.error("--show and --move exclude each other: look first, then move")
    if (options.to or options.yes) and not options.move:
        parser.error("--to and --yes say how to move: add --move")
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of messages: pass 1 or more")
    return number


def _clients(region: str | None) -> RedriveClients:
    from best_practice_constructs.operations.destination_finder import RedriveClients

    made = create_clients("sqs", "lambda", "events", "sns", region=region)
    return RedriveClients(
        sqs=cast("SQSClient", made["sqs"]),
        functions=cast("LambdaClient", made["lambda"]),
        events=cast("EventBridgeClient", made["events"]),
        topics=cast("TopicsClient", made["sns"]),
    )


if __name__ == "__main__":
    sys.exit(main())
