"""What the operators' commands share: how they call AWS, what stops them, and the exit status that tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TextIO

DONE = 0
"""All that was chosen was done."""
NOT_ALL = 1
"""Some of it was tried and not done, and the output says why."""
REFUSED = 2
"""Nothing was tried: as of arguments that cannot be meant."""
INTERRUPTED = 130
"""Ctrl-C."""


class CommandError(Exception):
    """Something cannot be done; the message says why, and what to do instead.

    :param message: says it.
    :param status: the command's exit status.
    """

    def __init__(self, message: str, *, status: int = REFUSED) -> None:
        super().__init__(message)
        self.status = status


def run_command(
    command: Callable[[], int],
    *,
    notes: TextIO,
    interrupted: str,
    has_begun: Callable[[], bool] = lambda: True,
) -> int:
    """Run a command; say in one line what stops it, and give its exit status.

    :param notes: where troubles go.
    :param interrupted: what to say after Ctrl-C.
    :param has_begun: whether something has been tried by now, should AWS not answer.
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError:
        print(
            "This command needs botocore: install it with pip install 'best-practice-constructs[runtime]'.", file=notes
        )
        return REFUSED
    from best_practice_constructs.operations.queue_address import reason_of

    try:
        return command()
    except KeyboardInterrupt:
        print(interrupted, file=notes)
        return INTERRUPTED
    except CommandError as error:
        print(error, file=notes)
        return error.status
    except (BotoCoreError, ClientError) as error:
        print(f"AWS did not answer as it should. {reason_of(error)}", file=notes)
        return NOT_ALL if has_begun() else REFUSED


def create_clients(*services: str, region: str | None = None) -> Mapping[str, object]:
    """Create botocore's clients, with the credentials of the environment.

    :param region: default: the environment's.
    """
    import botocore.session
    from botocore.config import Config

    session = botocore.session.get_session()
    # An operator's command may take many calls, of which some may be throttled.
    config = Config(retries={"mode": "standard", "total_max_attempts": 6})
    return {service: session.create_client(service, region_name=region, config=config) for service in services}
