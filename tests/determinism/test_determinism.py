"""Two synths of the same sources are byte-identical, wherever they lie."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from best_practice_constructs.bundling.bundle_cache import CACHE_VARIABLE
from best_practice_constructs.bundling.bundle_platform import BUNDLE_PLATFORM_CONTEXT
from best_practice_constructs.functions.bundling_settings import BYTE_CODE_CONTEXT

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("app.py", "cdk.json", "best_practice_constructs", "examples")
SOURCES_ONLY: Mapping[str, object] = {"aws:cdk:bundling-stacks": []}
NOT_SOURCES = shutil.ignore_patterns("__pycache__", "*.egg-info", "cdk.out")


def _copy_sources(directory: Path) -> Path:
    directory.mkdir(parents=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, directory / name, symlinks=True, ignore=NOT_SOURCES)
        else:
            shutil.copy(ROOT / name, directory / name)
    return directory


@dataclass(frozen=True, kw_only=True)
class _Machine:
    """What differs between machines, and is none of a template's or a bundle's business."""

    seed: str
    time_zone: str
    user: str
    umask: int
    years_ahead: int


HERE = _Machine(seed="1", time_zone="UTC", user="alice", umask=0o022, years_ahead=0)
THERE = _Machine(seed="2", time_zone="Asia/Tokyo", user="bob", umask=0o077, years_ahead=3)
# Python reads it when it starts.
CLOCK = """import time
_now, _local, _utc, _format = time.time, time.localtime, time.gmtime, time.strftime
time.time = lambda: _now() + {years} * 365 * 86_400
time.localtime = lambda seconds=None: _local(time.time() if seconds is None else seconds)
time.gmtime = lambda seconds=None: _utc(time.time() if seconds is None else seconds)
time.strftime = lambda form, then=None: _format(form, then or time.localtime())
"""


def _synthesize(directory: Path, *, context: Mapping[str, object], machine: _Machine = HERE) -> Path:
    site = directory / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(CLOCK.format(years=machine.years_ahead), "utf-8")
    flags = json.loads((directory / "cdk.json").read_text("utf-8"))["context"]
    variables = {
        "CDK_CONTEXT_JSON": json.dumps({**flags, **context}),
        "CDK_OUTDIR": str(directory / "cdk.out"),
        "PYTHONHASHSEED": machine.seed,
        "PYTHONPATH": f"{directory / 'site'}{os.pathsep}{directory}",
        "TZ": machine.time_zone,
        "USER": machine.user,
        "LOGNAME": machine.user,
        CACHE_VARIABLE: str(directory / "cache"),
    }
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=directory,
        env={**os.environ, **variables},
        umask=machine.umask,
        check=True,
        capture_output=True,
        text=True,
        timeout=600,
    )
    return directory / "cdk.out"


def _digests(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        # Where nothing is bundled, an asset is the sources as they lie, byte code of the synth itself included.
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "context",
    [SOURCES_ONLY, {}, {BUNDLE_PLATFORM_CONTEXT: "host", BYTE_CODE_CONTEXT: "required"}],
    ids=["sources", "bundles", "bundles with byte code"],
)
def test_the_place_the_user_the_time_and_the_order_of_hashes_change_nothing(
    tmp_path: Path, context: Mapping[str, object]
) -> None:
    here = _synthesize(_copy_sources(tmp_path / "here"), context=context)
    deeper = _copy_sources(tmp_path / "somewhere" / "else" / "entirely")
    for path in deeper.rglob("*.py"):
        os.utime(path, (0, 0))
    there = _synthesize(deeper, context=context, machine=THERE)
    first, second = _digests(here), _digests(there)
    assert sorted(name for name in first if name.endswith(".template.json"))
    assert {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)} == set()


@pytest.mark.slow
def test_no_file_of_the_assembly_names_the_place_it_was_made_in(tmp_path: Path) -> None:
    assembly = _synthesize(_copy_sources(tmp_path / "here"), context=SOURCES_ONLY)
    places = [str(tmp_path), str(ROOT), str(Path.home())]
    texts = {path.name: path.read_text("utf-8") for path in assembly.glob("*.json")}
    assert {name for name, text in texts.items() if any(place in text for place in places)} == set()
