from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from best_practice_constructs.bundling import interpreter
from best_practice_constructs.bundling.bundle_cache import CACHE_VARIABLE
from best_practice_constructs.bundling.interpreter import interpreter_of


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the directory that is searched."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "managed"))
    interpreter_of.cache_clear()
    yield tmp_path / "bin"
    interpreter_of.cache_clear()


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch, places: Path) -> list[str]:
    done: list[str] = []

    def find(version: str) -> str | None:
        done.append(version)
        found = places / f"python{version}"
        return str(found) if found.exists() else None

    monkeypatch.setattr(interpreter, "_found", find)
    return done


def _again(version: str) -> str | None:
    interpreter_of.cache_clear()
    return interpreter_of(version)


def test_the_one_that_runs_is_its_own(searches: list[str]) -> None:
    assert interpreter_of(f"{sys.version_info.major}.{sys.version_info.minor}") == sys.executable
    assert searches == []


def test_none_is_found_for_a_version_that_is_not_here() -> None:
    assert interpreter_of("3.99") is None


def test_the_answer_is_remembered_until_something_is_installed_or_removed(places: Path, searches: list[str]) -> None:
    assert [_again("3.98"), _again("3.98")] == [None, None]
    assert searches == ["3.98"]
    (places / "python3.98").touch()
    assert [_again("3.98"), _again("3.98")] == [str(places / "python3.98")] * 2
    assert searches == ["3.98"] * 2
    (places.parent / "managed").mkdir()
    assert _again("3.98") is not None
    assert searches == ["3.98"] * 3
    (places / "python3.98").unlink()
    assert _again("3.98") is None


def test_what_is_gone_from_elsewhere_is_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searches: list[str]
) -> None:
    linked = tmp_path / "elsewhere"
    linked.touch()
    answers: list[str | None] = [str(linked), None]
    monkeypatch.setattr(interpreter, "_found", lambda _: answers.pop(0))
    assert _again("3.97") == str(linked)
    linked.unlink()
    assert _again("3.97") is None
