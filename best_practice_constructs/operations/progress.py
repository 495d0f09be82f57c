"""Says how far a long piece of work is: one line that changes on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from typing import TextIO

_SECONDS_BETWEEN_LINES = 5


class Progress:
    """A count of a total.

    :param output: where it is said.
    :param what: what is counted, such as ``"moved"``.
    :param total: how many there will be, as far as is known.
    """

    def __init__(self, *, output: TextIO, what: str, total: int) -> None:
        self._output = output
        self._what = what
        self._total = total
        self._count = 0
        self._is_terminal = output.isatty()
        self._said_at = time.monotonic()

    def advance(self, count: int = 1) -> None:
        """Count on, and say so."""
        self._count += count
        now = time.monotonic()
        if self._is_terminal:
            self._output.write(f"\r\x1b[K{self._line()}")
            self._output.flush()
        elif now - self._said_at >= _SECONDS_BETWEEN_LINES:
            self._say(now)

    def end(self) -> None:
        """Say how far it came."""
        if self._is_terminal:
            self._output.write("\r\x1b[K")
        self._say(time.monotonic())

    def _say(self, now: float) -> None:
        print(self._line(), file=self._output)
        self._said_at = now

    def _line(self) -> str:
        return f"{self._count:,} of {max(self._total, self._count):,} {self._what}"
