"""Every Python example that users read runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from best_practice_constructs import __all__ as public_names
from tests.docs.blocks import ROOT, Block, docstring_blocks, document_blocks

BLOCKS = [*document_blocks("python"), *docstring_blocks("python")]
CONSTRUCTS = ("SinglePurposeFunction", "IdempotentQueueConsumer", "EnrichedEventBus", "ProvisionedApi")


@pytest.fixture(scope="module")
def ends() -> dict[str, str | None]:
    """How each block ended: all of them run in one process, where the CDK is loaded once and nothing is bundled."""
    environment = {
        **os.environ,
        "CDK_CONTEXT_JSON": json.dumps({"aws:cdk:bundling-stacks": []}),
        "PYTHONPATH": str(ROOT),
    }
    completed = subprocess.run(
        [sys.executable, "-m", "tests.docs.run_blocks"],
        input=json.dumps([{"place": block.place, "code": block.code} for block in BLOCKS]),
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=600,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    found: dict[str, str | None] = json.loads(completed.stdout)
    return found


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_the_example_runs(block: Block, ends: dict[str, str | None]) -> None:
    assert ends[block.place] is None, ends[block.place]


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_each_construct_is_shown_in_the_readme_on_its_page_and_in_its_docstring(name: str) -> None:
    assert name in public_names
    places = {block.place.split(":")[0] for block in BLOCKS if f"{name}(" in block.code}
    module = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
    assert "README.md" in places
    assert f"docs/constructs/{module}.md" in places
    assert any(place.endswith(f"/{module}.py") for place in places)
