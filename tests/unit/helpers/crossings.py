"""Counts the calls from Python into aws-cdk-lib, most of what a synth costs: each crosses a process boundary.

Their number is exact and the same everywhere, as the time is not.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from jsii._kernel.providers.process import _NodeProcess

import best_practice_constructs

_PACKAGE = Path(best_practice_constructs.__file__).parent
_TESTS = Path(__file__).parents[2]


@dataclass(kw_only=True)
class Crossings:
    """What crossed while they were counted.

    :ivar calls: how often each (line of ours, what it called) crossed.
    """

    calls: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    @property
    def total(self) -> int:
        """How many crossed."""
        return self.calls.total()

    def __str__(self) -> str:
        lines = [f"{count:>4}  {caller}  {called}" for (caller, called), count in sorted(self.calls.items())]
        return "\n".join([f"{self.total} calls crossed into aws-cdk-lib:", *lines])


@contextmanager
def counted_crossings() -> Generator[Crossings, None, None]:
    """Count the calls of a block, those of callbacks from aws-cdk-lib into Python too."""
    crossings = Crossings()
    send: Callable[..., object] = _NodeProcess.send

    def counted(process: _NodeProcess, request: object, *arguments: object) -> object:
        crossings.calls[_caller(sys._getframe(1)), _called(request)] += 1
        return send(process, request, *arguments)

    # jsii counts nothing itself; every call goes through this method.
    setattr(_NodeProcess, "send", counted)  # noqa: B010 -- an assignment would not type-check
    try:
        yield crossings
    finally:
        setattr(_NodeProcess, "send", send)  # noqa: B010 -- an assignment would not type-check


def _called(request: object) -> str:
    kind = type(request).__name__.removesuffix("Request").lstrip("_").lower()
    name = getattr(request, "method", None) or getattr(request, "property", None) or ""
    owner = str(getattr(request, "fqn", None) or getattr(getattr(request, "objref", None), "ref", ""))
    return f"{kind} {owner.split('@', maxsplit=1)[0].removeprefix('aws-cdk-lib.')} {name}".rstrip()


def _caller(frame: FrameType | None) -> str:
    # The nearest line of the package, or, where there is none, of the test.
    nearest = ""
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(_PACKAGE):
            return f"{file.relative_to(_PACKAGE.parent).as_posix()}:{frame.f_lineno}"
        if not nearest and file.is_relative_to(_TESTS):
            nearest = f"{file.relative_to(_TESTS.parent).as_posix()}:{frame.f_lineno}"
        frame = frame.f_back
    return nearest or "elsewhere"
