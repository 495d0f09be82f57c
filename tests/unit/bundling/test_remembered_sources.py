from __future__ import annotations

from pathlib import Path

import pytest

from best_practice_constructs.bundling import remembered_sources as module
from best_practice_constructs.bundling.bundle_cache import CACHE_VARIABLE
from best_practice_constructs.bundling.bundle_sources import BundleSources, bundle_sources
from best_practice_constructs.bundling.remembered_sources import remembered_sources
from tests.unit.bundling.support import write_entry


@pytest.fixture(autouse=True)
def looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def look(entry: Path, *, handler: str) -> BundleSources:
        found.append(handler)
        return bundle_sources(entry, handler=handler)

    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(module, "bundle_sources", look)
    return found


def test_what_did_not_change_is_not_looked_at_again(tmp_path: Path, looked: list[str]) -> None:
    handler = "import prices\nfrom best_practice_constructs.runtime import where\n"
    others = {"prices.py": "", "other.py": "import requests", "data.json": "{}", "requirements.in": "requests"}
    entry = write_entry(tmp_path / "entry", **{"handler.py": handler, **others, "requirements.txt": "requests==1"})
    for _ in range(2):
        assert remembered_sources(entry, handler="handler.handler") == bundle_sources(entry, handler="handler.handler")
    assert looked == ["handler.handler"]
    remembered_sources(entry, handler="other.handler")
    write_entry(entry, **{"handler.py": handler, "prices.py": "import other"})
    assert "other.py" in remembered_sources(entry, handler="handler.handler").own
    assert looked == ["handler.handler", "other.handler", "handler.handler"]


def test_another_place_with_the_same_sources_knows_its_own_files(tmp_path: Path, looked: list[str]) -> None:
    for place in ("one", "two"):
        entry = write_entry(tmp_path / place)
        assert remembered_sources(entry, handler="handler.handler").own == {"handler.py": entry / "handler.py"}
    assert len(looked) == 1
