"""What an asynchronous consumer finds in its environment."""

from __future__ import annotations

import os
from dataclasses import dataclass

from best_practice_constructs.runtime import environment
from best_practice_constructs.runtime.consumer_settings import SettingsReader
from best_practice_constructs.runtime.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class AsyncConsumerSettings:
    """The settings of an asynchronous consumer, as its construct wrote them into the environment.

    :param idempotency_table_name: the table of the idempotency records.
    :param idempotency_key: the JMESPath expression that finds the key in an event.
    :param idempotency_expires_after_seconds: how long a record counts.
    :param failures_queue_url: where events go that can never be handled; ``None`` leaves them to Lambda's retries and
        its own on-failure destination.
    """

    idempotency_table_name: str
    idempotency_key: str
    idempotency_expires_after_seconds: int
    failures_queue_url: str | None

    @classmethod
    def from_environment(cls, handler_name: str) -> AsyncConsumerSettings:
        """Read the settings.

        :raises ConfigurationError: one or more are missing or make no sense; all of them are named.
        """
        reader = SettingsReader(os.environ)
        settings = cls(
            idempotency_table_name=reader.text(environment.IDEMPOTENCY_TABLE_NAME),
            idempotency_key=reader.text(environment.IDEMPOTENCY_KEY),
            idempotency_expires_after_seconds=reader.number(environment.IDEMPOTENCY_EXPIRES_AFTER_SECONDS) or 0,
            failures_queue_url=reader.optional_text(environment.ASYNC_FAILURES_QUEUE_URL),
        )
        if reader.faults:
            raise ConfigurationError(
                f"The asynchronous consumer {handler_name} cannot work in this environment: "
                f"{'; '.join(reader.faults)}. AsyncFunctionConsumer sets these variables; is the function deployed by "
                "another construct?"
            )
        return settings
