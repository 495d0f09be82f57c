"""The embedded stage runs an app of someone who knows nothing of this library, and ends without a trace."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from best_practice_constructs.local import (
    Deployment,
    EmulatorDiedError,
    EmulatorStartError,
    LocalStage,
    StackChange,
    StackDeploymentError,
)
from tests.end_to_end.local_stage_app import write_app

pytestmark = pytest.mark.end_to_end


def wait_for(condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def app_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_app(tmp_path_factory.mktemp("app") / "orders")


@pytest.fixture(scope="module")
def stage() -> Iterator[LocalStage]:
    with LocalStage() as running:
        yield running


@pytest.fixture(scope="module")
def assembly(stage: LocalStage, app_directory: Path) -> Path:
    return stage.synthesize(app_directory)


@pytest.fixture(scope="module")
def deployment(stage: LocalStage, assembly: Path) -> Deployment:
    return stage.deploy(assembly)


def send(stage: LocalStage, deployment: Deployment, order: dict[str, object]) -> None:
    stage.client("sqs").send_message(QueueUrl=deployment.outputs["Code"]["QueueUrl"], MessageBody=json.dumps(order))


def stored(stage: LocalStage, deployment: Deployment, order_id: str) -> dict[str, str] | None:
    table = deployment.stacks["Data"].physical_id("Table")
    item = stage.client("dynamodb").get_item(TableName=table, Key={"id": {"S": order_id}}, ConsistentRead=True)
    return {key: value.get("S", "") for key, value in item["Item"].items()} if "Item" in item else None


def test_messages_flow_through_a_handler_of_another_architecture_and_python(
    stage: LocalStage, deployment: Deployment
) -> None:
    send(stage, deployment, {"id": "first"})
    wait_for(lambda: stored(stage, deployment, "first") is not None)
    configuration = stage.client("lambda").get_function_configuration(
        FunctionName=deployment.stacks["Code"].physical_id("Consumer")
    )
    assert (configuration["Architectures"], configuration["Runtime"]) == (["arm64"], "python3.13")


def test_what_was_left_out_is_told_with_what_stands_in_its_place(stage: LocalStage, deployment: Deployment) -> None:
    assert [(entry.path, entry.resource_type) for entry in deployment.omitted] == [("Code/Group", "AWS::XRay::Group")]
    assert "GroupArn" not in deployment.outputs["Code"]
    replaced = {entry.location.rpartition(".")[2]: entry.replacement for entry in deployment.replaced}
    assert replaced["GroupArn"] is None
    assert str(replaced["GROUP"]).startswith("arn:aws:omitted:")
    send(stage, deployment, {"id": "placeholder"})
    wait_for(lambda: stored(stage, deployment, "placeholder") is not None)
    item = stored(stage, deployment, "placeholder")
    assert item is not None
    assert item["group"] == replaced["GROUP"]


def test_what_cloudformation_drops_is_made_through_its_service(stage: LocalStage, deployment: Deployment) -> None:
    assert {entry.path for entry in deployment.supplied} == {"Data/Table/Resource", "Code/Bus/Archive/Archive"}
    (archive,) = stage.client("events").list_archives()["Archives"]
    assert archive.get("EventSourceArn", "").endswith(deployment.stacks["Code"].physical_id("Bus"))
    table = deployment.stacks["Data"].physical_id("Table")
    expiry = stage.client("dynamodb").describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiration"}


def test_log_lines_of_a_function_can_be_read(stage: LocalStage, deployment: Deployment) -> None:
    send(stage, deployment, {"id": "logged"})
    function = deployment.stacks["Code"].physical_id("Consumer")
    wait_for(lambda: bool(stage.logs(function, contains='"stored": "logged"')))
    assert any(line.message.startswith("REPORT") for line in stage.logs(function))


def test_a_killed_worker_loses_no_message(stage: LocalStage, deployment: Deployment) -> None:
    function = deployment.stacks["Code"].physical_id("Consumer")
    send(stage, deployment, {"id": "interrupted", "seconds": 1.5})
    wait_for(lambda: bool(stage.worker_pids(function=function)))
    time.sleep(0.7)
    killed = stage.kill_workers(function=function)
    assert killed
    assert stage.kill_workers(function="another") == ()
    assert stored(stage, deployment, "interrupted") is None
    wait_for(lambda: stored(stage, deployment, "interrupted") is not None)
    assert not set(killed) & set(stage.worker_pids())


def test_deploying_again_changes_what_changed_and_nothing_else(
    stage: LocalStage, deployment: Deployment, assembly: Path, app_directory: Path
) -> None:
    same = stage.deploy(assembly)
    assert {name: stack.change for name, stack in same.stacks.items()} == {
        "Data": StackChange.UNCHANGED,
        "Code": StackChange.UNCHANGED,
    }
    changed = stage.deploy(stage.synthesize(app_directory, context={"greeting": "good day"}))
    assert {name: stack.change for name, stack in changed.stacks.items()} == {
        "Data": StackChange.UNCHANGED,
        "Code": StackChange.UPDATED,
    }
    assert dict(changed.stacks["Code"].resources) == dict(deployment.stacks["Code"].resources)
    send(stage, deployment, {"id": "updated"})
    wait_for(lambda: stored(stage, deployment, "updated") is not None)
    item = stored(stage, deployment, "updated")
    assert item is not None
    assert item["greeting"] == "good day"


def test_a_stack_that_fails_names_the_resource_and_the_reason_and_can_be_mended(
    stage: LocalStage, assembly: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "t.json", "stackName": "Broken"},
    }
    (broken / "manifest.json").write_text(json.dumps({"artifacts": {"Broken": artifact}}))
    properties = {"FunctionName": "nothing-of-this-name", "Qualifier": "$LATEST"}
    retries = {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": properties}
    queue = {"Type": "AWS::SQS::Queue"}
    (broken / "t.json").write_text(json.dumps({"Resources": {"Retries": retries, "Queue": queue}}))
    with pytest.raises(StackDeploymentError) as failure:
        stage.deploy(broken)
    assert (failure.value.stack_name, failure.value.logical_id) == ("Broken", "Retries")
    assert "nothing-of-this-name" in failure.value.reason
    (broken / "t.json").write_text(json.dumps({"Resources": {"Queue": queue}}))
    assert stage.deploy(broken).stacks["Broken"].change == StackChange.CREATED


def test_with_iam_enforced_a_handler_may_do_what_its_role_allows_and_no_more(assembly: Path) -> None:
    with LocalStage(enforce_iam=True) as stage:
        deployment = stage.deploy(assembly)
        function = deployment.stacks["Code"].physical_id("Consumer")
        send(stage, deployment, {"id": "allowed"})
        wait_for(lambda: stored(stage, deployment, "allowed") is not None)
        send(stage, deployment, {"id": "denied", "read": True})
        wait_for(lambda: bool(stage.logs(function, contains="AccessDenied")))
        (line, *_) = stage.logs(function, contains="AccessDenied")
        assert "dynamodb:GetItem" in line.message
        assert stored(stage, deployment, "denied") is None


def test_a_port_that_is_taken_is_told_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmulatorStartError, match=rf"^Port {port} on 127\.0\.0\.1 is already in use: .*\.$"):
            LocalStage(port=port).start()


def test_an_emulator_that_dies_is_noticed_and_told_with_the_end_of_its_log(assembly: Path) -> None:
    with LocalStage() as stage:
        stage.client("sqs").create_queue(QueueName="orders")
        os.kill(stage.emulator_pid, signal.SIGKILL)
        wait_for(lambda: not _is_alive(stage.emulator_pid))
        with pytest.raises(EmulatorDiedError, match=r"ended by itself \(killed by SIGKILL\)\. The end of its log:\n"):
            stage.deploy(assembly)


def test_nothing_is_left_of_a_stage_that_was_stopped(assembly: Path) -> None:
    with LocalStage() as stage:
        deployment = stage.deploy(assembly)
        send(stage, deployment, {"id": "busy", "seconds": 20})
        wait_for(lambda: bool(stage.worker_pids()))
        processes = (stage.emulator_pid, *stage.worker_pids())
        directory = stage.working_directory
        assert list(directory.rglob("_worker.py"))
    assert not directory.exists()
    wait_for(lambda: not any(_is_alive(pid) for pid in processes), seconds=5)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
