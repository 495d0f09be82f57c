"""What publishers do about large events; what it takes is loaded where there are any (E7)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from best_practice_constructs.runtime import environment

if TYPE_CHECKING:
    from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings
    from best_practice_constructs.runtime.errors import FailedEvent
    from best_practice_constructs.runtime.put_aside import CarriedEvent


def claim_check_store() -> ClaimCheckSettings | None:
    """Give where large fields can be put aside, as the environment says it; ``None`` for nowhere.

    :raises ConfigurationError: it says something that makes no sense.
    """
    if environment.CLAIM_CHECK_BUCKET_NAME not in os.environ:
        return None
    from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings

    return ClaimCheckSettings.from_environment()


def unwritten_events(events: Sequence[CarriedEvent]) -> dict[int, FailedEvent]:
    """Write what was put aside of events, and give those that must not be sent, as that failed, by their ``id()``."""
    if all(event.put_aside is None for event in events):
        return {}
    from best_practice_constructs.runtime.put_aside import write_put_aside

    return write_put_aside(events)
