"""Makes the environment that the commands run in, once per state of the lock files, and says where its programs are."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts.development.failure import CommandFailedError
from scripts.development.installer import index_settings, install, install_uv
from scripts.development.node import Node, bundled_node, identity_on_path, node_on_path
from scripts.development.progress import phase

ROOT = Path(__file__).resolve().parents[2]
VIRTUAL_ENVIRONMENT = ROOT / ".venv"
PYTHON = VIRTUAL_ENVIRONMENT / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
_LOCK = ROOT / "requirements" / "development.txt"
_NODE_LOCK = ROOT / "requirements" / "node.txt"
_BENCHMARKS_LOCK = ROOT / "requirements" / "benchmarks.txt"
_STAMP = VIRTUAL_ENVIRONMENT / "environment.json"
_BENCHMARKS_STAMP = VIRTUAL_ENVIRONMENT / "benchmarks.txt"
_NODE_MODULES_STAMP = NODE_MODULES / ".environment.json"
_LOG = VIRTUAL_ENVIRONMENT / "installation.log"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the commands run in.

    :param node: the Node.js that jsii and the CDK command line run on.
    :param index: the variables that give uv the package index that pip is set up with.
    """

    node: Node
    index: Mapping[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """Give the environment variables of a command."""
        variables = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
        variables.update(self.index)
        variables["VIRTUAL_ENV"] = str(VIRTUAL_ENVIRONMENT)
        variables["PATH"] = f"{VIRTUAL_ENVIRONMENT / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        variables["JSII_NODE"] = self.node.node
        variables["CDK_DISABLE_CLI_TELEMETRY"] = "true"
        return variables


# Without byte code every process that imports the CDK compiles megabytes of source again.
_LEFT_OUT = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH"})


def ready_environment() -> Environment:
    """Make what is missing of the environment, and give it.

    :raises CommandFailedError: something could not be installed.
    """
    wanted = _wanted_state()
    return _read_stamp(wanted) or _install(wanted)


def ready_node_modules(environment: Environment) -> None:
    """Install what npm brings, unless it is there: the CDK command line and pyright.

    :raises CommandFailedError: it could not be installed.
    """
    wanted = _digest(ROOT / "package.json", ROOT / "package-lock.json") + environment.node.node
    if _NODE_MODULES_STAMP.exists() and _NODE_MODULES_STAMP.read_text("utf-8") == wanted:
        return
    with _one_at_a_time():
        command = [*environment.node.npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]
        command.append("--fetch-retry-mintimeout=1000")
        variables = {"PATH": f"{Path(environment.node.node).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
        install("the CDK command line and pyright", command, log=_LOG, directory=ROOT, environment=variables)
        _NODE_MODULES_STAMP.write_text(wanted, "utf-8")


def ready_benchmarks(environment: Environment) -> None:
    """Install what the benchmarks draw with, unless it is there; whoever runs the demo waits for none of it.

    :raises CommandFailedError: it could not be installed.
    """
    wanted = _digest(_BENCHMARKS_LOCK)
    if _BENCHMARKS_STAMP.exists() and _BENCHMARKS_STAMP.read_text("utf-8") == wanted:
        return
    with _one_at_a_time():
        command = [*_locked_installation(), str(_BENCHMARKS_LOCK)]
        install("what the benchmarks need", command, log=_LOG, directory=ROOT, environment=environment.index)
        _BENCHMARKS_STAMP.write_text(wanted, "utf-8")


def _wanted_state() -> str:
    # The place is part of it: programs in a virtual environment name their interpreter by its full path.
    return "\n".join([str(ROOT), _digest(_LOCK, _NODE_LOCK, ROOT / "pyproject.toml"), identity_on_path()])


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _read_stamp(wanted: str) -> Environment | None:
    try:
        stamp = json.loads(_STAMP.read_text("utf-8"))
        environment = Environment(node=Node(node=stamp["node"], npm=tuple(stamp["npm"])), index=stamp["index"])
    except (OSError, ValueError, KeyError):
        return None
    there = stamp["state"] == wanted and os.access(PYTHON, os.X_OK) and os.access(environment.node.node, os.X_OK)
    return environment if there else None


def _install(wanted: str) -> Environment:
    with _one_at_a_time():
        made_meanwhile = _read_stamp(wanted)
        if made_meanwhile:
            return made_meanwhile
        _make_virtual_environment()
        settings = index_settings(PYTHON)
        install_uv(PYTHON, lock=_LOCK, log=_LOG, environment=settings)
        locked = _locked_installation()
        install("the locked Python packages", [*locked, str(_LOCK)], log=_LOG, directory=ROOT, environment=settings)
        editable = [*_installation(), "--no-deps", "--no-build-isolation", "--offline", "--editable", str(ROOT)]
        install(
            "this package", editable, log=_LOG, directory=ROOT, environment={"VIRTUAL_ENV": str(VIRTUAL_ENVIRONMENT)}
        )
        node = node_on_path()
        if node is None:
            install("Node.js", [*locked, str(_NODE_LOCK)], log=_LOG, directory=ROOT, environment=settings)
            node = bundled_node(VIRTUAL_ENVIRONMENT)
        if node is None:
            raise CommandFailedError("Node.js was installed but is not there: run make clean, and the command again.")
        stamp = {"state": wanted, "node": node.node, "npm": list(node.npm), "index": settings}
        # An index's address may hold a password.
        _STAMP.touch(mode=0o600)
        _STAMP.write_text(json.dumps(stamp), "utf-8")
        return Environment(node=node, index=settings)


def _installation() -> list[str]:
    return [str(VIRTUAL_ENVIRONMENT / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]


def _locked_installation() -> list[str]:
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--compile-bytecode"]
    # It is plain Python, and its authors publish its sources alone.
    options += ["--no-binary", "airspeed-ext"]
    return [*_installation(), *options, "-r"]


def _make_virtual_environment() -> None:
    if _usable(PYTHON):
        return
    version = ".".join(map(str, sys.version_info[:3]))
    with phase(f"creating .venv (Python {version})"):
        command = [sys.executable, "-m", "venv", "--clear", str(VIRTUAL_ENVIRONMENT)]
        completed = subprocess.run(command, capture_output=True, text=True, check=False)
    if completed.returncode:
        evidence = (completed.stderr or completed.stdout or "no reason given").strip().splitlines()[-1]
        raise CommandFailedError(f"{sys.executable} cannot make {VIRTUAL_ENVIRONMENT}: {evidence}")


def _usable(python: Path) -> bool:
    if not os.access(python, os.X_OK):
        return False
    # A virtual environment that was moved, or whose interpreter was upgraded, starts but does not find itself.
    program = "import pip, sys; print(sys.prefix, sys.version_info >= (3, 11))"
    completed = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False)
    scripts_are_ours = (VIRTUAL_ENVIRONMENT / "pyvenv.cfg").exists() and _made_here()
    return completed.stdout.strip() == f"{VIRTUAL_ENVIRONMENT} True" and scripts_are_ours


def _made_here() -> bool:
    activate = VIRTUAL_ENVIRONMENT / "bin" / "activate"
    return activate.exists() and str(VIRTUAL_ENVIRONMENT) in activate.read_text("utf-8")


@contextmanager
def _one_at_a_time() -> Generator[None, None, None]:
    """Let two commands started at once not install over each other."""
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
