"""Byte code for a bundle: without it, Python compiles every module again at each cold start (L3)."""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import source_from_cache
from pathlib import Path

from best_practice_constructs.bundling.bundling_error import BundlingError

LAMBDA_TASK_ROOT = "/var/task"
"""Where Lambda puts a bundle: what tracebacks name."""


_SOME_DO_NOT_COMPILE = 1


def compile_modules(directory: Path, *, interpreter: str) -> None:
    """Write the byte code of every module below a directory, the same wherever the interpreter is the same.

    It is not compared with the source when it is loaded, since the times in a package say nothing, and nobody changes a
    package. A module that does not compile is passed over: packages hold some for other versions of Python.

    :raises BundlingError: the interpreter does not work, or was killed.
    """
    command = [
        *(interpreter, "-S", "-m", "compileall", "-q", "-q", "--invalidation-mode", "unchecked-hash"),
        *("-s", str(directory), "-p", LAMBDA_TASK_ROOT, str(directory)),
    ]
    # Sets in the code are written in the order of their hashes.
    settled = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with tempfile.TemporaryDirectory() as empty:
        # Python looks for its own modules in the working directory first.
        done = subprocess.run(
            command, env={**settled, "PYTHONHASHSEED": "0"}, cwd=empty, capture_output=True, text=True, check=False
        )
    has_none = next(directory.rglob("*.pyc"), None) is None and _holds_code(directory)
    if done.returncode not in (0, _SOME_DO_NOT_COMPILE) or has_none:
        raise BundlingError(
            f"{interpreter} could not compile the bundle's modules (exit status {done.returncode}): "
            f"{done.stderr.strip() or 'it said nothing'}; mend that Python, or leave byte code out by the context "
            "'best-practice-constructs:byte-code=none'"
        )


def _holds_code(directory: Path) -> bool:
    for path in directory.rglob("*.py"):
        with contextlib.suppress(SyntaxError, ValueError):
            ast.parse(path.read_bytes())
            return True
    return False


def copy_compiled(files: Mapping[str, Path], *, directory: Path, interpreter: str | None) -> None:
    """Copy files into a directory, and write the byte code of those that are modules.

    :param files: where they lie, by their name in the directory.
    :param interpreter: of the function's Python, which compiles them; without one there is no byte code.
    """
    for name, path in files.items():
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if interpreter:
        compile_modules(directory, interpreter=interpreter)


def source_names(name: str) -> frozenset[str]:
    """Give the names of the file that a file of a bundle comes from: its own, and a module's if it is byte code."""
    return frozenset({name, source_from_cache(name)} if name.endswith(".pyc") else {name})
