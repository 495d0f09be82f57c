"""The locked dependencies of a function, as its entry declares them (L3)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from best_practice_constructs.bundling.bundle_sources import entry_files
from best_practice_constructs.bundling.bundling_error import LockError
from best_practice_constructs.bundling.declared_packages import declared_packages, packages_to_lock

AWS_SDK = frozenset({"boto3", "botocore", "s3transfer"})
"""What the Lambda runtime holds, in versions that fit each other, and no package may bring a part of."""

RUNTIME_LOCK = Path(__file__).parent.parent / "runtime" / "requirements.txt"
# Under the names that a lock has, and as somebody asks for them.
_RUNTIME_NEEDS = {
    "aws-lambda-powertools": "aws-lambda-powertools[tracer]",
    "aws-xray-sdk": "aws-lambda-powertools[tracer]",
    "msgspec": "msgspec",
}
# Where packages come from is the machine's business; their hashes are checked.
_ABOUT_INDEXES = ("--index-url", "--extra-index-url", "--find-links", "--no-binary", "--only-binary", "-i ", "-f ")
_COMPILE = "uv pip compile --universal --generate-hashes requirements.in -o requirements.txt"


def read_lock(entry: Path, *, has_layers: bool = False) -> str:
    """Give the locked requirements of ``entry``, a line each, without the AWS SDK, which the Lambda runtime holds.

    Unless the entry itself asks for ``boto3``, or for a part of it: then it has a reason (a newer API), and all of it
    is bundled as locked, for its parts have to fit each other.

    An entry declares its dependencies by ``requirements.txt``, locked with hashes, or by ``pyproject.toml`` with
    ``uv.lock``; one that declares none gets what :mod:`best_practice_constructs.runtime` needs.

    :param has_layers: the function has layers, which may hold what the lock does not.
    :raises LockError: dependencies are declared and not locked, or not all of them; a line is not pinned or has no
        hash; a part of the AWS SDK is asked for without the rest; the handlers import the runtime and the lock lacks
        what it needs.
    """
    lines = dict(_locked_lines(_lock_text(entry)))
    unlocked = sorted(packages_to_lock(entry) - lines.keys())
    if unlocked:
        raise LockError(
            f"requirements.in asks for {' and '.join(unlocked)}, which the lock lacks, so it is older; run '{_COMPILE}'"
        )
    declared = declared_packages(entry)
    # A lock that tells nothing of who wanted what is the entry's own list.
    if not AWS_SDK & (declared or lines.keys() & {"boto3"}):
        lines = {name: line for name, line in lines.items() if name not in AWS_SDK}
    elif "boto3" not in lines:
        raise LockError(
            f"{', '.join(sorted(AWS_SDK & lines.keys()))} is asked for, which would run with the rest of the AWS SDK "
            f"that Lambda has, in another version; add boto3 to requirements.in and run '{_COMPILE}'"
        )
    locked = lines.keys()
    missing = [name for name in _RUNTIME_NEEDS if name not in locked]
    if missing and not has_layers and _imports_runtime(entry):
        asked_for = " and ".join(dict.fromkeys(_RUNTIME_NEEDS[name] for name in missing))
        raise LockError(
            f"a handler imports best_practice_constructs.runtime and the lock lacks {' and '.join(missing)}, so it "
            f"would fail at its first call; add {asked_for} to requirements.in and run '{_COMPILE}'"
        )
    return "".join(f"{line}\n" for line in lines.values())


def _imports_runtime(entry: Path) -> bool:
    modules = (path for name, path in entry_files(entry) if name.endswith(".py"))
    return any(b"best_practice_constructs.runtime" in path.read_bytes() for path in modules)


def _lock_text(entry: Path) -> str:
    lock = entry / "requirements.txt"
    if lock.is_file():
        return lock.read_text(encoding="utf-8")
    if (entry / "uv.lock").is_file() and (entry / "pyproject.toml").is_file():
        return _export(entry)
    for declaration, command in (("requirements.in", _COMPILE), ("pyproject.toml", "uv lock")):
        # A pyproject.toml may hold no more than settings of tools.
        if (entry / declaration).is_file() and (declaration == "requirements.in" or declared_packages(entry)):
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


def _locked_lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.replace("\\\n", " ").splitlines():
        requirement, *hashes = line.split("#", 1)[0].strip().split("--hash=")
        if not requirement.strip() or requirement.strip().startswith(_ABOUT_INDEXES):
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
        yield canonicalize_name(parsed.name), f"{parsed} " + " ".join(f"--hash={each.strip()}" for each in hashes)
