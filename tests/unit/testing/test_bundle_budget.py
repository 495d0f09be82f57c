from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from best_practice_constructs.bundling.bundle_cache import CACHE_VARIABLE
from best_practice_constructs.bundling.bundle_platform import BundlePlatform
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.testing import assert_bundle_within, measure_bundle
from tests.unit.bundling.support import install, write_entry, write_files

HANDLER = "import sell\ndef handler(event, context): ...\n"


@pytest.fixture(autouse=True)
def _libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install_one(lock: str, *, platform: BundlePlatform, directory: Path) -> None:
        install(directory, "Prices", {"prices/__init__.py": "import rates", "rates.py": "NUMBERS = 'x'"})

    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr("best_practice_constructs.bundling.installed_libraries._install", install_one)
    # Looking for the function's Python on this machine is none of what is tested.
    monkeypatch.setattr("best_practice_constructs.testing.bundle_measure.interpreter_of", lambda _version: None)


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    lock = f"prices==1.0 --hash=sha256:{'0' * 64}"
    files = {"handler.py": HANDLER, "sell.py": "", "other.py": "import prices", "requirements.txt": lock}
    return write_entry(tmp_path / "entry", **files)


def test_a_measure_tells_sizes_and_chains_of_imports(entry: Path) -> None:
    measure = measure_bundle(write_files(entry, **{"sell.py": "import prices"}), handler="handler.handler", repeats=1)
    assert measure.zipped_bytes > sum(measure.packages.values()) > 0
    assert {"handler", "sell", "prices", "rates"} == set(measure.packages)
    assert measure.imports["rates"] == ("handler", "sell", "prices", "rates")
    assert 0 < measure.import_milliseconds < 60_000


def test_within_its_budget_the_first_measure_is_recorded(entry: Path, tmp_path: Path) -> None:
    record = tmp_path / "budgets" / "handler.json"
    measure = assert_bundle_within(entry, handler="handler.handler", zipped_bytes=50_000, recorded=record, repeats=1)
    assert measure.zipped_bytes <= 50_000
    first = record.read_text(encoding="utf-8")
    assert json.loads(first)["handler"] == "handler.handler"
    write_files(entry, **{"sell.py": "import prices"})
    assert_bundle_within(entry, handler="handler.handler", import_milliseconds=60_000, recorded=str(record), repeats=1)
    assert record.read_text(encoding="utf-8") == first


def test_over_its_budget_it_is_told_what_grew_and_through_which_imports(entry: Path, tmp_path: Path) -> None:
    record = tmp_path / "handler.json"
    assert_bundle_within(entry, handler="handler.handler", not_imported=["rates"], recorded=record, repeats=1)
    write_files(entry, **{"sell.py": "import prices"})
    with pytest.raises(AssertionError) as error:
        assert_bundle_within(
            entry,
            handler="handler.handler",
            zipped_bytes=100,
            import_milliseconds=0.001,
            not_imported=(module for module in ("rates", "pydantic")),
            recorded=record,
            repeats=1,
        )
    lines = [" ".join(line.split()) for line in str(error.value).splitlines()]
    assert lines[0] == "The bundle of handler.handler is over its budget:"
    assert lines[1].startswith("its zip file has ")
    assert lines[1].endswith(" bytes, and zipped_bytes=100")
    assert any(line.endswith("bytes prices: handler → sell → prices") and line[0] == "+" for line in lines)
    assert any(line.startswith("loading it takes ") for line in lines)
    assert any(line.endswith("ms prices: handler → sell → prices") for line in lines)
    assert lines[-1] == "it loads rates before the first call: handler → sell → prices → rates"
    assert "pydantic" not in str(error.value)


def test_without_a_record_the_largest_are_told(entry: Path) -> None:
    write_files(entry, **{"sell.py": "def later(): import prices"})
    with pytest.raises(AssertionError) as error:
        assert_bundle_within(entry, handler="handler.handler", zipped_bytes=100, repeats=1)
    assert "prices: not loaded before the first call" in str(error.value)
    assert "+" not in str(error.value)


