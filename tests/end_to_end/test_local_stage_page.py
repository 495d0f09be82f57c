"""The page about the embedded stage names the types that are left out, and no others."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from best_practice_constructs.local import LocalStage
from tests.compliance.subjects import ROOT, all_apps

pytestmark = pytest.mark.end_to_end

ROW = re.compile(r"^\| (?P<types>.+) \| unknown types \|$", re.MULTILINE)
# Made through the services where the emulator drops them, as the page says below "What happens".
SUPPLIED = frozenset({"AWS::Events::ApiDestination", "AWS::Events::Archive", "AWS::Events::Connection"})


@pytest.fixture(scope="module")
def named() -> frozenset[str]:
    row = ROW.search((ROOT / "docs/local_stage.md").read_text("utf-8"))
    assert row is not None
    found: list[str] = []
    for name in re.findall(r"`([^`]+)`", row["types"]):
        # `StepFunctions::StateMachineVersion` and `Alias`
        found.append(name if "::" in name else f"{found[-1].partition('::')[0]}::{name}")
    return frozenset(f"AWS::{name}" for name in found)


@pytest.fixture(scope="module")
def supported() -> frozenset[str]:
    with LocalStage() as stage:
        return stage.supported_types


def test_what_is_named_is_left_out(named: frozenset[str], supported: frozenset[str]) -> None:
    assert named
    known = {each for each in supported for name in named if _covers(name, each)}
    assert known == set()


def test_what_the_library_makes_and_the_emulator_does_not_know_is_named(
    named: frozenset[str], supported: frozenset[str], tmp_path: Path
) -> None:
    made: set[str] = set()
    for app in all_apps(tmp_path).values():
        for template in Path(app.synth().directory).rglob("*.template.json"):
            resources = json.loads(template.read_text("utf-8")).get("Resources", {})
            made |= {each["Type"] for each in resources.values()}
    unknown = {name for name in made if name.startswith("AWS::") and name not in supported | SUPPLIED}
    assert unknown, "nothing is left out: the test says little"
    assert {each for each in unknown if not any(_covers(name, each) for name in named)} == set()


def _covers(name: str, resource_type: str) -> bool:
    return resource_type.startswith(name[:-1]) if name.endswith("*") else resource_type == name
