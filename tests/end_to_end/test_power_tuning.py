"""A function is tuned on the emulator, and has its configuration and its versions back, also when it is stopped.

The emulator gives a function no more processor for more memory: this function takes less time by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from best_practice_constructs.local import LocalStage

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "best_practice_constructs.operations.power_tuning"]
_APP = """
from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_

from best_practice_constructs import PowerTuning, ServiceDefaults, SinglePurposeFunction

app = App()
ServiceDefaults.development(service="tuned").apply_to(app)
stack = Stack(app, "Tuned")
# Logs in JSON on one architecture, in text on the other: both kinds of reports are read.
common = {"entry": "service", "handler": "work.handler", "description": "Works"}
arm = SinglePurposeFunction(stack, "Arm", **common)
x86 = SinglePurposeFunction(
    stack, "X86", architecture=lambda_.Architecture.X86_64, logging_format=lambda_.LoggingFormat.TEXT, **common
)
tuning = PowerTuning(
    stack, "Tuning", function=arm, other_architecture=x86, memory_sizes=[128, 512, 1024], invocations=2
)
CfnOutput(stack, "StateMachine", value=tuning.state_machine.state_machine_arn)
CfnOutput(stack, "Restoring", value=tuning.restoring_state_machine.state_machine_arn)
CfnOutput(stack, "Arm64", value=arm.function.function_name)
CfnOutput(stack, "X8664", value=x86.function.function_name)
app.synth()
"""
_SERVICE = """
import os
import time


def handler(event, context):
    memory = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
    if memory < 200:
        raise MemoryError("128 MB are too few.")
    print(f"It was invoked with {event['text']}.")
    time.sleep(0.1 * 1024 / memory)
    return event
"""


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """The deployed app."""

    stage: LocalStage
    outputs: Mapping[str, str]

    @property
    def workflows(self) -> SFNClient:
        return cast("SFNClient", self.stage.client("stepfunctions"))

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command as a person does, pointed at the stage by the environment alone."""
        environment = {**os.environ, **self.stage.environment_variables(), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, check=False, env=environment, timeout=300
        )

    def state(self) -> list[tuple[int, str, list[str]]]:
        """Give the memory, description and versions of both functions."""
        functions = self.stage.client("lambda")
        found: list[tuple[int, str, list[str]]] = []
        for output in ("Arm64", "X8664"):
            name = self.outputs[output]
            configuration = functions.get_function_configuration(FunctionName=name)
            versions = functions.list_versions_by_function(FunctionName=name)["Versions"]
            numbers = [version["Version"] for version in versions]
            found.append((configuration["MemorySize"], configuration["Description"], numbers))
        return found


def wait_for(condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def tuned(embedded_stage: LocalStage, tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    directory = tmp_path_factory.mktemp("app") / "tuned"
    (directory / "service").mkdir(parents=True)
    (directory / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    (directory / "app.py").write_text(_APP)
    (directory / "service" / "work.py").write_text(_SERVICE)
    assembly = embedded_stage.synthesize(directory, environment={"PYTHONPATH": str(ROOT)})
    return Tuned(stage=embedded_stage, outputs=embedded_stage.deploy(assembly).outputs["Tuned"])


BEFORE = [(512, "Works", ["$LATEST"])] * 2


def test_a_tuning_shows_figures_and_leaves_the_functions_as_they_were(tuned: Tuned, tmp_path: Path) -> None:
    payload, plot = tmp_path / "payload.json", tmp_path / "tuning.svg"
    payload.write_text(json.dumps({"text": "ö € 𝄞"}))
    machine = tuned.outputs["StateMachine"]
    assert tuned.state() == BEFORE
    shown = tuned.command(machine, "--apply", "--payload", str(payload), "--plot", str(plot), "--json")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    result = json.loads(shown.stdout)
    settings = {(each["architecture"], each["memory_size"]): each for each in result["settings"]}
    assert set(settings) == {(each, memory) for each in ("arm64", "x86_64") for memory in (128, 512, 1024)}
    for (_, memory), each in settings.items():
        if memory == 128:
            assert "128 MB are too few." in each["error"]
            continue
        assert each["error"] == ""
        assert len(each["billed"]) == 2
        # The function sleeps as long, and Lambda bills whole milliseconds.
        assert all(billed >= 0.1 * 1024 / memory * 1000 for billed in each["billed"])
        assert all(billed - duration < 1 for billed, duration in zip(each["billed"], each["durations"], strict=True))
        assert all(billed > init for billed, init in zip(each["cold_billed"], each["cold_init"], strict=True))
    assert result["fastest"]["memory_size"] == 1024
    assert result["cheapest"]["architecture"] == "arm64"
    assert "fastest" in plot.read_text()
    assert tuned.state() == BEFORE


def test_a_tuning_that_is_stopped_is_cleaned_up_after(tuned: Tuned) -> None:
    workflows = tuned.workflows
    execution = workflows.start_execution(
        stateMachineArn=tuned.outputs["StateMachine"], input=json.dumps({"payload": {"text": "stopped"}})
    )["executionArn"]
    wait_for(lambda: "Power tuning" in tuned.state()[0][1] and len(tuned.state()[0][2]) > 1)
    refused = tuned.command(tuned.outputs["StateMachine"], "--restore", "--apply")
    assert (refused.returncode, "runs: wait for its end" in refused.stderr) == (2, True)
    workflows.stop_execution(executionArn=execution)
    wait_for(lambda: tuned.state() == BEFORE)


def test_a_second_tuning_meanwhile_is_refused(tuned: Tuned) -> None:
    workflows = tuned.workflows
    started = [
        workflows.start_execution(
            stateMachineArn=tuned.outputs["StateMachine"],
            input=json.dumps({"payload": {"text": str(number)}, "memory_sizes": [256], "invocations": 1}),
        )["executionArn"]
        for number in range(2)
    ]
    wait_for(lambda: all(workflows.describe_execution(executionArn=each)["status"] != "RUNNING" for each in started))
    ended = [workflows.describe_execution(executionArn=each) for each in started]
    errors = [each["error"] for each in ended if each["status"] == "FAILED"]
    # The emulator goes on with the second function when the first one could not be had, so that both may lose one.
    assert errors
    # As it comes late, it finds the note of the other; as it comes at the same moment, it loses the race for it.
    assert set(errors) <= {"PowerTuning.TunedAlready", "PowerTuning.ChangedMeanwhile"}
    wait_for(lambda: tuned.state() == BEFORE)


def test_what_is_left_behind_can_be_put_back_by_hand(tuned: Tuned) -> None:
    functions = tuned.stage.client("lambda")
    name = tuned.outputs["Arm64"]
    note = "Power tuning 0123abcd: 256 MB for a moment, 512 MB before. Works"
    functions.update_function_configuration(FunctionName=name, MemorySize=256, Description=note)
    functions.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    functions.publish_version(FunctionName=name)
    restored = tuned.command(tuned.outputs["StateMachine"], "--restore", "--apply")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "1 versions were deleted" in restored.stdout
    assert tuned.state() == BEFORE