@pytest.mark.parametrize("key", ["platform", "loaded_on"])
def test_a_record_of_another_platform_is_compared_with_nothing_and_stays(entry: Path, tmp_path: Path, key: str) -> None:
    record = tmp_path / "handler.json"
    assert_bundle_within(entry, handler="handler.handler", zipped_bytes=50_000, recorded=record, repeats=1)
    here = json.loads(record.read_text(encoding="utf-8"))
    elsewhere = json.dumps({**here, key: "python3.14-macosx"})
    record.write_text(elsewhere, encoding="utf-8")
    with pytest.raises(AssertionError) as error:
        assert_bundle_within(entry, handler="handler.handler", zipped_bytes=1, recorded=record, repeats=1)
    assert "+" not in str(error.value)
    assert_bundle_within(entry, handler="handler.handler", zipped_bytes=50_000, recorded=record, repeats=1)
    assert record.read_text(encoding="utf-8") == elsewhere


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("{", "no record of a measure"),
        ("[]", "no record of a measure"),
        ('{"handler": "handler.handler"}', "no record of a measure"),
        ("of another", "the record of another function, other.handler"),
    ],
)
def test_a_file_that_cannot_be_compared_with_is_refused(entry: Path, tmp_path: Path, written: str, reason: str) -> None:
    record = tmp_path / "handler.json"
    if written == "of another":
        assert_bundle_within(entry, handler="handler.handler", zipped_bytes=50_000, recorded=record, repeats=1)
        written = record.read_text(encoding="utf-8").replace('"handler.handler"', '"other.handler"')
    record.write_text(written, encoding="utf-8")
    with pytest.raises(InvalidArgumentError, match=rf"recorded='.*handler\.json' cannot work: .*{reason}.* Delete it"):
        assert_bundle_within(entry, handler="handler.handler", zipped_bytes=50_000, recorded=record, repeats=1)


