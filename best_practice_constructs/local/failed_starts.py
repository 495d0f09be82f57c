"""Functions whose handler could not even be loaded: only the emulator's own log tells why."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# What a handler or the emulator logs beside begins with a time as well; all else continues the record before it.
_BEGINNING_OF_RECORD = re.compile(r"^(?=\[?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)
_FAILURE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ERROR \[lambda\] "
    r"Warm (?:worker|provided-runtime) execution error for (?P<function>[\w-]+): "
    r"(?:Worker init failed: )?(?P<reason>.*)",
    re.DOTALL,
)
# The emulator means to add what the process wrote, but has read that before.
_NO_EVIDENCE = ". stderr:"


@dataclass(frozen=True, kw_only=True)
class FailedStart:
    """A function whose handler could not be loaded, so that every invocation fails before its first line.

    :param function_name: the physical name of the function.
    :param path: its construct path, or ``None`` where no deployed stack tells it.
    :param reason: what was raised while its module was imported; may have several lines.
    :param at: when that was seen first.
    """

    function_name: str
    path: str | None
    reason: str
    at: datetime

    @property
    def name(self) -> str:
        """The construct path, or the physical name where there is none."""
        return self.path or self.function_name


class FailedStartWatch:
    """Follows the emulator's log and tells each failed start once: of a function each reason one time.

    :param log_path: the emulator's log.
    :param path_of: gives the construct path of a function by its physical name, or ``None``.
    """

    def __init__(self, *, log_path: Path, path_of: Callable[[str], str | None]) -> None:
        self._log_path = log_path
        self._path_of = path_of
        self._offset = 0
        self._told: set[tuple[str, str]] = set()

    def news(self) -> tuple[FailedStart, ...]:
        """Return what failed since the last call and was not told yet, the oldest first."""
        news = []
        for failure in parse_failed_starts(self._new_text(), path_of=self._path_of):
            what = (failure.function_name, failure.reason)
            if what not in self._told:
                self._told.add(what)
                news.append(failure)
        return tuple(news)

    def forget(self) -> None:
        """Tell again what was told before, should it happen again: after a deployment that may have mended it."""
        self._told.clear()

    def _new_text(self) -> str:
        try:
            with self._log_path.open("rb") as log:
                log.seek(self._offset)
                new = log.read()
        except OSError:
            # The stage is stopped, and its directory gone.
            return ""
        # A line that is still being written is read with the next call.
        complete = new[: new.rfind(b"\n") + 1]
        self._offset += len(complete)
        return complete.decode("utf-8", errors="replace")


def parse_failed_starts(log: str, *, path_of: Callable[[str], str | None]) -> tuple[FailedStart, ...]:
    """Return every failed start that a log tells of, the oldest first.

    :param log: text of the emulator's log.
    :param path_of: gives the construct path of a function by its physical name, or ``None``.
    """
    failures = []
    for record in _BEGINNING_OF_RECORD.split(log):
        match = _FAILURE.match(record)
        if match:
            failures.append(
                FailedStart(
                    function_name=match["function"],
                    path=path_of(match["function"]),
                    reason=match["reason"].strip().removesuffix(_NO_EVIDENCE),
                    # The emulator runs in UTC, as Lambda does.
                    at=datetime.strptime(match["at"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC),
                )
            )
    return tuple(failures)
