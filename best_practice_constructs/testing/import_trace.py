"""What a module imports when it is loaded, and how long that takes, told by a fresh process."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from best_practice_constructs.bundling.import_graph import with_parents

_LINE = re.compile(r"import time:\s+(?P<own>\d+) \|\s+(?P<whole>\d+) \| (?P<indent> *)(?P<module>\S+)")
_TIMED = "import time; begun = time.perf_counter(); {load}; print(); print((time.perf_counter() - begun) * 1000)"
# Lambda loads a handler by whatever its file is called.
_LOAD = "__import__({module!r})"


# By these the runtime knows that it is in Lambda, and that traces are collected.
_LAMBDAS_OWN = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "measured",
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    "LAMBDA_TASK_ROOT": "/var/task",
}


class ImportFailedError(RuntimeError):
    """A module could not be loaded; the message is Python's own."""


@dataclass(frozen=True, kw_only=True)
class TracedImport:
    """A module that was loaded.

    :param module: its dotted name.
    :param chain: which module imported it, from the first one to itself.
    :param milliseconds: how long it took, with what it imports first; tracing makes it longer than it is.
    """

    module: str
    chain: tuple[str, ...]
    milliseconds: float


def trace_imports(module: str, *, path: Sequence[Path], environment: Mapping[str, str]) -> tuple[TracedImport, ...]:
    """Load a module in a fresh process, and give what that loads.

    :param path: where modules are looked for beside the standard library; nothing else that is installed is seen.
    :param environment: the variables of the process.
    :raises ImportFailedError: the module cannot be loaded.
    """
    program = _LOAD.format(module=module)
    lines = _run(program, path=path, environment=environment, options=("-X", "importtime")).stderr.splitlines()
    # The interpreter loads some before, for itself.
    wanted = set(with_parents(module))
    return tuple(each for each in _traced(lines) if each.chain[0] in wanted)


def import_milliseconds(module: str, *, path: Sequence[Path], environment: Mapping[str, str], repeats: int) -> float:
    """Give how long it takes to load a module in a fresh process: the shortest of some times.

    :param path: where modules are looked for beside the standard library.
    :param environment: the variables of the process.
    :raises ImportFailedError: the module cannot be loaded.
    """
    program = _TIMED.format(load=_LOAD.format(module=module))
    # The module may write something itself.
    outputs = (_run(program, path=path, environment=environment).stdout for _ in range(repeats))
    return min(float(output.splitlines()[-1]) for output in outputs)


def _run(
    program: str, *, path: Sequence[Path], environment: Mapping[str, str], options: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    # Isolated from the environment's packages and variables, as Lambda is from this machine's.
    begin = f"import sys; sys.path[:0] = {[str(place) for place in path]!r}; sys.dont_write_bytecode = True; "
    command = [sys.executable, "-I", "-S", *options, "-c", begin + program]
    variables = {**_LAMBDAS_OWN, **environment}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("import time:")]
        raise ImportFailedError("\n".join(said))
    return done


def _traced(lines: Sequence[str]) -> Iterator[TracedImport]:
    chain: list[str] = []
    # Each module is told after what it imports.
    for line in reversed(lines):
        if not (found := _LINE.match(line)):
            continue
        depth = len(found["indent"]) // 2
        chain[depth:] = [found["module"]]
        yield TracedImport(module=found["module"], chain=tuple(chain), milliseconds=int(found["whole"]) / 1000)
