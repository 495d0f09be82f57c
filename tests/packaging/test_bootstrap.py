"""A command that cannot start says why in one sentence, and fails."""

from __future__ import annotations

import ast
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.development import environment as development_environment
from scripts.development.failure import CommandFailedError, failed_download
from scripts.development.installer import excerpt_of_lock
from scripts.development.node import bundled_node, node_on_path

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("Makefile", "README.md", "LICENSE", "package.json", "package-lock.json", "pyproject.toml", "setup.py")

# Answers the bootstrap's question as told, and runs the bootstrap as if it were that interpreter.
STUB = """#!/bin/sh
if [ "$1" = "-c" ]; then echo {answer}; exit 1; fi
exec {python} -c 'import runpy, sys
sys.version_info = {version}
sys.executable = "{stub}"
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")' "$@"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a command needs to start."""
    directory = tmp_path / "checkout"
    directory.mkdir()
    for name in NEEDED:
        shutil.copy(ROOT / name, directory / name)
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    return directory


@pytest.fixture
def closed_port() -> str:
    """An address of this machine where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/simple"


def _make(checkout: Path, target: str, **variables: str) -> subprocess.CompletedProcess[str]:
    make = shutil.which("make")
    assert make
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [make, "--no-print-directory", target],
        cwd=checkout,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _sentence(completed: subprocess.CompletedProcess[str]) -> str:
    """Give what a failed command said, less make's own line and the progress."""
    assert completed.returncode != 0
    assert "Traceback" not in completed.stdout + completed.stderr
    lines = completed.stderr.splitlines()
    said = [line for line in lines if not line.startswith(("make: ", "  "))]
    assert len(said) == 1, completed.stderr
    return said[0]


def _stub(directory: Path, *, answer: str, version: tuple[int, ...]) -> str:
    directory.mkdir()
    stub = directory / "python3"
    stub.write_text(STUB.format(answer=answer, python=sys.executable, version=version, stub=stub), "utf-8")
    stub.chmod(0o755)
    return str(directory)


def test_an_old_python_is_told_what_is_needed(checkout: Path, tmp_path: Path) -> None:
    path = _stub(tmp_path / "bin", answer="False", version=(3, 8, 18))
    sentence = _sentence(_make(checkout, "test", PATH=path))
    assert sentence.startswith("This project needs Python 3.11 or newer, and only Python 3.8 was found")


def test_a_python_without_venv_is_told_what_to_install(checkout: Path, tmp_path: Path) -> None:
    path = _stub(tmp_path / "bin", answer="True", version=(3, 11, 2))
    sentence = _sentence(_make(checkout, "demo", PATH=path))
    assert "cannot make virtual environments" in sentence
    assert "python3-venv" in sentence


def test_no_python_at_all_is_said(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert _sentence(_make(checkout, "test", PATH=str(tmp_path / "empty"))).startswith("No Python was found")


def test_the_bootstrap_is_written_for_any_python_3() -> None:
    source = (ROOT / "scripts" / "bootstrap.py").read_text("utf-8")
    tree = ast.parse(source, feature_version=(3, 4))
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef)
    assert [node for node in ast.walk(tree) if isinstance(node, too_new)] == []


def test_an_unknown_command_is_refused(checkout: Path) -> None:
    command = [sys.executable, "scripts/bootstrap.py", "nonsense"]
    completed = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert completed.returncode == 2
    assert completed.stderr.startswith("There is no command 'nonsense'")


@pytest.mark.slow
def test_a_missing_network_is_told_with_what_could_not_be_downloaded(checkout: Path, closed_port: str) -> None:
    completed = _make(checkout, "test", PIP_INDEX_URL=closed_port, PIP_NO_CACHE_DIR="1", PIP_CONFIG_FILE=os.devnull)
    sentence = _sentence(completed)
    assert sentence.startswith("Could not download uv, the package installer")
    assert "check the network" in sentence


def test_a_missing_npm_registry_is_told_too(
    checkout: Path, closed_port: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = node_on_path() or bundled_node(Path(sys.prefix))
    assert node
    monkeypatch.setattr(development_environment, "ROOT", checkout)
    monkeypatch.setattr(development_environment, "_NODE_MODULES_STAMP", checkout / "node_modules" / ".environment.json")
    monkeypatch.setattr(development_environment, "_LOG", tmp_path / "installation.log")
    monkeypatch.setenv("npm_config_registry", closed_port)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    environment = development_environment.Environment(node=node)
    with pytest.raises(CommandFailedError, match="Could not download the CDK command line and pyright"):
        development_environment.ready_node_modules(environment)


def test_another_failure_of_an_installer_points_to_its_words() -> None:
    error = failed_download("the locked Python packages", output="hashes do not match", log="installation.log")
    assert str(error) == (
        "Could not install the locked Python packages: the installer's own words are in installation.log."
    )


def test_the_lock_pins_uv_with_its_hashes() -> None:
    excerpt = excerpt_of_lock(ROOT / "requirements" / "development.txt", package="uv")
    first, *rest = excerpt.splitlines()
    assert first.startswith("uv==")
    assert rest
    assert all("--hash=sha256:" in line for line in rest)


def test_no_lock_names_the_host_it_came_from() -> None:
    locks = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "package-lock.json"]
    locks += sorted((ROOT / "best_practice_constructs").rglob("*.txt"))
    named = [
        path.name for path in locks for word in ("http://", "https://", "resolved") if word in path.read_text("utf-8")
    ]
    assert named == []
