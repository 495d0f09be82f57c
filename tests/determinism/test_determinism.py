"""Two synths of the same sources are byte-identical, wherever they lie."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from best_practice_constructs.bundling.bundle import CACHE_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("app.py", "cdk.json", "best_practice_constructs", "examples")
NOT_SOURCES = shutil.ignore_patterns("__pycache__", "*.egg-info", "cdk.out")


def _copy_sources(directory: Path) -> Path:
    directory.mkdir(parents=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, directory / name, symlinks=True, ignore=NOT_SOURCES)
        else:
            shutil.copy(ROOT / name, directory / name)
    return directory


def _synthesize(directory: Path, *, bundling: bool, seed: str, time_zone: str) -> Path:
    flags = json.loads((directory / "cdk.json").read_text("utf-8"))["context"]
    context = flags if bundling else {**flags, "aws:cdk:bundling-stacks": []}
    variables = {
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(directory / "cdk.out"),
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": str(directory),
        "TZ": time_zone,
        CACHE_VARIABLE: str(directory / "cache"),
    }
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=directory,
        env={**os.environ, **variables},
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
@pytest.mark.parametrize("bundling", [False, True], ids=["sources", "bundles"])
def test_the_place_the_time_and_the_order_of_hashes_change_nothing(tmp_path: Path, *, bundling: bool) -> None:
    here = _synthesize(_copy_sources(tmp_path / "here"), bundling=bundling, seed="1", time_zone="UTC")
    deeper = _copy_sources(tmp_path / "somewhere" / "else" / "entirely")
    there = _synthesize(deeper, bundling=bundling, seed="2", time_zone="Asia/Tokyo")
    first, second = _digests(here), _digests(there)
    assert sorted(name for name in first if name.endswith(".template.json"))
    assert {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)} == set()


@pytest.mark.slow
def test_no_file_of_the_assembly_names_the_place_it_was_made_in(tmp_path: Path) -> None:
    assembly = _synthesize(_copy_sources(tmp_path / "here"), bundling=False, seed="1", time_zone="UTC")
    places = [str(tmp_path), str(ROOT), str(Path.home())]
    texts = {path.name: path.read_text("utf-8") for path in assembly.glob("*.json")}
    assert {name for name, text in texts.items() if any(place in text for place in places)} == set()
