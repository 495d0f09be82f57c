"""Building a bundle with uv, without Docker, into a cache outside the tree (L3, L7)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path
from uv import find_uv_bin

from best_practice_constructs.bundling.bundle_platform import BundlePlatform
from best_practice_constructs.bundling.bundle_sources import runtime_files
from best_practice_constructs.bundling.byte_code import compile_modules
from best_practice_constructs.bundling.missing_imports import missing_imports
from best_practice_constructs.bundling.unread_files import remove_unread_files

CACHE_VARIABLE = "BEST_PRACTICE_CONSTRUCTS_CACHE"
_OFFLINE = re.compile(r"error sending request|dns error|Failed to fetch|Connection refused|timed out", re.IGNORECASE)
_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([0-9][^\s,`]*)")


class BundlingError(RuntimeError):
    """A bundle could not be built; the message names the package and says what to do."""


def bundle_directory(
    files: Sequence[tuple[str, Path]],
    *,
    key: str,
    lock: str,
    platform: BundlePlatform,
    label: str,
    interpreter: str | None = None,
    has_layers: bool = False,
) -> Path:
    """Give the directory of the bundle with this key, built now if the cache has none.

    A bundle appears in the cache whole or not at all: it is built aside and renamed, also when two processes build it
    at once.

    :param files: the entry's files, by their name in the bundle.
    :param interpreter: of the function's Python, which compiles the modules; ``None`` leaves that to each cold start.
    :param has_layers: the function has layers, which may hold what the bundle does not.
    :raises BundlingError: a dependency has no wheel for the platform, the package index cannot be reached, or a module
        imports what the bundle has not.
    """
    cache = cache_directory() / "bundles"
    finished = cache / key
    if finished.is_dir():
        return finished
    started = time.monotonic()
    print(f"Bundling {label} for {platform.identity} …", file=sys.stderr, flush=True)
    cache.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=cache))
    sources = (*runtime_files(), *files)
    try:
        if lock:
            _install(lock, platform, building)
            remove_unread_files(building, readers=(file.read_bytes() for name, file in sources if name.endswith(".py")))
        for name, file in sources:
            target = building / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        if not has_layers:
            _check_imports(files, building)
        if interpreter:
            compile_modules(building, interpreter=interpreter)
        _settle_modes(building)
        try:
            building.rename(finished)
        except OSError:
            if not finished.is_dir():
                raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    print(f"Bundled {label} in {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
    return finished


def _check_imports(files: Sequence[tuple[str, Path]], bundle: Path) -> None:
    for missing in missing_imports(files, bundle):
        raise BundlingError(
            f"{missing.file}:{missing.line} imports {missing.module!r}, which neither the entry nor its locked "
            "dependencies nor Lambda's Python have, so every call would fail; add its package to requirements.in and "
            "lock it, or import it in the function that uses it"
        )


def cache_directory() -> Path:
    """Give the directory of the cache: the one that the variable names, or the user's."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("best-practice-constructs")


def _install(lock: str, platform: BundlePlatform, target: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        requirements = Path(scratch, "requirements.txt")
        requirements.write_text(lock, encoding="utf-8")
        command = [
            *(find_uv_bin(), "pip", "install", "--quiet", "--no-config", "--no-deps", "--require-hashes"),
            *("--only-binary", ":all:", "--no-compile-bytecode", "--link-mode", "copy", "--target", str(target)),
            *platform.uv_arguments,
            *("-r", str(requirements)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    output = done.stderr.strip()
    if _OFFLINE.search(output):
        raise BundlingError(
            f"the package index could not be reached; check the network and run it again. uv said: {output}"
        )
    if found := _PINNED.search(output):
        raise BundlingError(
            f"{found[1]} {found[2]} has no wheel for {platform.identity}; pin a version that has one, choose another "
            f"architecture, or replace the package. uv said: {output}"
        )
    raise BundlingError(f"uv could not install the locked dependencies: {output}")


def _settle_modes(directory: Path) -> None:
    for path in directory.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.suffix == ".so" else 0o644)
    directory.chmod(0o755)
