"""Progress on a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest

from best_practice_constructs.operations.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_changes() -> None:
    terminal = Terminal()
    counted = Progress(output=terminal, what="moved", total=1200)
    counted.advance(1000)
    counted.advance()
    counted.end()
    assert (
        terminal.getvalue() == "\r\x1b[K1,000 of 1,200 moved\r\x1b[K1,001 of 1,200 moved\r\x1b[K1,001 of 1,200 moved\n"
    )


def test_elsewhere_a_line_is_written_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    output = io.StringIO()
    counted = Progress(output=output, what="moved", total=100)
    for second in range(12):
        now[0] = float(second)
        counted.advance()
    counted.end()
    assert output.getvalue().splitlines() == ["6 of 100 moved", "11 of 100 moved", "12 of 100 moved"]


def test_a_total_that_was_too_low_grows() -> None:
    output = io.StringIO()
    counted = Progress(output=output, what="looked at", total=1)
    counted.advance(3)
    counted.end()
    assert output.getvalue() == "3 of 3 looked at\n"
