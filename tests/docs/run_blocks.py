"""Runs blocks of Python one after the other in one process, each as a module of its own, and tells how each ended.

Reads a JSON list of blocks, ``[{"place": …, "code": …}]``, and writes one JSON object: place → traceback, or ``null``.
"""

from __future__ import annotations

import contextlib
import io
import json
import linecache
import sys
import traceback
from types import ModuleType


def run_block(*, name: str, place: str, code: str) -> str | None:
    """Run one block, and give its traceback when it fails."""
    module = ModuleType(name)
    # Where types are looked up by name (dataclasses, typed events), their module has to be known.
    sys.modules[name] = module
    linecache.cache[place] = (len(code), None, code.splitlines(keepends=True), place)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, place, "exec"), vars(module))  # noqa: S102 -- running documentation is what this is for
    except (Exception, SystemExit):  # noqa: BLE001 -- whatever a block raises is its result
        return traceback.format_exc()
    return None


def main() -> None:
    blocks = json.load(sys.stdin)
    ends = {
        block["place"]: run_block(name=f"block_{number}", place=block["place"], code=block["code"])
        for number, block in enumerate(blocks)
    }
    json.dump(ends, sys.stdout)


if __name__ == "__main__":
    main()
