"""The linters' own Python environment: made once for each state of their lock."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from best_practice_constructs.local.emulator_environment import find_uv
from scripts.development.installer import excerpt_of_lock, index_settings

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "requirements" / "policy_linters.txt"
_DIRECTORY = ROOT / ".venv" / "policy-linters"
# They ship no wheels.
_BUILT = ("json-cfg", "kwonly-args")


def linters_python() -> Path:
    """Give the interpreter that has the linters, made first if it is not there.

    :raises RuntimeError: they cannot be installed.
    """
    python, stamp = _DIRECTORY / "bin" / "python", _DIRECTORY / "lock.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest() + sys.version
    if stamp.exists() and stamp.read_text("utf-8") == wanted and os.access(python, os.X_OK):
        return python
    shutil.rmtree(_DIRECTORY, ignore_errors=True)
    uv = find_uv()
    _run(uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(_DIRECTORY))
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), "--require-hashes"]
    install += ["--no-deps", "--no-build-isolation", "--only-binary", ":all:"]
    with tempfile.TemporaryDirectory() as temporary:
        first = Path(temporary) / "setuptools.txt"
        first.write_text(excerpt_of_lock(LOCK, package="setuptools"), "utf-8")
        _run(*install, "-r", str(first))
    _run(*install, *(argument for package in _BUILT for argument in ("--no-binary", package)), "-r", str(LOCK))
    stamp.write_text(wanted, "utf-8")
    return python


def _run(*command: str) -> None:
    environment = {**os.environ, **index_settings(Path(sys.executable))}
    environment.pop("VIRTUAL_ENV", None)
    completed = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if completed.returncode:
        raise RuntimeError(f"The linters of policies cannot be installed: {completed.stderr.strip()}")
