"""The emulator's environment is named by what it is made of, and what cannot be made is told with its remedy."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from best_practice_constructs.local import emulator_environment
from best_practice_constructs.local.emulator_environment import ensure_emulator_environment, environment_name
from best_practice_constructs.local.errors import EmulatorInstallationError

LOCKS = Path(emulator_environment.__file__).parent / "locks"


def test_another_lock_or_another_python_is_another_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    locks = {"emulator": "a==1", "handlers": "b==1"}
    name = environment_name(locks=locks)
    assert name == environment_name(locks=dict(reversed(locks.items())))
    assert name != environment_name(locks={**locks, "handlers": "b==2"})
    monkeypatch.setattr(sys, "base_prefix", "/elsewhere")
    assert name != environment_name(locks=locks)


@pytest.mark.parametrize("name", ["emulator", "handlers"])
def test_every_locked_requirement_has_its_hashes_and_names_no_index(name: str) -> None:
    lock = (LOCKS / f"{name}.txt").read_text()
    requirements = re.findall(r"^[a-z0-9-]+==[^ \n]+.*\\\n(?:    --hash=sha256:[0-9a-f]{64}.*\n?)+", lock, re.MULTILINE)
    assert len(requirements) == len(re.findall(r"^[a-z0-9]", lock, re.MULTILINE)) > 5
    assert "://" not in lock


def test_handlers_get_the_botocore_that_the_emulator_is_pinned_to() -> None:
    locks = [(LOCKS / f"{name}.txt").read_text() for name in ("emulator", "handlers")]
    pins = [re.findall(r"^botocore==.*", lock, re.MULTILINE) for lock in locks]
    assert pins[0] == pins[1] != []


def test_a_python_that_is_too_old_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    sentence = r"^The embedded stage needs Python 3\.11 or newer; this is .*\.$"
    with pytest.raises(EmulatorInstallationError, match=sentence):
        ensure_emulator_environment(cache_directory=tmp_path)


def test_no_network_is_told_with_its_remedy_and_leaves_nothing_half_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(EmulatorInstallationError, match=r"package index cannot be reached: connect to the network"):
        ensure_emulator_environment(cache_directory=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmulatorInstallationError, match=r"cannot be made in .*file"):
        ensure_emulator_environment(cache_directory=tmp_path / "file" / "cache")
