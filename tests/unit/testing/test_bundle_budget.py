from __future__ import annotations

import json
from pathlib import Path

import pytest

from best_practice_constructs.bundling.bundle_cache import CACHE_VARIABLE
from best_practice_constructs.bundling.bundle_platform import BundlePlatform
from best_practice_constructs.testing import assert_bundle_within, measure_bundle
from tests.unit.bundling.support import install, write_entry, write_files


@pytest.fixture(autouse=True)
def _libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install_one(lock: str, *, platform: BundlePlatform, directory: Path) -> None:
        install(directory, "Prices", {"prices/__init__.py": "import rates", "rates.py": "NUMBERS = 'x'"})

    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr("best_practice_constructs.bundling.installed_libraries._install", install_one)


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    lock = f"prices==1.0 --hash=sha256:{'0' * 64}"
    files = {"handler.py": "import sell", "sell.py": "", "other.py": "import prices", "requirements.txt": lock}
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
    write_files(entry, **{"sell.py": "import prices"})
    assert_bundle_within(entry, handler="handler.handler", import_milliseconds=60_000, recorded=record, repeats=1)
    assert record.read_text(encoding="utf-8") == first


def test_over_its_budget_it_is_told_what_grew_and_through_which_imports(entry: Path, tmp_path: Path) -> None:
    record = tmp_path / "handler.json"
    assert_bundle_within(entry, handler="handler.handler", recorded=record, repeats=1)
    write_files(entry, **{"sell.py": "import prices"})
    with pytest.raises(AssertionError) as error:
        assert_bundle_within(
            entry,
            handler="handler.handler",
            zipped_bytes=100,
            import_milliseconds=0.001,
            not_imported=["rates", "pydantic"],
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


def test_a_record_of_another_platform_is_compared_with_nothing_and_stays(entry: Path, tmp_path: Path) -> None:
    record = tmp_path / "handler.json"
    assert_bundle_within(entry, handler="handler.handler", recorded=record, repeats=1)
    here = json.loads(record.read_text(encoding="utf-8"))
    elsewhere = json.dumps({**here, "platform": "python3.14-macosx"})
    record.write_text(elsewhere, encoding="utf-8")
    with pytest.raises(AssertionError) as error:
        assert_bundle_within(entry, handler="handler.handler", zipped_bytes=1, recorded=record, repeats=1)
    assert "+" not in str(error.value)
    assert_bundle_within(entry, handler="handler.handler", recorded=record, repeats=1)
    assert record.read_text(encoding="utf-8") == elsewhere


def test_variables_can_be_given(entry: Path) -> None:
    write_files(entry, **{"sell.py": "import os\nTABLE = os.environ['TABLE']"})
    measure = measure_bundle(entry, handler="handler.handler", environment={"TABLE": "orders"}, repeats=1)
    assert "sell" in measure.imports
