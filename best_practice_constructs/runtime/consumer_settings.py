"""What a queue consumer finds in its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from best_practice_constructs.runtime import environment
from best_practice_constructs.runtime.errors import ConfigurationError


@dataclass(frozen=True, kw_only=True)
class ConsumerSettings:
    """The settings of a queue consumer, as its construct wrote them into the environment.

    :param idempotency_table_name: the table of the idempotency records.
    :param idempotency_key: the JMESPath expression that finds the key in a message's body.
    :param idempotency_expires_after_seconds: how long a record counts.
    :param idempotency_model: ``record`` or ``transaction``.
    :param dead_letter_queue_url: where messages go that cannot be handled; ``None`` leaves them to SQS's own redrive.
    :param max_receive_count: how often SQS delivers a message.
    :param queue_is_fifo: whether messages of a group must be handled in their order.
    """

    idempotency_table_name: str
    idempotency_key: str
    idempotency_expires_after_seconds: int
    idempotency_model: Literal["record", "transaction"]
    dead_letter_queue_url: str | None
    max_receive_count: int | None
    queue_is_fifo: bool

    @classmethod
    def from_environment(cls, handler_name: str) -> ConsumerSettings:
        """Read the settings.

        :raises ConfigurationError: one or more are missing or make no sense; all of them are named.
        """
        reader = SettingsReader(os.environ)
        settings = cls(
            idempotency_table_name=reader.text(environment.IDEMPOTENCY_TABLE_NAME),
            idempotency_key=reader.text(environment.IDEMPOTENCY_KEY),
            idempotency_expires_after_seconds=reader.number(environment.IDEMPOTENCY_EXPIRES_AFTER_SECONDS) or 0,
            idempotency_model=cast(
                Literal["record", "transaction"],
                reader.choice(environment.IDEMPOTENCY_MODEL, ("record", "transaction"), default="record"),
            ),
            dead_letter_queue_url=reader.optional_text(environment.DEAD_LETTER_QUEUE_URL),
            max_receive_count=reader.number(environment.MAX_RECEIVE_COUNT, is_required=False),
            queue_is_fifo=reader.choice(environment.QUEUE_IS_FIFO, ("true", "false"), default="false") == "true",
        )
        if settings.dead_letter_queue_url and settings.max_receive_count is None:
            reader.faults.append(
                f"{environment.MAX_RECEIVE_COUNT} is missing beside {environment.DEAD_LETTER_QUEUE_URL}"
            )
        if reader.faults:
            raise ConfigurationError(
                f"The queue consumer {handler_name} cannot work in this environment: {'; '.join(reader.faults)}. "
                "IdempotentQueueConsumer sets these variables; is the function deployed by another construct?"
            )
        return settings


class SettingsReader:
    """Reads settings from the environment, and gathers what is wrong with them.

    :ivar faults: what is wrong, so far.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.faults: list[str] = []

    def optional_text(self, name: str) -> str | None:
        """Read a text; ``None`` where it is missing or empty."""
        return self._variables.get(name) or None

    def text(self, name: str) -> str:
        """Read a text that must be there."""
        value = self.optional_text(name)
        if value is None:
            self.faults.append(f"{name} is missing")
        return value or ""

    def number(self, name: str, *, is_required: bool = True) -> int | None:
        """Read a positive whole number."""
        text = self.text(name) if is_required else self.optional_text(name)
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            self.faults.append(f"{name} is {text!r} and not a positive whole number")
            return None
        return int(text)

    def choice(self, name: str, choices: tuple[str, ...], *, default: str) -> str:
        """Read one of some words."""
        value = self.optional_text(name) or default
        if value not in choices:
            self.faults.append(f"{name} is {value!r} and none of {', '.join(choices)}")
        return value
