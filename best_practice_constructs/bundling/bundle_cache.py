"""The cache outside the tree, where what was built once is taken from (L3)."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

CACHE_VARIABLE = "BEST_PRACTICE_CONSTRUCTS_CACHE"


def cache_directory() -> Path:
    """Give the directory of the cache: the one that the variable names, or the user's."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("best-practice-constructs")


def cached(*, kind: str, name: str, build: Callable[[Path], None]) -> Path:
    """Give a file or directory of the cache, built now if it is not there.

    It appears whole or not at all: it is built aside and renamed, also when two processes build it at once.

    :param kind: the cache's directory of such things.
    :param build: writes it to the path that it is given, in an empty directory.
    """
    cache = cache_directory() / kind
    finished = cache / name
    if finished.exists():
        return finished
    cache.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=cache))
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
