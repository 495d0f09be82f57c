"""The idempotency key of a consumer of events: where it is looked for (H2)."""

from __future__ import annotations

import re

from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.runtime.event_fields import UnknownFieldError, find_field
from best_practice_constructs.runtime.event_type import EventDeclaration

_DATA = "detail.data."
_PLAIN_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_OF_EVENTBRIDGE = ("detail", "id", "source", "account", "region", "resources", "time", '"detail-type"', "version")


def check_idempotency_key(scope: Construct, idempotency_key: str, event: EventDeclaration | None) -> None:
    """Refuse a key that no event of the route has: every one of them would be a dead letter.

    Expressions that are more than a path are left to the runtime.

    :raises InvalidArgumentError: the path begins at none of the fields that EventBridge gives, or ends at none of the
        event's own.
    """
    if not _PLAIN_PATH.fullmatch(idempotency_key):
        return
    first, _, rest = idempotency_key.partition(".")
    if first not in _OF_EVENTBRIDGE:
        raise InvalidArgumentError(
            scope,
            given=f"a route to a consumer with idempotency_key={idempotency_key!r}",
            reason="an event has its data under detail.data, so no event has this key and each would be a dead letter",
            remedy=f"write idempotency_key='{_DATA}{idempotency_key}'",
        )
    if event is not None and idempotency_key.startswith(_DATA):
        try:
            find_field(event.type, rest.split(".")[1:])
        except UnknownFieldError as error:
            raise InvalidArgumentError(
                scope,
                given=f"a route to a consumer with idempotency_key={idempotency_key!r}",
                reason=f"{error}, so each event would be a dead letter",
                remedy=f"name a field of {event.type.__name__}",
            ) from error
