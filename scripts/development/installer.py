"""Runs installers, and turns their failures into one sentence."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.development.failure import failed_download
from scripts.development.progress import phase

INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")

# For one module of aws-cdk-lib; uv's own minute is too short on a machine that has other work.
_PATIENCE_SECONDS = "900"


def install(
    what: str, command: Sequence[str], *, log: Path, directory: Path, environment: Mapping[str, str] | None = None
) -> None:
    """Run an installer quietly.

    :param what: what it installs, as a phrase: ``"the locked Python packages"``.
    :param command: the installer's command line.
    :param log: where its output is kept when it fails.
    :param directory: where it runs.
    :param environment: variables beside the inherited ones.
    :raises CommandFailedError: it failed.
    """
    with phase(f"installing {what}"):
        completed = subprocess.run(
            command,
            cwd=directory,
            env={"UV_COMPILE_BYTECODE_TIMEOUT": _PATIENCE_SECONDS, **os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if completed.returncode:
            log.write_text(completed.stdout, "utf-8")
            raise failed_download(what, output=completed.stdout, log=str(log))


def index_settings(python: Path) -> dict[str, str]:
    """Give uv the package index that pip is set up with, and pip the one that uv is set up with.

    :param python: an interpreter with pip.
    """
    for_uv = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")
    for_pip = os.environ.get("PIP_INDEX_URL") or _configured_index(python)
    if for_uv and not for_pip:
        return {"PIP_INDEX_URL": for_uv}
    if for_pip and not for_uv:
        return {"UV_DEFAULT_INDEX": for_pip}
    return {}


def _configured_index(python: Path) -> str | None:
    command = [str(python), "-m", "pip", "config", "get", "global.index-url"]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    return completed.stdout.strip() if completed.returncode == 0 and completed.stdout.strip() else None


def excerpt_of_lock(lock: Path, *, package: str) -> str:
    """Give the lines of a lock that pin one package.

    :raises ValueError: the lock does not pin it.
    """
    lines: list[str] = []
    for line in lock.read_text("utf-8").splitlines():
        if lines and not line.startswith(" "):
            break
        if lines or line.startswith(f"{package}=="):
            lines.append(line)
    if not lines:
        raise ValueError(f"{lock.name} does not pin {package}: run make lock")
    return "\n".join(lines) + "\n"


def install_uv(python: Path, *, lock: Path, log: Path, environment: Mapping[str, str]) -> None:
    """Install the locked uv with pip; uv then installs everything else, several times faster."""
    with tempfile.TemporaryDirectory() as temporary:
        requirements = Path(temporary) / "uv.txt"
        requirements.write_text(excerpt_of_lock(lock, package="uv"), "utf-8")
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "2"]
        install(
            "uv, the package installer",
            [*command, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(requirements)],
            log=log,
            directory=Path(temporary),
            environment=environment,
        )
