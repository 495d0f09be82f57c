from __future__ import annotations

from pathlib import Path

import pytest

from best_practice_constructs.bundling.bundling_error import LockError
from best_practice_constructs.bundling.dependency_lock import read_lock
from tests.unit.bundling.support import write_entry

HASH = "--hash=sha256:" + "0" * 64


def test_what_lambda_holds_is_left_out(tmp_path: Path) -> None:
    lock = "\n".join(f"{name}==1.0 \\\n    {HASH}" for name in ("boto3", "botocore", "msgspec"))
    files = {"requirements.txt": lock, "requirements.in": "msgspec"}
    assert read_lock(write_entry(tmp_path, **files)) == f"msgspec==1.0 {HASH}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.in", "Boto3>=1.40  # a newer API\n"),
        ("pyproject.toml", '[project]\ndependencies = ["boto3"]\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.14"\nboto3 = "*"\n'),
        ("notes.txt", "nothing tells what is asked for"),
    ],
)
def test_who_asks_for_the_sdk_gets_all_of_it(tmp_path: Path, name: str, text: str) -> None:
    lock = "\n".join(f"{package}==1.0 {HASH}" for package in ("boto3", "botocore"))
    entry = write_entry(tmp_path, **{"requirements.txt": lock, name: text})
    assert read_lock(entry) == f"boto3==1.0 {HASH}\nbotocore==1.0 {HASH}\n"


def test_the_notes_of_the_lock_tell_who_asked(tmp_path: Path) -> None:
    def lock(wanted_by: str) -> str:
        noted = f"boto3==1.0 \\\n    {HASH}\n    # via\n    #   {wanted_by}\n"
        return read_lock(write_entry(tmp_path, **{"requirements.txt": f"msgspec==1.0 {HASH} # via -r a.in\n{noted}"}))

    assert "boto3" in lock("-r requirements.in")
    assert "boto3" in lock("shop (pyproject.toml)")
    assert "boto3" not in lock("s3fs")


def test_a_part_of_the_sdk_does_not_run_with_the_rest_of_another_version(tmp_path: Path) -> None:
    files = {"requirements.txt": f"botocore==1.0 {HASH}", "requirements.in": "botocore"}
    with pytest.raises(LockError, match=r"botocore is asked for.*add boto3"):
        read_lock(write_entry(tmp_path, **files))


def test_a_lock_may_tell_where_packages_come_from(tmp_path: Path) -> None:
    lock = f"--index-url https://packages.example\n--extra-index-url x\nmsgspec==1.0 {HASH}"
    assert read_lock(write_entry(tmp_path, **{"requirements.txt": lock})) == f"msgspec==1.0 {HASH}\n"


def test_settings_of_tools_declare_nothing(tmp_path: Path) -> None:
    assert "msgspec" in read_lock(write_entry(tmp_path, **{"pyproject.toml": "[tool.ruff]\nline-length = 99"}))
    with pytest.raises(LockError, match="no TOML"):
        read_lock(write_entry(tmp_path, **{"pyproject.toml": "dependencies"}))


def test_an_environment_beside_the_handlers_is_not_read(tmp_path: Path) -> None:
    text = "import best_practice_constructs.runtime"
    lock = f"requests==1.0 {HASH}"
    entry = write_entry(tmp_path, **{".venv/lib/x.py": text, "node_modules/x.py": text, "requirements.txt": lock})
    assert read_lock(entry) == f"{lock}\n"


def test_an_entry_without_a_declaration_gets_what_the_runtime_needs(tmp_path: Path) -> None:
    names = {line.split("==")[0] for line in read_lock(write_entry(tmp_path)).splitlines()}
    assert {"aws-lambda-powertools", "msgspec", "aws-xray-sdk"} <= names


@pytest.mark.parametrize(
    ("declaration", "text", "command"),
    [
        ("requirements.in", "msgspec", "uv pip compile --universal --generate-hashes"),
        ("pyproject.toml", '[project]\ndependencies = ["msgspec"]', "uv lock"),
    ],
)
def test_a_missing_lock_says_the_command_that_makes_it(
    tmp_path: Path, declaration: str, text: str, command: str
) -> None:
    with pytest.raises(LockError, match=f"{declaration} declares dependencies and no lock") as error:
        read_lock(write_entry(tmp_path, **{declaration: text}))
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
    tracer = r"lacks aws-lambda-powertools and aws-xray-sdk, .*add aws-lambda-powertools\[tracer\] to requirements\.in"
    with pytest.raises(LockError, match=tracer):
        read_lock(entry)
    assert read_lock(entry, has_layers=True) == f"msgspec==1.0 {HASH}\n"


def test_a_lock_older_than_what_is_asked_for_is_refused(tmp_path: Path) -> None:
    asked_for = "msgspec>=0.20\nTenacity  # retries\npywin32; sys_platform == 'win32'\n"
    entry = write_entry(tmp_path, **{"requirements.in": asked_for, "requirements.txt": f"msgspec==1.0 {HASH}"})
    with pytest.raises(
        LockError, match=r"asks for tenacity, which the lock lacks, so it is older; run 'uv pip compile"
    ):
        read_lock(entry)
