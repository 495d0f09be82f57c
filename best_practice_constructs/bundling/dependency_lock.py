"""The locked dependencies of a function, as its entry declares them (L3)."""

from __future__ import annotations

import contextlib
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from uv import find_uv_bin

PROVIDED_BY_LAMBDA = frozenset({"boto3", "botocore", "s3transfer", "urllib3", "python-dateutil", "six"})
"""What the Lambda runtime holds: boto3 and what only it needs, in versions that fit each other."""

RUNTIME_LOCK = Path(__file__).parent.parent / "runtime" / "requirements.txt"
_RUNTIME_NEEDS = ("aws-lambda-powertools", "msgspec")
_COMPILE = "uv pip compile --universal --generate-hashes requirements.in -o requirements.txt"


class LockError(ValueError):
    """A lock that cannot be installed reproducibly; the message says what is wrong and what to run."""


def read_lock(entry: Path, *, has_layers: bool = False) -> str:
    """Give the locked requirements of ``entry``, a line each, without what the Lambda runtime holds.

    Unless the entry asks for ``boto3`` or another of those by name in its ``requirements.in`` or ``pyproject.toml``:
    then it has a reason (a newer API), and all of them are bundled as locked, for they have to fit each other.

    An entry declares its dependencies by ``requirements.txt``, locked with hashes, or by ``pyproject.toml`` with
    ``uv.lock``; one that declares none gets what :mod:`best_practice_constructs.runtime` needs.

    :param has_layers: the function has layers, which may hold what the lock does not.
    :raises LockError: dependencies are declared and not locked, a line is not pinned or has no hash, or the handlers
        import the runtime and the lock lacks what it needs.
    """
    text = _lock_text(entry)
    left_out = frozenset[str]() if _asks_for_provided(entry) else PROVIDED_BY_LAMBDA
    lines = list(_locked_lines(text, left_out=left_out))
    locked = {canonicalize_name(line.split("==")[0]) for line in lines}
    missing = [name for name in _RUNTIME_NEEDS if name not in locked]
    if missing and not has_layers and _imports_runtime(entry):
        raise LockError(
            f"a handler imports best_practice_constructs.runtime and the lock lacks {' and '.join(missing)}, so it "
            f"would fail at its first call; add it to requirements.in and run '{_COMPILE}'"
        )
    return "".join(f"{line}\n" for line in lines)


def _imports_runtime(entry: Path) -> bool:
    return any(b"best_practice_constructs.runtime" in file.read_bytes() for file in entry.rglob("*.py"))


def _lock_text(entry: Path) -> str:
    lock = entry / "requirements.txt"
    if lock.is_file():
        return lock.read_text(encoding="utf-8")
    if (entry / "uv.lock").is_file() and (entry / "pyproject.toml").is_file():
        return _export(entry)
    for declaration, command in (("requirements.in", _COMPILE), ("pyproject.toml", "uv lock")):
        if (entry / declaration).is_file():
            raise LockError(
                f"{declaration} declares dependencies and no lock is beside it, so two builds could differ; run "
                f"'{command}' in the entry"
            )
    return RUNTIME_LOCK.read_text(encoding="utf-8")


def _export(entry: Path) -> str:
    command = [find_uv_bin(), "export", "--frozen", "--no-dev", "--no-emit-project", "--no-header", "--quiet"]
    done = subprocess.run(command, cwd=entry, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LockError(f"uv.lock cannot be read: {done.stderr.strip()}; run 'uv lock' in the entry")
    return done.stdout


def _asks_for_provided(entry: Path) -> bool:
    return any(canonicalize_name(name) in PROVIDED_BY_LAMBDA for name in _declared_names(entry))


def _declared_names(entry: Path) -> Iterator[str]:
    """Give the names of the packages that the entry itself asks for."""
    declared: list[str] = []
    if (entry / "requirements.in").is_file():
        declared += (entry / "requirements.in").read_text(encoding="utf-8").splitlines()
    if (entry / "pyproject.toml").is_file():
        project = tomllib.loads((entry / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
        declared += project.get("dependencies", [])
    for line in declared:
        with contextlib.suppress(InvalidRequirement):
            yield Requirement(line.split("#", 1)[0].strip()).name


def _locked_lines(text: str, *, left_out: frozenset[str]) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        requirement, *hashes = line.split("#", 1)[0].strip().split("--hash=")
        if not requirement.strip():
            continue
        try:
            parsed = Requirement(requirement.strip())
        except InvalidRequirement as error:
            raise LockError(
                f"the line {requirement.strip()!r} of the lock is no pinned requirement ({error}); make the lock with "
                f"'{_COMPILE}'"
            ) from None
        if [s.operator for s in parsed.specifier] != ["=="] or not hashes:
            raise LockError(
                f"{parsed.name} is not pinned to one version with its hashes; make the lock with '{_COMPILE}'"
            )
        if canonicalize_name(parsed.name) not in left_out:
            yield f"{parsed} " + " ".join(f"--hash={digest.strip()}" for digest in hashes)
