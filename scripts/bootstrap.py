"""Starts the project's commands under a Python that can run them, or says in one sentence why it cannot.

This file must start under any Python 3, however old, so it uses nothing newer than Python 3.0.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11", "python3", "python")
PROBE = "import sys; print(sys.version_info >= (%d, %d)); import venv, ensurepip; print(True)" % OLDEST
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def probe(python: str) -> "tuple[bool, bool]":
    """Say whether an interpreter is new enough, and whether it can make virtual environments."""
    try:
        process = subprocess.Popen([python, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError:
        return False, False
    lines = process.communicate()[0].decode("utf-8", "replace").split()
    return lines[:1] == ["True"], lines == ["True", "True"]


def find_python() -> "tuple[str, bool]":
    """Give the best interpreter there is, and whether it can make virtual environments; empty when all are too old."""
    without_venv = ""
    for name in (sys.executable,) + NAMES:
        new_enough, has_venv = probe(name)
        if has_venv:
            return name, True
        if new_enough and not without_venv:
            without_venv = name
    return without_venv, False


def complain(message: str) -> int:
    """Say the one sentence."""
    sys.stderr.write(message + "\n")
    return 1


def main() -> int:
    """Run the command under this interpreter, or under a better one."""
    is_set_up = os.path.exists(os.path.join(ROOT, ".venv", "environment.json"))
    if sys.version_info >= OLDEST and (is_set_up or probe(sys.executable)[1]):
        sys.path.insert(0, ROOT)
        from scripts.development.commands import run

        return run(sys.argv[1:])
    python, has_venv = find_python()
    if has_venv and python != sys.executable:
        return subprocess.call([python, os.path.abspath(__file__)] + sys.argv[1:])
    if python:
        remedy = "install its venv module (on Debian and Ubuntu the package python3-venv)"
        return complain("%s cannot make virtual environments: %s." % (python, remedy))
    found = "only Python %d.%d was found" % tuple(sys.version_info[:2])
    remedy = "install a newer one, or name it with PYTHON=/path/to/python"
    return complain("This project needs Python %d.%d or newer, and %s: %s." % (OLDEST + (found, remedy)))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
