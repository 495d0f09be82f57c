"""Send entries in batches: what is refused for a while is sent again, that alone, and nothing is dropped (H1, H6)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotocoreConnectionError

from best_practice_constructs.runtime.errors import FailedEvent
from best_practice_constructs.runtime.invocation import current_context

MAXIMUM_ENTRIES = 10
"""What EventBridge and SNS take in one call."""

_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0
_RESERVED_MILLISECONDS = 1000

THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
"""The codes of errors that pass by waiting, whatever their HTTP status says."""


class Entry(Protocol):
    """One event among those that are sent in one call."""

    @property
    def event_id(self) -> str:
        """The id of the event."""
        ...

    @property
    def detail_type(self) -> str:
        """The name of the event."""
        ...

    @property
    def size(self) -> int:
        """The bytes that count against what one call may carry."""
        ...


EntryT = TypeVar("EntryT", bound=Entry)


@dataclass(frozen=True, kw_only=True)
class EntryError:
    """Why an entry was not taken.

    :param is_permanent: whether sending it again cannot help.
    :param is_of_call: whether the whole call was refused: nothing is said of the entry itself then.
    """

    code: str
    message: str
    is_permanent: bool
    is_of_call: bool = False


def batches(entries: Sequence[EntryT], *, most_bytes: int) -> Iterator[list[EntryT]]:
    """Split the entries, in their order, into what one call each may carry."""
    batch: list[EntryT] = []
    size = 0
    for entry in entries:
        if batch and (len(batch) == MAXIMUM_ENTRIES or size + entry.size > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry.size
    if batch:
        yield batch


def send(batch: Sequence[EntryT], *, put: Callable[[Sequence[EntryT]], list[EntryError | None]]) -> list[FailedEvent]:
    """Send a batch, and what is refused for a while again, up to five times with full jitter.

    It stops earlier when the invocation's time comes to its end.

    :param put: sends entries in one call and says of each what went wrong, ``None`` for those that were taken.
    :return: what could not be sent.
    """
    given_up: list[FailedEvent] = []
    waiting = list(batch)
    for attempt in range(1, _ATTEMPTS + 1):
        outcomes = _put(waiting, put=put)
        is_last = attempt == _ATTEMPTS or not _has_time()
        again: list[EntryT] = []
        for entry, error in zip(waiting, outcomes, strict=True):
            if error is None:
                continue
            if error.is_permanent or is_last:
                given_up.append(
                    FailedEvent(
                        event_id=entry.event_id,
                        detail_type=entry.detail_type,
                        error_code=error.code,
                        error_message=error.message,
                        is_refused=error.is_permanent and not error.is_of_call,
                    )
                )
            else:
                again.append(entry)
        waiting = again
        if not waiting:
            break
        time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)))  # noqa: S311 -- jitter
    return given_up


def _put(
    entries: Sequence[EntryT], *, put: Callable[[Sequence[EntryT]], list[EntryError | None]]
) -> list[EntryError | None]:
    try:
        outcomes = put(entries)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "Unknown")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        is_permanent = 400 <= status < 500 and status not in (408, 429) and code not in THROTTLED
        return [_of_call(code, str(error), is_permanent=is_permanent)] * len(entries)
    except BotoCoreError as error:
        is_permanent = not isinstance(error, HTTPClientError | BotocoreConnectionError)
        return [_of_call(type(error).__name__, str(error), is_permanent=is_permanent)] * len(entries)
    if len(outcomes) != len(entries):
        unknown = _of_call("UnexpectedResponse", f"{len(outcomes)} results", is_permanent=False)
        return [unknown] * len(entries)
    return outcomes


def _of_call(code: str, message: str, *, is_permanent: bool) -> EntryError:
    return EntryError(code=code, message=message, is_permanent=is_permanent, is_of_call=True)


def _has_time() -> bool:
    context = current_context()
    return context is None or context.get_remaining_time_in_millis() > _RESERVED_MILLISECONDS
