"""The usual shapes of definitions: sagas, callbacks, distributed maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs import SagaStep, ServiceWorkflow, callback_task, distributed_map, saga_states
from best_practice_constructs.workflows.definition_checks import definition_problems
from tests.unit.workflows.support import machine

TASK: dict[str, object] = {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "Arguments": {}}
WAIT = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}}
ENDS = {"Done": {"Type": "Succeed"}, "Undone": {"Type": "Fail", "Error": "Undone"}}


def _ways(states: Mapping[str, Mapping[str, Any]], start: str) -> list[str]:
    """Give the states by ``Next`` from one to the end."""
    names = [start]
    while (following := states.get(names[-1], {}).get("Next")) is not None:
        names.append(following)
    return names


class TestSaga:
    def test_steps_are_undone_in_reverse(self) -> None:
        steps = [SagaStep(name=name, task=TASK, compensation=TASK) for name in ("Reserve", "Charge", "Ship")]
        states = saga_states(steps, then="Done", otherwise="Undone")
        assert _ways(states, "Reserve") == ["Reserve", "Charge", "Ship", "Done"]
        (catcher,) = cast("list[dict[str, Any]]", states["Ship"]["Catch"])
        # The answer of a step may be lost, and its effect there.
        assert _ways(states, catcher["Next"]) == ["UndoShip", "UndoCharge", "UndoReserve", "Undone"]
        assert catcher["ErrorEquals"] == ["States.ALL"]
        assert catcher["Assign"]["failure"]["State"] == "Ship"
        assert catcher["Output"] == states["Ship"]["Output"] == "{% $states.input %}"

    def test_a_step_without_compensation_undoes_those_before(self) -> None:
        steps = [SagaStep(name="Reserve", task=TASK, compensation=TASK), SagaStep(name="Charge", task=TASK)]
        states = saga_states(steps, then="Done", otherwise="Undone")
        assert cast("list[dict[str, Any]]", states["Charge"]["Catch"])[-1]["Next"] == "UndoReserve"

    def test_own_catchers_come_first(self) -> None:
        own = {"ErrorEquals": ["AlreadyDone"], "Next": "Done"}
        states = saga_states([SagaStep(name="Reserve", task={**TASK, "Catch": [own]})], then="Done", otherwise="Undone")
        first, last = cast("list[dict[str, Any]]", states["Reserve"]["Catch"])
        assert (first, last["Next"]) == (own, "Undone")
        assert "Catch" in states["Reserve"]
        assert "Catch" not in TASK

    @given(has_compensation=st.lists(st.booleans(), min_size=1, max_size=8))
    def test_every_saga_is_a_definition_and_undoes_what_it_did(self, has_compensation: list[bool]) -> None:
        steps = [
            SagaStep(name=f"Step{index}", task=TASK, compensation=TASK if undone else None)
            for index, undone in enumerate(has_compensation)
        ]
        states = saga_states(steps, then="Done", otherwise="Undone")
        assert definition_problems(machine({**states, **ENDS})) == []
        for index, step in enumerate(steps):
            (catcher,) = cast("list[dict[str, Any]]", states[step.name]["Catch"])
            expected = [each.undo for each in reversed(steps[: index + 1]) if each.undo]
            assert _ways(states, catcher["Next"]) == [*expected, "Undone"]

    @pytest.mark.parametrize(
        ("steps", "said"),
        [
            ([], "at least one SagaStep"),
            ([SagaStep(name="A", task={**TASK, "End": True})], "says 'End'"),
            ([SagaStep(name="A", task=TASK), SagaStep(name="A", task=TASK)], "called 'A'"),
            ([SagaStep(name="A", task=TASK, compensation=TASK, compensation_name="A")], "called 'A'"),
        ],
    )
    def test_what_is_no_saga(self, steps: list[SagaStep], said: str) -> None:
        with pytest.raises(ValueError, match=said):
            saga_states(steps, then="Done", otherwise="Undone")


class TestCallback:
    def test_it_tells_its_token_and_waits_no_longer_than_it_is_told(self, stack: Stack) -> None:
        ask = callback_task(
            {"id": "{% $states.input.id %}"}, queue="Asked", timeout=Duration.hours(2), heartbeat=Duration.minutes(5)
        )
        assert (ask["TimeoutSeconds"], ask["HeartbeatSeconds"]) == (7200, 300)
        workflow = ServiceWorkflow(
            stack,
            "Workflow",
            definition=machine({"Ask": ask}),
            definition_substitutions={"Asked": sqs.Queue(stack, "Asked")},
        )
        kept = cast("Mapping[str, Any]", workflow.definition["States"])["Ask"]
        assert kept["Arguments"]["MessageBody"]["token"] == "{% $states.context.Task.Token %}"
        # It is not asked a second time because the answer is late.
        assert not any("States.Timeout" in each["ErrorEquals"] for each in kept["Retry"])

    @pytest.mark.parametrize(
        ("timeout", "heartbeat"),
        [(Duration.days(366), None), (Duration.seconds(5), Duration.seconds(5))],
    )
    def test_times_that_cannot_be(self, timeout: Duration, heartbeat: Duration | None) -> None:
        with pytest.raises(ValueError, match="a task waits a second to a year"):
            callback_task({}, queue="Asked", timeout=timeout, heartbeat=heartbeat)

    def test_the_token_has_its_place(self) -> None:
        with pytest.raises(ValueError, match="has a 'token' already"):
            callback_task({"token": 1}, queue="Asked", timeout=Duration.seconds(5))


class TestDistributedMap:
    def test_a_file_is_read_in_batches_and_results_are_written(self, stack: Stack) -> None:
        each = distributed_map(
            WAIT,
            bucket="Uploads",
            key="{% $states.input.key %}",
            input_type="CSV",
            items_per_batch=100,
            tolerated_failure_percentage=5,
            results_bucket="Results",
            label="EachOrder",
        )
        bucket = s3.Bucket(stack, "Bucket")
        ServiceWorkflow(
            stack,
            "Workflow",
            definition=machine({"Each": each}),
            definition_substitutions={"Uploads": bucket, "Results": bucket},
        )
        reader = cast("Mapping[str, Any]", each["ItemReader"])
        assert reader["ReaderConfig"] == {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}
        assert each["ItemBatcher"] == {"MaxItemsPerBatch": 100}
        assert (each["MaxConcurrency"], each["ToleratedFailurePercentage"]) == (40, 5)
        text = str(Template.from_stack(stack).to_json())
        assert "s3:PutObject" in text
        assert "states:RedriveExecution" in text

    def test_items_of_the_input(self, stack: Stack) -> None:
        each = distributed_map(WAIT, items="{% $states.input %}", is_express=False, next="Done")
        definition = machine({"Each": each, "Done": {"Type": "Succeed"}})
        ServiceWorkflow(stack, "Workflow", definition=definition)
        assert cast("Mapping[str, Any]", each["ItemProcessor"])["ProcessorConfig"]["ExecutionType"] == "STANDARD"

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({}, "from one place"),
            ({"items": "{% 1 %}", "bucket": "B", "key": "k"}, "from one place"),
            ({"bucket": "B"}, "from one place"),
            ({"items": "{% 1 %}", "max_concurrency": 0}, "max_concurrency=0"),
            ({"items": "{% 1 %}", "items_per_batch": 0}, "items_per_batch=0"),
            ({"items": "{% 1 %}", "tolerated_failure_percentage": 101}, "0 to 100"),
            ({"items": "{% 1 %}", "label": "a b"}, "label='a b'"),
        ],
    )
    def test_what_is_no_map(self, options: dict[str, object], said: str) -> None:
        with pytest.raises(ValueError, match=said):
            distributed_map(WAIT, **options)  # type: ignore[arg-type] # the options of each case
