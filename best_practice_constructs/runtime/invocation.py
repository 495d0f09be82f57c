"""What is being handled right now: the invocation, and the message or request within it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol


class LambdaContext(Protocol):
    """The part of Lambda's context object that the runtime reads."""

    @property
    def function_name(self) -> str:
        """The function's name, without its qualifier."""
        ...

    @property
    def invoked_function_arn(self) -> str:
        """The ARN that was invoked, with the alias or version where one was."""
        ...

    @property
    def memory_limit_in_mb(self) -> int | str:
        """The function's memory in MB."""
        ...

    @property
    def aws_request_id(self) -> str:
        """The id of the invocation."""
        ...

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take."""
        ...


@dataclass(kw_only=True)
class Cause:
    """The message or request that is being handled, and what follows from it.

    :param correlation_id: goes into the metadata of the events that follow.
    :param causation_id: the id of the event that is being handled, ``None`` for a request.
    """

    correlation_id: str | None
    causation_id: str | None = None
    _occurrences: defaultdict[bytes, itertools.count[int]] = field(
        default_factory=lambda: defaultdict(itertools.count), repr=False
    )

    def occurrence(self, fact: bytes) -> int:
        """Count how often the very same fact was published before from this cause."""
        return next(self._occurrences[fact])


_context: ContextVar[LambdaContext | None] = ContextVar("best_practice_constructs_context", default=None)
_cause: ContextVar[Cause | None] = ContextVar("best_practice_constructs_cause", default=None)


def current_context() -> LambdaContext | None:
    """Return Lambda's context while a decorated handler runs."""
    return _context.get()


def current_cause() -> Cause | None:
    """Return what is being handled while a decorated handler runs."""
    return _cause.get()


@contextmanager
def invoked(context: LambdaContext) -> Generator[None]:
    """Make ``context`` the current one."""
    token = _context.set(context)
    try:
        yield
    finally:
        _context.reset(token)


@contextmanager
def caused_by(cause: Cause) -> Generator[None]:
    """Make ``cause`` the current one."""
    token = _cause.set(cause)
    try:
        yield
    finally:
        _cause.reset(token)
