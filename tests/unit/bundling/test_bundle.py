from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from best_practice_constructs.bundling.bundle import bundle
from best_practice_constructs.bundling.bundle_cache import CACHE_VARIABLE
from best_practice_constructs.bundling.bundle_platform import BundlePlatform
from best_practice_constructs.bundling.bundle_sources import bundle_sources
from best_practice_constructs.bundling.bundling_error import BundlingError
from best_practice_constructs.bundling.dependency_lock import read_lock
from tests.unit.bundling.support import install, write_entry

ARM = BundlePlatform.of_lambda(runtime="python3.14", architecture="arm64")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let two libraries be installed without a package index, and tell how often."""
    done: list[str] = []

    def install_two(lock: str, *, platform: BundlePlatform, directory: Path) -> None:
        done.append(lock)
        install(directory, "prices", {"prices.py": "import rates", "prices_test.pyi": ""}, requires=("rates",))
        install(directory, "rates", {"rates/__init__.py": "", "rates/table.so": ""})
        install(directory, "reports", {"reports.py": ""})

    monkeypatch.setattr("best_practice_constructs.bundling.installed_libraries._install", install_two)
    return done


def _bundle(entry: Path, *, lock: str = "prices==1.0", interpreter: str | None = None) -> Path:
    sources = bundle_sources(entry, handler="handler.handler")
    return bundle(sources, lock=lock, platform=ARM, label="L", interpreter=interpreter)


def _names(archive: Path) -> set[str]:
    with zipfile.ZipFile(archive) as zipped:
        assert len(zipped.namelist()) == len(set(zipped.namelist()))
        return set(zipped.namelist())


def test_a_bundle_holds_what_the_handler_reaches_and_is_built_once(
    tmp_path: Path, cache: Path, installs: list[str]
) -> None:
    entry = write_entry(tmp_path / "entry", **{"handler.py": "import prices", "report.py": "import reports"})
    first = _bundle(entry)
    assert {name for name in _names(first) if "dist-info" not in name} == {
        *("handler.py", "prices.py", "rates/__init__.py", "rates/table.so")
    }
    before = first.stat().st_ino
    assert _bundle(entry) == first
    assert first.stat().st_ino == before
    assert [path.name for path in (cache / "bundles").iterdir()] == [first.name]


def test_functions_that_share_a_lock_install_it_once_also_when_they_change(
    tmp_path: Path, cache: Path, installs: list[str]
) -> None:
    others = {"other.py": "import prices, reports"}
    entry = write_entry(tmp_path / "entry", **{"handler.py": "import prices", **others})
    one = _bundle(entry)
    write_entry(entry, **{"handler.py": "import prices, json"})
    assert _bundle(entry) != one
    assert _names(_bundle(write_entry(entry, **{"handler.py": "import reports"}))) > {"reports.py"}
    assert len(installs) == 1
    assert len(list((cache / "library-archives").iterdir())) == 2


@pytest.mark.usefixtures("cache", "installs")
def test_libraries_runtime_and_handler_are_compiled(tmp_path: Path) -> None:
    handler = "import prices\nfrom best_practice_constructs.runtime import where\n"
    names = _names(_bundle(write_entry(tmp_path / "entry", **{"handler.py": handler}), interpreter=sys.executable))
    tag = f"{sys.implementation.cache_tag}.pyc"
    runtime = "best_practice_constructs/runtime"
    assert {
        *(f"__pycache__/{module}.{tag}" for module in ("handler", "prices")),
        f"rates/__pycache__/__init__.{tag}",
        f"{runtime}/__pycache__/event_filter.{tag}",
    } <= names
    assert not [name for name in names if "queue_consumer_decorator" in name or name.endswith("METADATA")]


@pytest.mark.usefixtures("cache", "installs")
def test_a_file_of_no_package_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install_more(lock: str, *, platform: BundlePlatform, directory: Path) -> None:
        install(directory, "one", {"space/__init__.py": "", "space/one.py": ""})
        install(directory, "two", {"space/__init__.py": "", "space/two.py": ""})
        (directory / "share").mkdir()
        (directory / "share" / "zones").write_text("", encoding="utf-8")

    monkeypatch.setattr("best_practice_constructs.bundling.installed_libraries._install", install_more)
    files = {"handler.py": "import space.one", "other.py": "import space.two"}
    names = _names(_bundle(write_entry(tmp_path / "entry", **files)))
    assert {"share/zones", "space/__init__.py", "space/one.py"} <= names
    assert "space/two.py" not in names


@pytest.mark.usefixtures("cache", "installs")
def test_a_file_of_the_entry_stands_for_a_librarys_of_the_same_name(tmp_path: Path) -> None:
    files = {"handler.py": "import prices", "prices.py": "MINE = True"}
    archive = _bundle(write_entry(tmp_path / "entry", **files), interpreter=sys.executable)
    _names(archive)
    with zipfile.ZipFile(archive) as zipped:
        assert zipped.read("prices.py") == b"MINE = True"


@pytest.mark.usefixtures("installs")
def test_what_the_bundle_lacks_is_named_and_nothing_is_left(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(BundlingError, match=r"handler\.py:1 imports 'requests'.*add its package to requirements\.in"):
        _bundle(write_entry(tmp_path / "entry", **{"handler.py": "import requests"}))
    assert list((cache / "bundles").iterdir()) == []


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("Because numpy==1.0 has no wheels with a matching tag …", r"numpy 1\.0 has no wheel for python3\.14-aarch64"),
        ("Request failed: error sending request for url (…/numpy-1.0.whl)", "could not be reached"),
        ("something else", "could not install the locked dependencies: something else"),
    ],
)
def test_what_cannot_be_installed_is_told_apart_and_leaves_nothing(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, said: str, message: str
) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, stdout="", stderr=said)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(BundlingError, match=message):
        _bundle(write_entry(tmp_path / "entry"), lock="numpy==1.0")
    assert list((cache / "libraries").iterdir()) == list((cache / "bundles").iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("cache")
def test_the_wheels_are_for_arm64_and_boto3_is_left_to_lambda(tmp_path: Path) -> None:
    handler = "from best_practice_constructs.runtime import logger, queue_consumer\n"
    entry = write_entry(tmp_path / "entry", **{"handler.py": handler})
    with zipfile.ZipFile(_bundle(entry, lock=read_lock(entry))) as zipped:
        machines = {zipped.read(name)[18:20] for name in zipped.namelist() if name.endswith(".so")}
        aarch64 = b"\xb7\x00"
        assert machines == {aarch64}
        assert not [name for name in zipped.namelist() if name.startswith(("boto3/", "botocore/", "bin/"))]
        assert not [name for name in zipped.namelist() if name.endswith((".pyi", "RECORD", "py.typed"))]
