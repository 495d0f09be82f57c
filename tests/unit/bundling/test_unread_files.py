from __future__ import annotations

from pathlib import Path

import pytest

from best_practice_constructs.bundling.unread_files import remove_unread_files


def _packages(directory: Path, **files: str) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


def _left(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


FILES = {
    "bin/tool": "",
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
    remove_unread_files(_packages(tmp_path, **FILES))
    assert _left(tmp_path) == {"lib/__init__.py", "lib/data.json", "lib-1.0.dist-info/licenses/LICENSE"}


def test_metadata_stay_where_a_module_asks_for_them(tmp_path: Path) -> None:
    remove_unread_files(_packages(tmp_path, **FILES, **{"lib/version.py": "from importlib import metadata"}))
    assert {"lib-1.0.dist-info/METADATA", "lib-1.0.dist-info/entry_points.txt"} <= _left(tmp_path)


def test_tests_stay_where_a_module_imports_them(tmp_path: Path) -> None:
    remove_unread_files(_packages(tmp_path, **FILES, **{"lib/support.py": "from lib.tests import helper"}))
    assert "lib/tests/test_it.py" in _left(tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        b"from importlib import resources, metadata",
        b"from importlib import (\n    metadata,\n)",
        b"import importlib.metadata as metadata",
    ],
)
def test_metadata_stay_where_a_handler_asks_for_them(tmp_path: Path, source: bytes) -> None:
    remove_unread_files(_packages(tmp_path, **FILES), readers=[source])
    assert "lib-1.0.dist-info/METADATA" in _left(tmp_path)


@pytest.mark.parametrize("source", [b"from lib import other, tests", b"import lib.tests.helper"])
def test_tests_stay_where_a_handler_imports_them(tmp_path: Path, source: bytes) -> None:
    remove_unread_files(_packages(tmp_path, **FILES), readers=[source])
    assert "lib/tests/test_it.py" in _left(tmp_path)
