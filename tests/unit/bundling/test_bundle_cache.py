from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from best_practice_constructs.bundling.bundle_cache import CACHE_VARIABLE, cache_directory, cached


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))


def test_what_was_built_is_not_built_again() -> None:
    built: list[Path] = []

    def build(target: Path) -> None:
        built.append(target)
        target.write_text("whole", encoding="utf-8")

    first = cached(kind="things", name="one.txt", build=build)
    assert cached(kind="things", name="one.txt", build=build) == first == cache_directory() / "things" / "one.txt"
    assert first.read_text(encoding="utf-8") == "whole"
    assert len(built) == 1


def test_what_fails_halfway_leaves_nothing() -> None:
    def build(target: Path) -> None:
        target.write_text("half", encoding="utf-8")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        cached(kind="things", name="one.txt", build=build)
    assert list((cache_directory() / "things").iterdir()) == []


@pytest.mark.parametrize("is_directory", [False, True])
def test_a_process_that_was_faster_wins(*, is_directory: bool) -> None:
    def build(target: Path) -> None:
        there = cache_directory() / "things" / target.name
        for path in (there, target):
            if is_directory:
                path.mkdir()
                (path / "file").write_text(path.parent.name, encoding="utf-8")
            else:
                path.write_text(path.parent.name, encoding="utf-8")

    found = cached(kind="things", name="one", build=build)
    assert found.exists()
    assert [path.name for path in found.parent.iterdir()] == ["one"]


def test_what_was_not_used_for_long_and_what_was_killed_is_removed() -> None:
    def build(target: Path) -> None:
        target.write_text("whole", encoding="utf-8")

    def cache_of(name: str, *, days: int) -> None:
        path = cached(kind="things", name=name, build=build)
        then = time.time() - days * 24 * 60 * 60
        os.utime(path, (then, then))

    cache_of("used", days=29)
    cache_of("unused", days=31)
    cache_of(".building-killed", days=2)
    cache_of(".building-now", days=0)
    cached(kind="things", name="another", build=build)
    left = {path.name for path in (cache_directory() / "things").iterdir()}
    assert left == {"used", "another", ".building-now"}
