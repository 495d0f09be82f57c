"""The runtime package with its byte code, compiled once for all functions (L3)."""

from __future__ import annotations

from pathlib import Path

from best_practice_constructs.bundling.bundle_cache import cached
from best_practice_constructs.bundling.bundle_sources import BUNDLER_VERSION, files_hash, runtime_files
from best_practice_constructs.bundling.byte_code import copy_compiled


def compiled_runtime(*, python_version: str, interpreter: str | None) -> Path:
    """Give the directory that holds :mod:`best_practice_constructs.runtime` as it ships.

    :param interpreter: of that version, which compiles it; without one there is no byte code.
    """

    def build(directory: Path) -> None:
        directory.mkdir()
        copy_compiled(runtime_files(), directory=directory, interpreter=interpreter)

    kind = f"python{python_version}{'-compiled' if interpreter else ''}"
    return cached(kind="runtimes", name=files_hash(runtime_files(), BUNDLER_VERSION, kind), build=build)
