from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from best_practice_constructs.bundling.directory_files import files_below
from best_practice_constructs.bundling.unread_files import reads_metadata, without_unread_files
from tests.unit.bundling.support import write_files


def _left(
    directory: Path, *, own: bytes = b"", named: tuple[str, ...] = (), more: Mapping[str, str] | None = None
) -> set[str]:
    write_files(directory, **{**FILES, **(more or {})})
    packages = dict(files_below(directory))
    return set(without_unread_files(packages, named=named, reads_metadata_itself=reads_metadata(own)))


FILES = {
    "lib/__init__.py": "",
    "lib/__init__.pyi": "",
    "lib/py.typed": "",
    "lib/data.json": "",
    "lib/tests/test_it.py": "import lib.tests.helper",
    "lib-1.0.dist-info/RECORD": "",
    "lib-1.0.dist-info/METADATA": "",
    "lib-1.0.dist-info/entry_points.txt": "",
    "lib-1.0.dist-info/licenses/LICENSE": "",
}


def test_what_only_installers_type_checkers_and_tests_read_is_removed(tmp_path: Path) -> None:
    assert _left(tmp_path) == {"lib/__init__.py", "lib/data.json", "lib-1.0.dist-info/licenses/LICENSE"}


def test_metadata_stay_where_a_module_asks_for_them(tmp_path: Path) -> None:
    left = _left(tmp_path, more={"lib/version.py": "from importlib import metadata"})
    assert {"lib-1.0.dist-info/METADATA", "lib-1.0.dist-info/entry_points.txt"} <= left


def test_tests_stay_where_a_module_imports_them(tmp_path: Path) -> None:
    left = _left(tmp_path, more={"lib/support.py": "from lib.tests import helper"})
    assert "lib/tests/test_it.py" in left


@pytest.mark.parametrize(
    "source",
    [
        b"from importlib import resources, metadata",
        b"from importlib import (\n    metadata,\n)",
        b"import importlib.metadata as metadata",
    ],
)
def test_metadata_stay_where_a_handler_asks_for_them(tmp_path: Path, source: bytes) -> None:
    assert "lib-1.0.dist-info/METADATA" in _left(tmp_path, own=source)


def test_another_import_of_importlib_asks_for_no_metadata(tmp_path: Path) -> None:
    assert "lib-1.0.dist-info/METADATA" not in _left(tmp_path, own=b"from importlib import import_module, resources")


@pytest.mark.parametrize("name", ["lib.tests", "lib.tests.helper"])
def test_tests_stay_where_a_handler_imports_them(tmp_path: Path, name: str) -> None:
    assert "lib/tests/test_it.py" in _left(tmp_path, named=("lib", name))


@pytest.mark.parametrize(
    ("source", "is_kept"),
    [
        ("from lib import (\n    data,\n    tests,\n)", True),
        ("from .tests import helper", True),
        ("from lib.check import test", False),
        ("# import lib.tests", False),
    ],
)
def test_only_an_import_of_tests_keeps_them(tmp_path: Path, source: str, *, is_kept: bool) -> None:
    assert ("lib/tests/test_it.py" in _left(tmp_path, more={"lib/support.py": source})) is is_kept


def test_stubs_stay_where_a_lazy_package_reads_them(tmp_path: Path) -> None:
    lazy = "__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)"
    assert "lib/__init__.pyi" in _left(tmp_path, more={"lib/lazy.py": lazy})


def test_where_metadata_are_read_top_level_names_stay(tmp_path: Path) -> None:
    files = {"lib-1.0.dist-info/top_level.txt": "lib"}
    assert "lib-1.0.dist-info/top_level.txt" in _left(tmp_path, more=files, own=b"import importlib.metadata")
    assert "lib-1.0.dist-info/top_level.txt" not in _left(tmp_path, more=files)
