"""Publish events: enriched, in batches, none dropped (E6, H1, H6)."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotocoreConnectionError

from best_practice_constructs.runtime import clients, environment
from best_practice_constructs.runtime.errors import ConfigurationError, FailedEvent, PublishError
from best_practice_constructs.runtime.event_entry import EventEntry, batches, event_entry
from best_practice_constructs.runtime.invocation import current_context
from best_practice_constructs.runtime.outgoing_event import OutgoingEvent

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import PutEventsResultEntryTypeDef

_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0
_RESERVED_MILLISECONDS = 1000

_PERMANENT_ENTRY_ERRORS = frozenset(
    {
        "InvalidArgument",
        "MalformedDetail",
        "NotAuthorizedForDetailType",
        "NotAuthorizedForDetailTypeException",
        "NotAuthorizedForSource",
        "NotAuthorizedForSourceException",
    }
)
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})


class EventPublisher:
    """Publishes declared events to a bus, in the enriched envelope (E6).

    ``source`` and ``detail-type`` come from the event's declaration, ``resources`` names the function,
    ``detail.metadata`` says where the event comes from, ``detail.data`` is the event. Entries that EventBridge refuses
    for a while are sent again, those alone, up to five times with full jitter, as long as the invocation has time.

    :param bus_name: the name or ARN of the bus; by default that of the environment (``EVENT_BUS_NAME``).
    :param resources: the event's ``resources``; by default the ARN of the running function, as it was invoked.

    ```python
    import os
    from types import SimpleNamespace

    from best_practice_constructs.runtime import EventPublisher, EventSource, clients

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderCancelled:
        order_id: str


    os.environ["EVENT_BUS_NAME"] = "orders"
    sent = []


    def put_events(*, Entries):
        sent.extend(Entries)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in Entries]}


    clients.use("events", SimpleNamespace(put_events=put_events))
    EventPublisher().publish(OrderCancelled(order_id="17"), changed=["order.state"])
    assert sent[0]["DetailType"] == "OrderCancelled"
    clients.forget()
    ```
    """

    def __init__(self, *, bus_name: str | None = None, resources: Sequence[str] | None = None) -> None:
        self._bus_name = bus_name
        self._resources = resources

    def publish(
        self,
        event: object,
        *,
        event_id: str | None = None,
        correlation_id: str | None = None,
        causation_id: str | None = None,
        changed: Sequence[str] | None = None,
        occurred_at: datetime | None = None,
    ) -> str:
        """Publish one event and return its id; the parameters are those of :class:`OutgoingEvent`.

        :raises PublishError: it could not be sent.
        :raises EventTooLargeError: it is more than EventBridge takes.
        """
        outgoing = OutgoingEvent(
            event=event,
            event_id=event_id,
            correlation_id=correlation_id,
            causation_id=causation_id,
            changed=changed,
            occurred_at=occurred_at,
        )
        return self.publish_all([outgoing])[0]

    def publish_all(self, events: Sequence[OutgoingEvent]) -> tuple[str, ...]:
        """Publish events, in calls of at most 10 entries and 1 MB, and return their ids in the order given.

        All are checked before the first is sent; one that cannot be sent does not keep the others back.

        :raises PublishError: some could not be sent; the error names them.
        :raises EventTooLargeError: one alone is more than EventBridge takes; nothing was sent.
        """
        bus_name = self._bus_name or os.environ.get(environment.EVENT_BUS_NAME)
        if not bus_name:
            raise ConfigurationError(
                f"No bus to publish to: the environment lacks {environment.EVENT_BUS_NAME}. "
                "Call bus.add_publisher(function) in the stack, or give EventPublisher(bus_name=…)."
            )
        resources = self._resources if self._resources is not None else _running_function()
        entries = [event_entry(event, bus_name=bus_name, resources=resources) for event in events]
        failed = [failure for batch in batches(entries) for failure in _send(batch)]
        if failed:
            failed_ids = {failure.event_id for failure in failed}
            raise PublishError(failed=failed, sent=[e.event_id for e in entries if e.event_id not in failed_ids])
        return tuple(entry.event_id for entry in entries)


def _running_function() -> Sequence[str]:
    context = current_context()
    return [context.invoked_function_arn] if context else []


def _send(batch: Sequence[EventEntry]) -> list[FailedEvent]:
    given_up: list[FailedEvent] = []
    waiting = list(batch)
    for attempt in range(1, _ATTEMPTS + 1):
        outcomes = _put(waiting)
        is_last = attempt == _ATTEMPTS or not _has_time()
        again: list[EventEntry] = []
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
                    )
                )
            else:
                again.append(entry)
        waiting = again
        if not waiting:
            break
        time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)))  # noqa: S311 -- jitter
    return given_up


class _EntryError:
    def __init__(self, *, code: str, message: str, is_permanent: bool) -> None:
        self.code = code
        self.message = message
        self.is_permanent = is_permanent


def _put(entries: Sequence[EventEntry]) -> list[_EntryError | None]:
    """Send the entries in one call and say of each what went wrong."""
    try:
        response = clients.client("events").put_events(Entries=[entry.request for entry in entries])
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "Unknown")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        is_permanent = 400 <= status < 500 and status not in (408, 429) and code not in _THROTTLED
        return [_EntryError(code=code, message=str(error), is_permanent=is_permanent)] * len(entries)
    except BotoCoreError as error:
        is_permanent = not isinstance(error, HTTPClientError | BotocoreConnectionError)
        return [_EntryError(code=type(error).__name__, message=str(error), is_permanent=is_permanent)] * len(entries)
    results = response["Entries"]
    if len(results) != len(entries):
        unknown = _EntryError(code="UnexpectedResponse", message=f"{len(results)} results", is_permanent=False)
        return [unknown] * len(entries)
    return [_entry_error(result) for result in results]


def _entry_error(result: PutEventsResultEntryTypeDef) -> _EntryError | None:
    code = result.get("ErrorCode")
    if not code:
        return None
    message = result.get("ErrorMessage", "")
    return _EntryError(code=code, message=message, is_permanent=code in _PERMANENT_ENTRY_ERRORS)


def _has_time() -> bool:
    context = current_context()
    return context is None or context.get_remaining_time_in_millis() > _RESERVED_MILLISECONDS
