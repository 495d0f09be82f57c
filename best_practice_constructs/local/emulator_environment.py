"""The emulator's own Python environment: made once per lock, interpreter and machine, in the user's cache directory.

MiniStack pins its botocore, so it must not share an environment with the user's boto3. Two virtual environments are
made beside each other: one for the emulator, and one with what a handler finds in Lambda (boto3 and what it needs).
Handlers run in the second, so a package that a function forgot to declare is missing here as it would be in Lambda.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from best_practice_constructs.local.errors import EmulatorInstallationError

_OLDEST_PYTHON = (3, 11)
_PYTHON_IN_ENVIRONMENT = Path("bin/python")
_MARKER = "environment.json"
_SUPPORTED_TYPES_PROGRAM = """
import json
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS
print(json.dumps(sorted(name for name, handlers in _RESOURCE_HANDLERS.items() if "create" in handlers)))
"""


@dataclass(frozen=True, kw_only=True)
class EmulatorEnvironment:
    """An installed emulator.

    :param directory: where it is.
    :param emulator_python: the interpreter that runs the emulator.
    :param handler_python: the interpreter that runs Lambda handlers.
    :param supported_types: the CloudFormation types that the emulator can create, read from the emulator itself.
    """

    directory: Path
    emulator_python: Path
    handler_python: Path
    supported_types: frozenset[str]


def ensure_emulator_environment(
    *, cache_directory: Path | None = None, progress: Callable[[str], None] | None = None
) -> EmulatorEnvironment:
    """Return the emulator's environment, made first if it is not there.

    :param cache_directory: where environments are kept; the user's cache directory by default.
    :param progress: told what is done when something has to be installed.
    :raises EmulatorInstallationError: the environment cannot be made.
    """
    if sys.version_info < _OLDEST_PYTHON:
        raise EmulatorInstallationError(
            f"The embedded stage needs Python {'.'.join(map(str, _OLDEST_PYTHON))} or newer; "
            f"this is {platform.python_version()}."
        )
    if os.name != "posix":
        raise EmulatorInstallationError(
            f"The embedded stage runs on Linux and macOS; this is {platform.system()} (use WSL there)."
        )
    directory = (cache_directory or default_cache_directory()) / environment_name(locks=_locks())
    installed = _read(directory)
    if installed:
        return installed
    if progress:
        progress("installing the emulator (once)")
    _install(directory)
    installed = _read(directory)
    if not installed:
        raise EmulatorInstallationError(f"The emulator's environment {directory} is unusable; delete it and try again.")
    return installed


def default_cache_directory() -> Path:
    """Return where the environments are kept: the user's cache directory."""
    from platformdirs import user_cache_path

    return user_cache_path("best-practice-constructs", appauthor=False) / "emulators"


def environment_name(*, locks: dict[str, str]) -> str:
    """Return the directory name of an environment: a hash of the locks, the interpreter and the machine."""
    identity = [sorted(locks.items()), sys.implementation.cache_tag, platform.python_version(), sys.base_prefix]
    identity += [platform.system(), platform.machine()]
    return "ministack-" + hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]


def _locks() -> dict[str, str]:
    folder = resources.files("best_practice_constructs.local") / "locks"
    return {name: (folder / f"{name}.txt").read_text("utf-8") for name in ("emulator", "handlers")}


def _read(directory: Path) -> EmulatorEnvironment | None:
    emulator_python = directory / "emulator" / _PYTHON_IN_ENVIRONMENT
    handler_python = directory / "handlers" / _PYTHON_IN_ENVIRONMENT
    try:
        supported = json.loads((directory / _MARKER).read_text("utf-8"))["supported_types"]
    except (OSError, ValueError, KeyError):
        return None
    # The interpreter is a link into the Python that made it: that Python may have been removed since.
    if not (os.access(emulator_python, os.X_OK) and os.access(handler_python, os.X_OK)):
        return None
    return EmulatorEnvironment(
        directory=directory,
        emulator_python=emulator_python,
        handler_python=handler_python,
        supported_types=frozenset(supported),
    )


def _install(directory: Path) -> None:
    """Make the environment beside its place and move it there in one step, so that processes can race."""
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    except OSError as error:
        raise EmulatorInstallationError(
            f"The emulator's environment cannot be made in {directory.parent}: {error.strerror}."
        ) from error
    try:
        for name, lock in _locks().items():
            _make_virtual_environment(unfinished / name, lock=lock)
        supported = _run([str(unfinished / "emulator" / _PYTHON_IN_ENVIRONMENT), "-c", _SUPPORTED_TYPES_PROGRAM])
        (unfinished / _MARKER).write_text(json.dumps({"supported_types": json.loads(supported)}), "utf-8")
        if directory.exists() and _read(directory) is None:
            shutil.rmtree(directory, ignore_errors=True)
        try:
            unfinished.rename(directory)
        except OSError:
            if _read(directory) is None:
                raise
    except OSError as error:
        raise EmulatorInstallationError(
            f"The emulator's environment cannot be made in {directory.parent}: {error.strerror}."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _make_virtual_environment(directory: Path, *, lock: str) -> None:
    uv = find_uv()
    _run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(directory)])
    lock_file = directory / "requirements.txt"
    lock_file.write_text(lock, "utf-8")
    # Without byte code every start would compile megabytes of botocore again.
    exactly_the_lock = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock_file)]
    python = ["--python", str(directory / _PYTHON_IN_ENVIRONMENT)]
    _run([uv, "pip", "install", "--quiet", "--compile-bytecode", *python, *exactly_the_lock])


def find_uv() -> str:
    """Return the path of the uv program: the one of the ``uv`` package, else the one on the path.

    :raises EmulatorInstallationError: there is neither.
    """
    try:
        from uv import find_uv_bin

        return os.fspath(find_uv_bin())
    except (ImportError, FileNotFoundError):
        on_path = shutil.which("uv")
        if on_path is None:
            raise EmulatorInstallationError(
                "The embedded stage needs uv to install the emulator: run pip install uv."
            ) from None
        return on_path


def _run(command: list[str]) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment.pop("VIRTUAL_ENV", None)
    # In an empty directory: the settings of the project that happens to be the current directory are not ours, while
    # those of the user (an index mirror, a proxy, certificates) are.
    with tempfile.TemporaryDirectory() as empty:
        completed = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=empty, check=False)
    if completed.returncode == 0:
        return completed.stdout
    raise EmulatorInstallationError(_installation_failure(completed.stderr.strip() or completed.stdout.strip()))


_NETWORK_SIGNS = ("error sending request", "dns error", "failed to fetch", "could not connect", "connection refused")


def _installation_failure(evidence: str) -> str:
    if any(sign in evidence.lower() for sign in _NETWORK_SIGNS):
        last = next((line.strip() for line in reversed(evidence.splitlines()) if line.strip()), "")
        return (
            "The emulator cannot be installed because the package index cannot be reached: connect to the network (or "
            f"set UV_INDEX_URL to a mirror) and try again; this is needed once. ({last})"
        )
    return f"The emulator's environment cannot be made: {evidence or 'uv gave no reason'}"
