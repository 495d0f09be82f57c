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

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

    from best_practice_constructs.operations.destination_finder import RedriveClients
    from best_practice_constructs.operations.topic_subscriptions import TopicsClient

_INTERRUPTED = 130


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
    :return: 0 when all that was chosen was shown or moved, 1 when some of it was not, 2 when nothing was tried because
        nobody could be asked, 130 when it was interrupted.
    """
    options = _options(arguments)
    output, notes = output or sys.stdout, notes or sys.stderr
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError:
        sys.exit("This command needs botocore: install it with pip install 'best-practice-constructs[runtime]'.")
    from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
    from best_practice_constructs.operations.queue_address import RedriveError, reason_of, region_in
    from best_practice_constructs.operations.redrive_plan import Choice
    from best_practice_constructs.operations.redrive_session import NOT_ALL, RedriveSession

    try:
        clients = clients or _clients(region_in(options.queue))
        session = RedriveSession(
            DeadLetterQueue(options.queue, sqs=clients.sqs),
            clients=clients,
            choice=Choice(causes=options.cause, message_ids=options.message_id),
            limit=options.limit,
            output=output,
            notes=notes,
        )
        # Whatever happens, what was received and not moved is there for others again at once.
        with closing(session):
            if options.move:
                return session.move(to=options.to, ask=_agree if options.yes else ask or _at_terminal())
            return session.show() if options.show else session.look()
    except KeyboardInterrupt:
        print("Interrupted. What was not moved is in the queue as before.", file=notes)
        return _INTERRUPTED
    except RedriveError as error:
        print(error, file=notes)
    except (BotoCoreError, ClientError) as error:
        print(f"AWS did not answer as it should. {reason_of(error)}", file=notes)
    return NOT_ALL


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
        prog="python -m best_practice_constructs.operations.redrive",
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
    import botocore.session
    from botocore.config import Config

    from best_practice_constructs.operations.destination_finder import RedriveClients

    session = botocore.session.get_session()
    # Moving a large queue takes many calls, of which some may be throttled.
    config = Config(retries={"mode": "standard", "total_max_attempts": 6})
    made = {
        service: session.create_client(service, region_name=region, config=config)
        for service in ("sqs", "lambda", "events", "sns")
    }
    return RedriveClients(
        sqs=cast("SQSClient", made["sqs"]),
        functions=cast("LambdaClient", made["lambda"]),
        events=cast("EventBridgeClient", made["events"]),
        topics=cast("TopicsClient", made["sns"]),
    )


if __name__ == "__main__":
    sys.exit(main())
