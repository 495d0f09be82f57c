from __future__ import annotations

from pathlib import Path

import pytest

from best_practice_constructs.bundling.dependency_lock import LockError, read_lock
from tests.unit.bundling.support import write_entry

HASH = "--hash=sha256:" + "0" * 64


def test_what_lambda_holds_is_left_out(tmp_path: Path) -> None:
    lock = "\n".join(f"{name}==1.0 \\\n    {HASH}" for name in ("boto3", "botocore", "six", "msgspec"))
    assert read_lock(write_entry(tmp_path, **{"requirements.txt": lock})) == f"msgspec==1.0 {HASH}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.in", "Boto3>=1.40  # a newer API\n"),
        ("pyproject.toml", '[project]\ndependencies = ["six"]\n'),
    ],
)
def test_who_asks_for_it_by_name_gets_it(tmp_path: Path, name: str, text: str) -> None:
    lock = "\n".join(f"{package}==1.0 {HASH}" for package in ("boto3", "six"))
    entry = write_entry(tmp_path, **{"requirements.txt": lock, name: text})
    assert read_lock(entry) == f"boto3==1.0 {HASH}\nsix==1.0 {HASH}\n"


def test_an_entry_without_a_declaration_gets_what_the_runtime_needs(tmp_path: Path) -> None:
    names = {line.split("==")[0] for line in read_lock(write_entry(tmp_path)).splitlines()}
    assert {"aws-lambda-powertools", "msgspec", "aws-xray-sdk"} <= names


@pytest.mark.parametrize(
    ("declaration", "command"),
    [("requirements.in", "uv pip compile --universal --generate-hashes"), ("pyproject.toml", "uv lock")],
)
def test_a_missing_lock_says_the_command_that_makes_it(tmp_path: Path, declaration: str, command: str) -> None:
    with pytest.raises(LockError, match=f"{declaration} declares dependencies and no lock") as error:
        read_lock(write_entry(tmp_path, **{declaration: "msgspec"}))
    assert command in str(error.value)


@pytest.mark.parametrize("line", ["msgspec", f"msgspec>=0.20 {HASH}", "msgspec==0.20"])
def test_a_line_that_is_not_pinned_with_hashes_names_the_package(tmp_path: Path, line: str) -> None:
    with pytest.raises(LockError, match="msgspec is not pinned"):
        read_lock(write_entry(tmp_path, **{"requirements.txt": line}))


def test_a_line_that_is_no_requirement_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(LockError, match="'-e \\.'"):
        read_lock(write_entry(tmp_path, **{"requirements.txt": "-e ."}))


def test_a_lock_without_what_the_runtime_needs_is_refused_unless_a_layer_may_bring_it(tmp_path: Path) -> None:
    handler = "from best_practice_constructs.runtime import logger\n"
    entry = write_entry(tmp_path, **{"handler.py": handler, "requirements.txt": f"msgspec==1.0 {HASH}"})
    with pytest.raises(LockError, match=r"the lock lacks aws-lambda-powertools.*requirements\.in"):
        read_lock(entry)
    assert read_lock(entry, has_layers=True) == f"msgspec==1.0 {HASH}\n"
