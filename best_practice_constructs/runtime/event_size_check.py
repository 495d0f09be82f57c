"""How large an event may become, and what to do about it, told when it is declared (E7)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from best_practice_constructs.runtime.errors import InvalidEventError, LargeEventWarning
from best_practice_constructs.runtime.event_size import bounded_sizes, event_size
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES

ENVELOPE_BYTES = 1024
"""What is reckoned for source, detail type, the function's ARN and the metadata, which have some 500 bytes."""


def check_size(event_class: type, *, claim_check: Sequence[str]) -> None:
    """Refuse a class whose events are all too large, and warn of one whose bounds let an event become too large.

    :param claim_check: the fields that are put aside when the event is large.
    :raises InvalidEventError: naming class and size.
    """
    name = event_class.__qualname__
    smallest = event_size(event_class).smallest
    if smallest > MAXIMUM_EVENT_BYTES - ENVELOPE_BYTES:
        raise InvalidEventError(
            f"The event {name} has at least {smallest} bytes, {ENVELOPE_BYTES} more for its envelope, and EventBridge "
            f"takes {MAXIMUM_EVENT_BYTES}: leave fields out."
        )
    sizes = {field: size for field, size in bounded_sizes(event_class).items() if field not in claim_check}
    largest = sum(sizes.values()) + ENVELOPE_BYTES
    if largest > MAXIMUM_EVENT_BYTES:
        field = max(sizes, key=sizes.__getitem__)
        aside = ", ".join(f"{each!r}" for each in (*claim_check, field))
        warnings.warn(
            f"The event {name} may have up to {largest} bytes, {sizes[field]} of them in {field!r}, and EventBridge "
            f"takes {MAXIMUM_EVENT_BYTES}: a larger one is not published (EventTooLargeError). Lower its max_length, "
            f"or let it be put aside with claim_check=({aside},).",
            LargeEventWarning,
            stacklevel=5,
        )
