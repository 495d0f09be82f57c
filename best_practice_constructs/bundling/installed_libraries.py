"""The locked dependencies, installed with uv and compiled once for all the functions that share a lock (L3, L7)."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from uv import find_uv_bin

from best_practice_constructs.bundling.bundle_cache import cached
from best_practice_constructs.bundling.bundle_platform import BundlePlatform
from best_practice_constructs.bundling.bundle_sources import BUNDLER_VERSION
from best_practice_constructs.bundling.bundling_error import BundlingError
from best_practice_constructs.bundling.byte_code import compile_modules

_OFFLINE = re.compile(r"error sending request|dns error|Failed to fetch|Connection refused|timed out", re.IGNORECASE)
_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([0-9][^\s,`]*)")


def installed_libraries(lock: str, *, platform: BundlePlatform, interpreter: str | None) -> Path:
    """Give the directory into which the locked packages are installed for a platform, with byte code.

    :param lock: pinned requirements with hashes, a line each.
    :param interpreter: of the function's Python, which compiles the modules, if there is one.
    :raises BundlingError: a package has no wheel for the platform, or the package index cannot be reached.
    """

    def build(directory: Path) -> None:
        directory.mkdir()
        if not lock:
            return
        _install(lock, platform=platform, directory=directory)
        shutil.rmtree(directory / "bin", ignore_errors=True)
        (directory / ".lock").unlink(missing_ok=True)
        if interpreter:
            compile_modules(directory, interpreter=interpreter)

    digest = hashlib.sha256(f"{BUNDLER_VERSION}:{lock}".encode()).hexdigest()
    kind = f"{platform.identity}{'-compiled' if interpreter else ''}"
    return cached(kind="libraries", name=f"{kind}-{digest}", build=build)


def _install(lock: str, *, platform: BundlePlatform, directory: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        requirements = Path(scratch, "requirements.txt")
        requirements.write_text(lock, encoding="utf-8")
        command = [
            *(find_uv_bin(), "pip", "install", "--quiet", "--no-config", "--no-deps", "--require-hashes"),
            *("--only-binary", ":all:", "--no-compile-bytecode", "--link-mode", "copy", "--target", str(directory)),
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
