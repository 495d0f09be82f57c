"""The project's commands: what each runs, after its environment is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from scripts.development.environment import (
    NODE_MODULES,
    PYTHON,
    ROOT,
    VIRTUAL_ENVIRONMENT,
    Environment,
    ready_benchmarks,
    ready_environment,
    ready_node_modules,
)
from scripts.development.failure import CommandFailedError

_MADE_HERE = ("build", "dist", "cdk.out", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis")
# A process for each core; see tests/conftest.py for what goes together.
_SHARED = ("-n", "auto", "--dist", "loadgroup")
_TYPED = ("best_practice_constructs", "examples", "tests", "benchmarks", "scripts", "app.py", "setup.py")


def run(arguments: Sequence[str]) -> int:
    """Run the command that ``arguments`` name, and give its exit status."""
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "demo": _demo,
        "test": _test,
        "unit": _unit,
        "lint": _lint,
        "format": _format,
        "synth": _synth,
        "cdk": _cdk,
        "regulated": _regulated,
        "events": _events,
        "mutants": _mutants,
        "bench": _bench,
        "lock": _lock,
        "clean": _clean,
    }
    name = arguments[0] if arguments else ""
    if name not in commands:
        sys.stderr.write(f"There is no command {name!r}: choose one of {', '.join(commands)}.\n")
        return 2
    try:
        os.chdir(ROOT)
        return commands[name](arguments[1:])
    except CommandFailedError as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"make {name} cannot go on: {error}.\n")
    return 1


def _demo(arguments: Sequence[str]) -> NoReturn:
    _become(ready_environment(), [PYTHON, "-m", "examples.order_invoice.demo", *arguments])


def _test(arguments: Sequence[str]) -> NoReturn:
    environment = ready_environment()
    ready_benchmarks(environment)
    _become(environment, [PYTHON, "-m", "pytest", *_SHARED, *arguments])


def _unit(arguments: Sequence[str]) -> NoReturn:
    quick = ["tests/unit", "tests/architecture", "tests/compliance", "tests/determinism"]
    selection = ["-m", "not slow and not end_to_end"]
    # Properties are tried with a tenth of their examples.
    os.environ["QUICK_TESTS"] = "1"
    _become(ready_environment(), [PYTHON, "-m", "pytest", *_SHARED, *selection, *(arguments or quick)])


def _lint(_: Sequence[str]) -> int:
    environment = ready_environment()
    ready_node_modules(environment)
    ready_benchmarks(environment)
    pyright = NODE_MODULES / "pyright" / "index.js"
    typed = [path for path in _TYPED if (ROOT / path).exists()]
    checks: list[list[str | Path]] = [
        [PYTHON, "-m", "ruff", "check", "."],
        [PYTHON, "-m", "ruff", "format", "--check", "."],
        [PYTHON, "-m", "mypy", *typed],
        [environment.node.node, pyright, "--pythonpath", PYTHON],
    ]
    # All of them run, so that one command tells everything there is to mend.
    return max([_run(environment, check) for check in checks])


def _format(_: Sequence[str]) -> int:
    environment = ready_environment()
    steps = [["check", "--fix-only", "."], ["format", "."]]
    return max([_run(environment, [PYTHON, "-m", "ruff", *step]) for step in steps])


def _synth(arguments: Sequence[str]) -> NoReturn:
    _cdk(["synth", "--quiet", *arguments])


def _cdk(arguments: Sequence[str]) -> NoReturn:
    environment = ready_environment()
    ready_node_modules(environment)
    cdk = NODE_MODULES / "aws-cdk" / "bin" / "cdk"
    # Tests switch it off; here it is what is wanted.
    os.environ.pop("CDK_VALIDATION", None)
    _become(environment, [environment.node.node, cdk, "--no-notices", *arguments])


def _regulated(arguments: Sequence[str]) -> NoReturn:
    _become(ready_environment(), [PYTHON, "-m", "tests.compliance.regulated", *arguments])


def _events(arguments: Sequence[str]) -> NoReturn:
    _become(ready_environment(), [PYTHON, "-m", "examples.order_invoice.event_catalogue", *arguments])


def _mutants(arguments: Sequence[str]) -> NoReturn:
    _become(ready_environment(), [PYTHON, "-m", "tests.mutation", *arguments])


def _bench(arguments: Sequence[str]) -> NoReturn:
    environment = ready_environment()
    ready_benchmarks(environment)
    _become(environment, [PYTHON, "-m", "benchmarks", *arguments])


def _lock(arguments: Sequence[str]) -> int:
    environment = ready_environment()
    resolve: list[str | Path] = [VIRTUAL_ENVIRONMENT / "bin" / "uv", "pip", "compile", "--quiet", "--universal"]
    resolve += [
        "--generate-hashes",
        "--no-annotate",
        "--python-version",
        "3.11",
        "--custom-compile-command",
        "make lock",
    ]
    extras = ["--extra", "compliance", "--extra", "local", "--extra", "runtime", "--extra", "tuning", "pyproject.toml"]
    # What is installed beside the others must agree with them.
    beside = ["--constraint", "requirements/development.txt"]
    sources_of = {"development": extras, "node": [], "policy_linters": [], "benchmarks": beside}
    for name, sources in sources_of.items():
        files = [*sources, f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt"]
        status = _run(environment, [*resolve, *files, *arguments])
        if status:
            return status
    return 0


def _clean(_: Sequence[str]) -> int:
    for directory in (*(ROOT / name for name in _MADE_HERE), NODE_MODULES, VIRTUAL_ENVIRONMENT):
        shutil.rmtree(directory, ignore_errors=True)
    for directory in ROOT.glob("*.egg-info"):
        shutil.rmtree(directory, ignore_errors=True)
    return 0


def _run(environment: Environment, command: Sequence[str | Path]) -> int:
    shown = " ".join(Path(part).name if Path(part).is_absolute() else str(part) for part in command)
    sys.stderr.write(f"$ {shown}\n")
    sys.stderr.flush()
    return abs(subprocess.run([str(part) for part in command], env=environment.variables(), check=False).returncode)


def _become(environment: Environment, command: Sequence[str | Path]) -> NoReturn:
    """Let the command take this process's place: its exit status and its signals are then the user's own."""
    sys.stdout.flush()
    sys.stderr.flush()
    variables: Mapping[str, str] = environment.variables()
    os.execve(command[0], [str(part) for part in command], variables)  # noqa: S606 -- no shell is wanted
