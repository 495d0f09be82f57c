"""The cache outside the tree, where what was built once is taken from (L3)."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

_ASIDE = ".building-"
_A_DAY = 24 * 60 * 60
CACHE_VARIABLE = "BEST_PRACTICE_CONSTRUCTS_CACHE"


def cache_directory() -> Path:
    """Give the directory of the cache: the one that the variable names, or the user's."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("best-practice-constructs")


def _remove_unused(cache: Path) -> None:
    now = time.time()
    for path in cache.iterdir():
        kept = _A_DAY if path.name.startswith(_ASIDE) else 30 * _A_DAY
        # Another process may remove it, too.
        with contextlib.suppress(OSError):
            if now - path.stat().st_mtime > kept:
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink()


def cached(*, kind: str, name: str, build: Callable[[Path], None]) -> Path:
    """Give a file or directory of the cache, built now if it is not there.

    It appears whole or not at all: it is built aside and renamed, also when two processes build it at once. What was
    not used for thirty days, and what killed processes left, is removed.

    :param kind: the cache's directory of such things.
    :param build: writes it to the path that it is given, in an empty directory.
    """
    cache = cache_directory() / kind
    finished = cache / name
    if finished.exists():
        with contextlib.suppress(OSError):
            os.utime(finished)
        return finished
    cache.mkdir(parents=True, exist_ok=True)
    _remove_unused(cache)
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=cache))
    try:
        build(aside / name)
        try:
            (aside / name).rename(finished)
        except OSError:
            # Another process was faster; what it built is the same.
            if not finished.exists():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return finished
