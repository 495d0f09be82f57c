from __future__ import annotations

import marshal
import sys
from pathlib import Path
from types import CodeType
from typing import cast

import pytest

from best_practice_constructs.bundling.bundling_error import BundlingError
from best_practice_constructs.bundling.byte_code import compile_modules

SOURCE = "CODES = {'a', 'b', 'c', 'd'}\ndef known(code):\n    return code in {'w', 'x', 'y', 'z'}\n"


def _compiled(directory: Path) -> dict[str, bytes]:
    directory.mkdir(parents=True)
    (directory / "handler.py").write_text(SOURCE, encoding="utf-8")
    (directory / "newer.py").write_text("def def", encoding="utf-8")
    compile_modules(directory, interpreter=sys.executable)
    return {path.name: path.read_bytes() for path in directory.rglob("*.pyc")}


def test_the_same_source_gives_the_same_bytes_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    one = _compiled(tmp_path / "one")
    monkeypatch.setenv("PYTHONHASHSEED", "2")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert _compiled(tmp_path / "another" / "place") == one
    assert list(one) == [f"handler.{sys.implementation.cache_tag}.pyc"]


def test_it_is_not_compared_with_the_source_and_names_where_lambda_has_it(tmp_path: Path) -> None:
    (content,) = _compiled(tmp_path / "one").values()
    unchecked_hash = 0b01
    assert int.from_bytes(content[4:8], "little") == unchecked_hash
    code = cast("CodeType", marshal.loads(content[16:]))  # noqa: S302 -- compiled by this test
    assert code.co_filename == "/var/task/handler.py"


@pytest.mark.parametrize(("said", "status"), [("", 1), ("no such module", 2), ("", -9)])
def test_an_interpreter_that_does_not_work_is_no_byte_code_unseen(tmp_path: Path, said: str, status: int) -> None:
    broken = tmp_path / "python"
    end = "kill -9 $$" if status < 0 else f"exit {status}"
    broken.write_text(f"#!/bin/sh\necho '{said}' >&2\n{end}\n", encoding="utf-8")
    broken.chmod(0o755)
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "handler.py").write_text(SOURCE, encoding="utf-8")
    with pytest.raises(BundlingError, match=rf"exit status {status}.*{said or 'said nothing'}"):
        compile_modules(tmp_path / "bundle", interpreter=str(broken))


def test_what_cannot_be_compiled_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "newer.py").write_text("def def", encoding="utf-8")
    compile_modules(tmp_path, interpreter=sys.executable)
    assert [path.name for path in tmp_path.iterdir()] == ["newer.py"]
