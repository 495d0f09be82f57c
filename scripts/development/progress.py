"""Shows what is being done, and how long each phase took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def phase(title: str) -> Generator[None, None, None]:
    """Show ``title`` while the block runs (with a running clock on a terminal), and its duration when it is done."""
    start = time.monotonic()
    finished = threading.Event()
    clock = threading.Thread(target=_tick, args=(title, start, finished), daemon=True)
    if sys.stderr.isatty():
        clock.start()
    else:
        _write(f"  {title} …\n")
    done = False
    try:
        yield
        done = True
    finally:
        finished.set()
        if clock.is_alive():
            clock.join()
        before = "\r" if sys.stderr.isatty() else ""
        _write(f"{before}  {title:<58} {'' if done else 'failed after '}{time.monotonic() - start:5.1f} s\n")


def _tick(title: str, start: float, finished: threading.Event) -> None:
    while not finished.wait(0.2):
        _write(f"\r  {title:<58} {time.monotonic() - start:5.1f} s")


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
