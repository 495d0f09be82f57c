"""What copies of something cost in a synth: run as a process of its own, it prints its figures as JSON.

``python -m benchmarks.marginal_cost construct 10 50 200``
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("CDK_VALIDATION", "false")

from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from jsii._kernel.providers.process import _NodeProcess

from benchmarks.by_hand.queue_consumer import CODE, NAME_HASH, create_queue_consumer
from best_practice_constructs import IdempotentQueueConsumer

# 200 consumers are more resources than a stack may have; where they lie is not what is measured.
_CONTEXT: dict[str, object] = {"aws:cdk:bundling-stacks": [], "@aws-cdk/core:stackResourceLimit": 0}
_NAME = re.compile(r"(\w+)-[0-9a-f]{8}-$")


@dataclass(frozen=True, kw_only=True)
class Synth:
    """One app, constructed and synthesized.

    :param seconds: what it took.
    :param crossings: calls from Python into aws-cdk-lib.
    :param template: of its one stack.
    """

    seconds: float
    crossings: int
    template: Mapping[str, Mapping[str, Mapping[str, object]]]


def _by_construct(stack: Stack, id: str) -> None:
    IdempotentQueueConsumer(stack, id, code=lambda_.Code.from_inline(CODE), handler="index.handler")


SIDES: Mapping[str, Callable[[Stack, str], None]] = {"construct": _by_construct, "by-hand": create_queue_consumer}
"""What makes a copy, by the side's name."""


def synthesize(side: str, *, copies: int) -> Synth:
    """Make an app with copies in one stack, and synthesize it."""
    gc.collect()
    with tempfile.TemporaryDirectory() as directory, _counted_crossings() as crossings:
        start = time.perf_counter()
        app = App(context=_CONTEXT, outdir=directory)
        stack = Stack(app, "Stack")
        for number in range(copies):
            SIDES[side](stack, f"Copy{number}")
        app.synth()
        seconds = time.perf_counter() - start
        template = json.loads((Path(directory) / "Stack.template.json").read_text("utf-8"))
    return Synth(seconds=seconds, crossings=len(crossings), template=template)


def comparable(resources: Mapping[str, object]) -> list[object]:
    """Give resources so that only what they are counts: not their logical ids, nor names that are made from paths."""
    kinds: dict[str, int] = {}
    names: dict[str, str] = {}
    for logical_id, resource in resources.items():
        kind = str(resource["Type"]) if isinstance(resource, dict) else ""
        kinds[kind] = kinds.get(kind, 0) + 1
        names[logical_id] = f"{kind} {kinds[kind]}"

    def renamed(value: object) -> object:
        if isinstance(value, dict):
            return {key: renamed(part) for key, part in value.items()}
        if isinstance(value, list):
            parts = [renamed(part) for part in value]
            # Dependencies have no order.
            return sorted(parts, key=str) if {*map(str, parts)} <= {*names.values()} else parts
        if isinstance(value, str):
            return names.get(value) or _NAME.sub(rf"\1-{NAME_HASH}-", value)
        return value

    every = [renamed(resource) for resource in resources.values()]
    return sorted(every, key=lambda resource: json.dumps(resource, sort_keys=True))


@contextmanager
def _counted_crossings() -> Generator[list[None], None, None]:
    crossings: list[None] = []
    send: Callable[..., object] = _NodeProcess.send

    def counted(process: _NodeProcess, *arguments: object) -> object:
        crossings.append(None)
        return send(process, *arguments)

    # jsii counts nothing itself; every call goes through this method.
    setattr(_NodeProcess, "send", counted)  # noqa: B010 -- an assignment would not type-check
    try:
        yield crossings
    finally:
        setattr(_NodeProcess, "send", send)  # noqa: B010 -- an assignment would not type-check


def main() -> None:
    """Print, by the number of copies, the milliseconds and crossings of one copy."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.marginal_cost", description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("copies", type=int, nargs="+")
    arguments = parser.parse_args()
    # Modules are loaded, and Node.js compiles what runs often.
    synthesize(arguments.side, copies=min(20, max(arguments.copies)))
    found: dict[str, list[float]] = {}
    for copies in arguments.copies:
        one, many = synthesize(arguments.side, copies=1), synthesize(arguments.side, copies=1 + copies)
        found[str(copies)] = [
            (many.seconds - one.seconds) * 1000 / copies,
            (many.crossings - one.crossings) / copies,
        ]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
