"""The wheel holds what it must, and works in an empty environment with nothing of the repository on the path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

import pytest
from uv import find_uv_bin

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "best_practice_constructs"
FOREIGN = ("tests", "examples", "benchmarks", "scripts", "docs")

APP = """
from aws_cdk import App, Stack
from best_practice_constructs import EnrichedEventBus, IdempotentQueueConsumer, ProvisionedApi, SinglePurposeFunction
from events import OrderPlaced
app = App()
stack = Stack(app, "Shop")
bus = EnrichedEventBus(stack, "Bus")
bus.route(OrderPlaced, to=IdempotentQueueConsumer(stack, "Invoices", entry="invoices", handler="issue.handler"))
place_order = SinglePurposeFunction(stack, "PlaceOrder", entry="orders", handler="place.handler")
bus.add_publisher(place_order)
ProvisionedApi(stack, "Api").post("/orders", place_order)
app.synth()
"""
EVENTS = """
from best_practice_constructs import EventSource
@EventSource("com.example.orders").event
class OrderPlaced:
    order_id: str
"""
API_HANDLER = """
from best_practice_constructs.runtime import logger

def handler(event, context):
    return None
"""
CONSUMER = """
from best_practice_constructs.runtime import logger, queue_consumer

@queue_consumer
def handler(order: dict[str, object]) -> None:
    return None
"""

pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Distributions:
    """What was built."""

    wheel: Path
    sdist: Path


def _run(command: list[str | Path], *, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    alone = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    completed = subprocess.run(
        [str(part) for part in command],
        cwd=directory,
        env={**alone, **variables},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    directory = tmp_path_factory.mktemp("dist")
    _run(
        [find_uv_bin(), "build", "--quiet", "--python", sys.executable, "--out-dir", directory, ROOT],
        directory=directory,
    )
    return Distributions(wheel=next(directory.glob("*.whl")), sdist=next(directory.glob("*.tar.gz")))


def test_the_wheel_holds_the_package_its_types_and_its_locks(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        names = set(wheel.namelist())
    tracked = {str(path.relative_to(ROOT)) for path in (ROOT / PACKAGE).rglob("*.py")}
    assert tracked <= names
    assert {f"{PACKAGE}/py.typed", f"{PACKAGE}/runtime/requirements.txt"} <= names
    locks = {str(path.relative_to(ROOT)) for path in (ROOT / PACKAGE / "local").rglob("*.txt")}
    assert locks
    assert locks <= names
    assert any(name.endswith("/LICENSE") for name in names)
    assert {name for name in names if name.split("/")[0] in FOREIGN or "__pycache__" in name} == set()


def test_the_wheel_says_what_it_needs(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        metadata = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        headers = Parser().parsestr(wheel.read(metadata).decode("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert headers["Name"] == "best-practice-constructs"
    assert headers["License-Expression"] == "Apache-2.0"
    assert headers["Requires-Python"] == ">=3.11"
    assert set(headers.get_all("Provides-Extra", [])) == set(project["optional-dependencies"])
    always = [line for line in headers.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert len(always) == len(project["dependencies"])
    # Ranges, so that a user's own versions fit.
    assert [line for line in always if "==" in line or ">=" not in line] == []


def test_the_sdist_builds_the_same_package(distributions: Distributions) -> None:
    # uv builds the wheel from the sdist, so what is missing there would be missing in the wheel.
    with tarfile.open(distributions.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"pyproject.toml", "setup.py", "README.md", "LICENSE", f"{PACKAGE}/py.typed"} <= names
    assert {name for name in names if "__pycache__" in name} == set()


def test_an_app_of_the_four_constructs_works_in_an_empty_environment(
    distributions: Distributions, tmp_path: Path
) -> None:
    environment, app = tmp_path / "environment", tmp_path / "app"
    uv = find_uv_bin()
    _run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, environment], directory=tmp_path)
    python = environment / "bin" / "python"
    install: list[str | Path] = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    _run([*install, distributions.wheel], directory=tmp_path)
    for path, text in {
        "app.py": APP,
        "events.py": EVENTS,
        "orders/place.py": API_HANDLER,
        "invoices/issue.py": CONSUMER,
    }.items():
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        (app / path).write_text(text, "utf-8")
    assert len(APP.strip().splitlines()) <= 12

    where = _run([python, "-c", f"import {PACKAGE}; print({PACKAGE}.__file__)"], directory=app).stdout.strip()
    assert Path(where).is_relative_to(environment)
    assembly = app / "cdk.out"
    _run([python, "app.py"], directory=app, CDK_OUTDIR=str(assembly))

    template = json.loads((assembly / "Shop.template.json").read_text("utf-8"))
    types = [resource["Type"] for resource in template["Resources"].values()]
    assert types.count("AWS::Lambda::Function") == 2
    assert types.count("AWS::Lambda::EventSourceMapping") == 1
    assert types.count("AWS::Events::EventBus") == 1
    assert types.count("AWS::ApiGateway::RestApi") == 1
    bundles = [zipfile.ZipFile(path).namelist() for path in assembly.glob("asset.*.zip")]
    (names,) = [names for names in bundles if "issue.py" in names]
    # What the handler uses of the runtime travels with it, the rest of the package does not.
    inside = {name.split("/")[1] for name in names if name.startswith(f"{PACKAGE}/")}
    assert inside - {"__pycache__"} == {"__init__.py", "runtime"}
    assert f"{PACKAGE}/runtime/telemetry.py" in names
    assert f"{PACKAGE}/runtime/api_handler_decorator.py" not in names
