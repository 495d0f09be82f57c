from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from best_practice_constructs import InvalidArgumentError, SinglePurposeFunction
from best_practice_constructs.bundling.bundle_cache import CACHE_VARIABLE
from best_practice_constructs.bundling.bundle_platform import BUNDLE_PLATFORM_CONTEXT
from best_practice_constructs.functions.bundling_settings import BYTE_CODE_CONTEXT
from tests.unit.bundling.support import write_entry


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def _function(entry: Path, **context: object) -> SinglePurposeFunction:
    stack = Stack(App(context=context), "Orders")
    return SinglePurposeFunction(stack, "PlaceOrder", entry=str(entry), handler="handler.handler")


def test_the_error_carries_the_constructs_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, stdout="", stderr="Because numpy==1.0 has no wheels …")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(InvalidArgumentError, match=r"^Orders/PlaceOrder: entry=.* numpy 1\.0 has no wheel"):
        _function(write_entry(tmp_path / "entry"))


@pytest.mark.parametrize(
    ("context", "message"),
    [("required", "no Python 3.14 is on this machine.*uv python install 3.14"), ("always", "Write 'available'")],
)
def test_byte_code_that_is_required_and_cannot_be_made_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, context: str, message: str
) -> None:
    def find_none(_: str) -> None:
        return None

    monkeypatch.setattr("best_practice_constructs.functions.bundling.interpreter_of", find_none)
    with pytest.raises(InvalidArgumentError, match=rf"^Orders/PlaceOrder: .*{message}"):
        _function(write_entry(tmp_path / "entry"), **{BYTE_CODE_CONTEXT: context})


@pytest.mark.parametrize(("wanted", "is_compiled"), [("available", True), ("none", False)])
def test_a_bundle_for_this_python_holds_byte_code_unless_it_is_not_wanted(
    tmp_path: Path, cache: Path, wanted: str, *, is_compiled: bool
) -> None:
    entry = write_entry(tmp_path / "entry", **{"requirements.txt": "# none\n"})
    _function(entry, **{BYTE_CODE_CONTEXT: wanted, BUNDLE_PLATFORM_CONTEXT: "host"})
    (bundle,) = (cache / "bundles").iterdir()
    with zipfile.ZipFile(bundle) as zipped:
        assert any(name.startswith("__pycache__/handler.") for name in zipped.namelist()) is is_compiled
