"""The command that runs a power tuning: what it shows, draws and puts back, and how it ends."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from best_practice_constructs.operations import tuning_execution
from best_practice_constructs.operations.lambda_prices import LambdaPrices
from best_practice_constructs.operations.power_tuning import main
from tests.unit.workflows.tuning.faulty_lambda import FUNCTION, TWIN, FaultyLambda
from tests.unit.workflows.tuning.states_language import Execution
from tests.unit.workflows.tuning.tuned import tune, tuning

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:Tuning"
RESTORING = "arn:aws:states:eu-west-1:111122223333:stateMachine:Restoring"
EXECUTION = "arn:aws:states:eu-west-1:111122223333:execution:Tuning:one"
AGAIN = "arn:aws:states:eu-west-1:111122223333:execution:Restoring:two"
WHEN = "2026-11-24T12:00:00Z"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning_execution, "_POLL_SECONDS", 0)


@pytest.fixture
def workflows() -> SFNClient:
    return boto3.client("stepfunctions", region_name="eu-west-1", aws_access_key_id="k", aws_secret_access_key="s")


@pytest.fixture
def stub(workflows: SFNClient) -> Iterator[Stubber]:
    with Stubber(workflows) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture(scope="module")
def output() -> str:
    """What a tuning of two functions gives, where 128 MB are too few."""
    function = FaultyLambda(functions={FUNCTION: "arm64", TWIN: "x86_64"}, fails_below=200)
    return json.dumps(tune(function, functions=(FUNCTION, TWIN)))


def _definition() -> str:
    text = json.dumps(tuning((FUNCTION,)))
    return text.replace('"restoring": "restoring"', f'"restoring": "{RESTORING}"')


def _described(stub: Stubber) -> None:
    answer = {
        "stateMachineArn": MACHINE,
        "name": "Tuning",
        "definition": _definition(),
        "roleArn": "arn:aws:iam::111122223333:role/Tuning",
        "type": "STANDARD",
        "creationDate": WHEN,
    }
    stub.add_response("describe_state_machine", answer, {"stateMachineArn": MACHINE})


def _ended(stub: Stubber, status: str, *, arn: str = EXECUTION, **others: str) -> None:
    for now in ("RUNNING", status):
        answer = {
            "executionArn": arn,
            "stateMachineArn": MACHINE,
            "status": now,
            "startDate": WHEN,
            **(others if now == status else {}),
        }
        stub.add_response("describe_execution", answer, {"executionArn": arn})


def _started(stub: Stubber, machine: str, given: object, *, arn: str = EXECUTION) -> None:
    stub.add_response(
        "start_execution",
        {"executionArn": arn, "startDate": WHEN},
        {"stateMachineArn": machine, "input": json.dumps(given)},
    )


def _run(workflows: SFNClient, *arguments: str) -> tuple[int, str, str]:
    said, notes = io.StringIO(), io.StringIO()
    status = main(arguments, workflows=workflows, output=said, notes=notes)
    return status, said.getvalue(), notes.getvalue()


def test_without_apply_nothing_is_done(workflows: SFNClient, stub: Stubber) -> None:
    _described(stub)
    status, said, _ = _run(workflows, MACHINE, "--memory-sizes", "128,512")
    assert status == 0
    assert FUNCTION in said
    assert '{"memory_sizes": [128, 512]}' in said
    assert "add --apply" in said


def test_with_apply_the_figures_are_shown(workflows: SFNClient, stub: Stubber, output: str, tmp_path: Path) -> None:
    payload = tmp_path / "payload.json"
    payload.write_text('{"order_id": "1"}')
    _described(stub)
    _started(stub, MACHINE, {"invocations": 9, "parallel": 2, "balance": 0.7, "payload": {"order_id": "1"}})
    _ended(stub, "SUCCEEDED", output=output)
    options = ("--apply", "--invocations", "9", "--parallel", "2", "--balance", "0.7", "--payload", str(payload))
    status, said, notes = _run(workflows, MACHINE, *options)
    assert status == 0
    assert EXECUTION in notes
    lines = said.splitlines()
    (fastest,) = (line for line in lines if "fastest" in line)
    assert "1,024 MB" in fastest
    assert "arm64" in fastest
    assert sum("failed" in line for line in lines) == 2
    assert any("Runtime.OutOfMemory" in line for line in lines)
    assert "Prices of 2026-09-19" in said


@pytest.mark.parametrize(
    ("ended", "exit_status", "said"),
    [
        (("FAILED", {"error": "PowerTuning.Refused", "cause": "memory_sizes are"}), 2, "memory_sizes are"),
        (("FAILED", {"error": "PowerTuning.ChangedMeanwhile", "cause": "by somebody"}), 1, "by somebody"),
        (("TIMED_OUT", {}), 1, "timed out"),
        (("ABORTED", {}), 1, "aborted: it was ended from outside"),
    ],
)
def test_a_tuning_that_does_not_come_to_its_end_says_why(
    workflows: SFNClient, stub: Stubber, ended: tuple[str, dict[str, str]], exit_status: int, said: str
) -> None:
    _described(stub)
    _started(stub, MACHINE, {})
    status, others = ended
    _ended(stub, status, **others)
    found, _, notes = _run(workflows, MACHINE, "--apply")
    assert (found, said in notes) == (exit_status, True)


def test_a_tuning_of_before_is_shown_and_drawn(
    workflows: SFNClient, stub: Stubber, output: str, tmp_path: Path
) -> None:
    _ended(stub, "SUCCEEDED", output=output)
    files = [tmp_path / name for name in ("one.svg", "two.svg", "three.png")]
    plots = [part for file in files for part in ("--plot", str(file))]
    status, said, _ = _run(workflows, "--execution", EXECUTION, *plots)
    assert status == 0
    assert said.count("Drawn in") == 3
    one, two, three = (file.read_bytes() for file in files)
    assert one == two, "the same figures give the same file"
    assert three.startswith(b"\x89PNG")
    text = one.decode()
    for part in ("arm64", "x86_64", "512 MB", "fastest: 1,024 MB, arm64", "2026-09-19", "cost of a million"):
        assert part in text
    assert "128 MB" not in text.replace("1,128 MB", ""), "it failed there"


def test_other_prices_change_costs_and_choices(workflows: SFNClient, output: str, tmp_path: Path) -> None:
    prices = LambdaPrices(arm64=0.001, x86_64=0.00001, request=0, as_of="2026-11-01", source="our contract")
    file, result = tmp_path / "prices.json", tmp_path / "result.json"
    file.write_text(json.dumps(prices.to_json()))
    result.write_text(output)
    status, said, _ = _run(workflows, "--result", str(result), "--prices", str(file), "--json")
    assert status == 0
    found: dict[str, Any] = json.loads(said)
    assert found["prices"] == prices.to_json()
    assert found["cheapest"]["architecture"] == "x86_64"
    (row,) = (each for each in found["settings"] if (each["architecture"], each["memory_size"]) == ("x86_64", 512))
    assert row["cost"] == pytest.approx(1e6 * 0.5 * 0.1 * 0.00001)


def test_without_other_prices_the_figures_are_those_of_the_workflow(
    workflows: SFNClient, output: str, tmp_path: Path
) -> None:
    result = tmp_path / "result.json"
    result.write_text(output)
    _, said, _ = _run(workflows, "--result", str(result), "--json")
    ours, theirs = json.loads(said), json.loads(output)
    assert [each.get("cost") for each in ours["settings"]] == pytest.approx(
        [each.get("cost") for each in theirs["settings"]]
    )
    for choice in ("cheapest", "fastest", "balanced"):
        assert ours[choice]["memory_size"] == theirs[choice]["memory_size"]


@pytest.mark.parametrize("named", [None, EXECUTION])
def test_what_was_left_behind_is_put_back(workflows: SFNClient, stub: Stubber, named: str | None) -> None:
    _described(stub)
    running = {"stateMachineArn": MACHINE, "statusFilter": "RUNNING", "maxResults": 1}
    stub.add_response("list_executions", {"executions": []}, running)
    _started(stub, RESTORING, {"execution_arn": named} if named else {}, arn=AGAIN)
    _ended(stub, "SUCCEEDED", arn=AGAIN, output='{"deleted_versions": 3}')
    options = ("--restore", named) if named else ("--restore",)
    status, said, _ = _run(workflows, MACHINE, *options, "--apply")
    assert (status, "3 versions were deleted" in said) == (0, True)


def test_nothing_is_put_back_without_apply(workflows: SFNClient, stub: Stubber) -> None:
    _described(stub)
    status, said, _ = _run(workflows, MACHINE, "--restore")
    assert (status, "add --apply" in said) == (0, True)


def test_nothing_is_put_back_while_a_tuning_runs(workflows: SFNClient, stub: Stubber) -> None:
    _described(stub)
    execution = {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "name": "one",
        "status": "RUNNING",
        "startDate": WHEN,
    }
    stub.add_response("list_executions", {"executions": [execution]})
    status, _, notes = _run(workflows, MACHINE, "--restore", "--apply")
    assert status == 2
    assert f"{EXECUTION} runs" in notes


def test_what_cannot_be_put_back_says_why(workflows: SFNClient, stub: Stubber) -> None:
    _described(stub)
    stub.add_response("list_executions", {"executions": []})
    _started(stub, RESTORING, {}, arn=AGAIN)
    _ended(stub, "FAILED", arn=AGAIN, error="PowerTuning.NotRestored", cause="it changes all the time")
    status, _, notes = _run(workflows, MACHINE, "--restore", "--apply")
    assert (status, "it changes all the time" in notes, AGAIN in notes) == (1, True, True)


def test_a_state_machine_of_something_else_is_refused(workflows: SFNClient, stub: Stubber) -> None:
    answer = {
        "stateMachineArn": MACHINE,
        "name": "Other",
        "definition": '{"States": {}}',
        "roleArn": "arn:aws:iam::111122223333:role/Other",
        "type": "STANDARD",
        "creationDate": WHEN,
    }
    stub.add_response("describe_state_machine", answer)
    status, _, notes = _run(workflows, MACHINE)
    assert (status, "no state machine of a PowerTuning" in notes) == (2, True)


@pytest.mark.parametrize("error", ["StateMachineDoesNotExist", "InvalidArn"])
def test_a_state_machine_that_is_not_there_is_refused(workflows: SFNClient, stub: Stubber, error: str) -> None:
    stub.add_client_error("describe_state_machine", error)
    status, _, notes = _run(workflows, MACHINE)
    assert (status, "There is no state machine" in notes) == (2, True)


def test_an_execution_that_is_not_there_is_refused(workflows: SFNClient, stub: Stubber) -> None:
    stub.add_client_error("describe_execution", "ExecutionDoesNotExist")
    status, _, notes = _run(workflows, "--execution", EXECUTION)
    assert (status, "There is no execution" in notes) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Pass one of these"),
        ((MACHINE, "--execution", EXECUTION), "Pass one of these"),
        ((MACHINE, "--plot", "tuning.pdf"), "no PNG or SVG"),
        ((MACHINE, "--prices", "nowhere.json"), "prices cannot be read"),
        (("--result", "nowhere.json"), "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything(
    workflows: SFNClient, stub: Stubber, arguments: tuple[str, ...], said: str
) -> None:
    status, _, notes = _run(workflows, *arguments)
    assert (status, said in notes) == (2, True), notes


def test_what_is_no_result_is_told(workflows: SFNClient, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text('{"settings": []}')
    status, _, notes = _run(workflows, "--result", str(result))
    assert (status, "no output of a power tuning" in notes) == (2, True)


def test_the_definition_says_where_to_restore() -> None:
    assert json.loads(_definition())["States"]["Plan"]["Assign"]["restoring"] == RESTORING
    assert Execution(tuning(), call=FaultyLambda()).arn.endswith("an-execution")
