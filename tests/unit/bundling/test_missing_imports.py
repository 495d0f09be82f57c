from __future__ import annotations

from pathlib import Path

from best_practice_constructs.bundling.bundle_sources import bundle_sources
from best_practice_constructs.bundling.missing_imports import missing_imports
from tests.unit.bundling.support import write_entry


def test_what_no_bundle_has_is_named_with_its_line(tmp_path: Path) -> None:
    handler = """import json
import boto3
import msgspec
import prices.table
from . import own
from helpers import help
from typing import TYPE_CHECKING
import requests, yaml.nodes
import prices.gone
import annotationlib
from snapshot_restore_py import register_before_snapshot
if TYPE_CHECKING:
    import only_for_checkers
try:
    import orjson
except ImportError:
    orjson = None
def handler(event, context):
    import rarely
"""
    files = {"handler.py": handler, "helpers.py": "", "own.py": "", "prices/table.py": "", "new.py": "def def"}
    sources = bundle_sources(write_entry(tmp_path, **files), handler="handler.handler")
    found = missing_imports(sources, libraries=["msgspec/__init__.py", "botocore/vendored/requests/__init__.py"])
    assert [(missing.module, missing.file, missing.line) for missing in found] == [
        ("requests", "handler.py", 8),
        ("yaml", "handler.py", 8),
        ("prices.gone", "handler.py", 9),
    ]
