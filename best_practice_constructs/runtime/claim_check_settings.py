"""Where a publisher puts the fields of large events aside, as it finds it in its environment (E7)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

from best_practice_constructs.runtime import environment
from best_practice_constructs.runtime.claim_check import DEFAULT_THRESHOLD_BYTES
from best_practice_constructs.runtime.consumer_settings import SettingsReader
from best_practice_constructs.runtime.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class ClaimCheckSettings:
    """The settings of a publisher, as ``ClaimCheckStore`` wrote them into the environment.

    :param bucket: the name of the bucket.
    :param threshold_bytes: the size above which an event is large.
    :param expires_after: how long the bucket keeps an object at the least; ``None`` when nobody said.
    """

    bucket: str
    threshold_bytes: int = DEFAULT_THRESHOLD_BYTES
    expires_after: timedelta | None = None

    @classmethod
    def from_environment(cls) -> ClaimCheckSettings | None:
        """Read the settings; ``None`` where the function has no store.

        :raises ConfigurationError: they make no sense; all that is wrong is named.
        """
        bucket = os.environ.get(environment.CLAIM_CHECK_BUCKET_NAME)
        if not bucket:
            return None
        reader = SettingsReader(os.environ)
        threshold = reader.number(environment.CLAIM_CHECK_THRESHOLD_BYTES, is_required=False)
        days = reader.number(environment.CLAIM_CHECK_EXPIRES_AFTER_DAYS, is_required=False)
        if reader.faults:
            raise ConfigurationError(
                f"Large events cannot be put aside in this environment: {'; '.join(reader.faults)}. ClaimCheckStore "
                "sets these variables, by bus.add_publisher(function) or store.allow_publisher(function) in the stack."
            )
        return cls(
            bucket=bucket,
            threshold_bytes=threshold or DEFAULT_THRESHOLD_BYTES,
            expires_after=timedelta(days=days) if days else None,
        )