def test_the_size_is_of_the_bundle_that_is_deployed(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[BundlePlatform] = []

    def install_one(lock: str, *, platform: BundlePlatform, directory: Path) -> None:
        # The wheel for Lambda is the larger one.
        text = "" if platform.uv_platform is None else "".join(map(str, range(5_000)))
        installed.append(platform)
        install(directory, "Prices", {"prices/__init__.py": f"NUMBERS = {text!r}"})

    monkeypatch.setattr("best_practice_constructs.bundling.installed_libraries._install", install_one)
    write_files(entry, **{"sell.py": "import prices"})
    default = measure_bundle(entry, handler="handler.handler", repeats=1)
    assert installed == [BundlePlatform.of_lambda(runtime="python3.14", architecture="arm64"), BundlePlatform.of_host()]
    assert default.platform == installed[0].identity
    assert default.loaded_on == installed[1].identity
    assert default.packages["prices"] > 1_000
    other = measure_bundle(
        entry, handler="handler.handler", runtime="python3.12", architecture="x86_64", repeats=1, byte_code="none"
    )
    assert other.platform == BundlePlatform.of_lambda(runtime="python3.12", architecture="x86_64").identity


def test_byte_code_counts_where_the_functions_python_is_here(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "best_practice_constructs.testing.bundle_measure.interpreter_of", lambda _version: sys.executable
    )
    runtime = f"python3.{sys.version_info.minor}"
    compiled = measure_bundle(entry, handler="handler.handler", runtime=runtime, repeats=1)
    plain = measure_bundle(entry, handler="handler.handler", runtime=runtime, byte_code="none", repeats=1)
    assert compiled.platform == f"{plain.platform}-compiled"
    assert compiled.zipped_bytes > plain.zipped_bytes


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"not_imported": "tenacity"}, ["not_imported='tenacity'", "each letter", "Write not_imported=['tenacity']"]),
        ({"not_imported": [1]}, ["1 in not_imported", "no module has such a name"]),
        ({"not_imported": ["aws-xray-sdk"]}, ["'aws-xray-sdk' in not_imported", "is imported, 'aws_xray_sdk'"]),
        ({"not_imported": None}, ["not_imported=None", "no list of modules"]),
        ({}, ["no zipped_bytes, import_milliseconds or not_imported", "zipped_bytes=2_000_000", "measure_bundle"]),
        ({"recorded": "x.json"}, ["no zipped_bytes, import_milliseconds or not_imported", "only tells what grew"]),
        ({"zipped_bytes": "2 MB"}, ["zipped_bytes='2 MB'", "no whole number of bytes", "zipped_bytes=2_000_000"]),
        ({"zipped_bytes": "1.5 kB"}, ["zipped_bytes='1.5 kB'", "zipped_bytes=1_500"]),
        ({"zipped_bytes": 0}, ["zipped_bytes=0", "no whole number of bytes above 0"]),
        ({"import_milliseconds": "250 ms"}, ["import_milliseconds='250 ms'", "import_milliseconds=250"]),
        ({"import_milliseconds": True}, ["import_milliseconds=True", "no number of milliseconds"]),
        ({"zipped_bytes": 9, "repeats": 0}, ["repeats=0", "Pass a whole number from 1"]),
        ({"zipped_bytes": 9, "recorded": "."}, ["recorded='.'", "it is a directory", "Name a JSON file"]),
        ({"zipped_bytes": 9, "recorded": 1}, ["recorded=1", "it names no file"]),
        ({"zipped_bytes": 9, "environment": {"SIZE": 1}}, ["{'SIZE': 1}", "are texts", "Write {'SIZE': '1'}"]),
        ({"zipped_bytes": 9, "environment": "SIZE=1"}, ["environment='SIZE=1'", "it is no mapping"]),
        ({"zipped_bytes": 9, "runtime": "3.14"}, ["runtime='3.14'", "'python3.14'"]),
        ({"zipped_bytes": 9, "architecture": "arm"}, ["architecture='arm'", "Write 'arm64' or 'x86_64'"]),
        ({"zipped_bytes": 9, "byte_code": "required"}, ["byte_code='required'", "Write 'available' or 'none'"]),
    ],
    ids=str,
)
def test_what_cannot_work_is_refused(entry: Path, given: dict[str, Any], told: list[str]) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        assert_bundle_within(entry, handler="handler.handler", **given)
    assert str(error.value).startswith("assert_bundle_within: ")
    for part in told:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("handler", "told"),
    [
        ("handler.handlr", ["defines no 'handlr'", "Write 'handler.handler'"]),
        ("handlr.handler", ["has no module 'handlr'", "Write 'handler.handler'"]),
        ("handler", ["names no module and function", "'module.function'"]),
        (None, ["handler=None", "'module.function'"]),
        ("broken.handler", ["this Python cannot read its module"]),
    ],
)
def test_a_handler_that_lambda_would_not_find_is_refused(entry: Path, handler: Any, told: list[str]) -> None:  # noqa: ANN401 -- whatever a user writes
    write_files(entry, **{"broken.py": "def handler(:"})
    for measure, name in ((assert_bundle_within, "assert_bundle_within"), (measure_bundle, "measure_bundle")):
        budget: dict[str, Any] = {"zipped_bytes": 50_000} if measure is assert_bundle_within else {}
        with pytest.raises(InvalidArgumentError) as error:
            measure(entry, handler=handler, **budget)
        for part in (f"{name}: handler={handler!r} cannot work: ", *told):
            assert part in str(error.value)


def test_an_entry_that_is_none_is_refused(entry: Path) -> None:
    for given, told in (
        ("entri", ["entry='entri'", "there is no directory", "relative to where the test runs"]),
        (entry / "handler.py", ["it is a file", f"Pass the directory that holds it, '{entry.as_posix()}'"]),
        (None, ["entry=None", "it is no directory"]),
    ):
        with pytest.raises(InvalidArgumentError) as error:
            measure_bundle(given, handler="handler.handler")  # type: ignore[arg-type] # pyright: ignore -- whatever a user writes
        for part in told:
            assert part in str(error.value)


def test_variables_can_be_given(entry: Path) -> None:
    write_files(entry, **{"sell.py": "import os\nTABLE = os.environ['TABLE']"})
    measure = measure_bundle(entry, handler="handler.handler", environment={"TABLE": "orders"}, repeats=1)
    assert "sell" in measure.imports
