from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

import jsonata
import pytest
from aws_cdk import Stack
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk.assertions import Template
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs import (
    EnrichedEventBus,
    EventSource,
    InvalidArgumentError,
    ServiceWorkflow,
    WorkflowStarter,
)
from best_practice_constructs.workflows.workflow_starter import execution_name_expression
from tests.unit.helpers.templates import resources_of_type, statements_of_role
from tests.unit.workflows.support import MACHINE, definition_in, machine, state_in

EXPRESS = stepfunctions.StateMachineType.EXPRESS
orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced:
    """An order is there."""

    order_id: str


def workflow_of(
    stack: Stack, id: str = "Ship", kind: stepfunctions.StateMachineType = stepfunctions.StateMachineType.STANDARD
) -> ServiceWorkflow:
    wait = {"Type": "Wait", "Seconds": 1, "End": True}
    return ServiceWorkflow(stack, id, definition=machine({"Wait": wait}), state_machine_type=kind)


def _name(template: Template, resource_type: str, part: str) -> str:
    (name,) = [name for name in resources_of_type(template, resource_type) if part in name]
    return name


def test_events_start_a_workflow_through_its_starter(stack: Stack) -> None:
    workflow = workflow_of(stack)
    route = EnrichedEventBus(stack, "Bus", log_errors=False).route(OrderPlaced, to=workflow)
    template = Template.from_stack(stack)
    rule = next(
        each
        for name, each in resources_of_type(template, "AWS::Events::Rule").items()
        if name.startswith("ShipOnOrderPlaced")
    )
    (target,) = cast("list[Mapping[str, object]]", rule["Targets"])
    starter = _name(template, MACHINE, "Starter")
    assert target["Arn"] == {"Ref": starter}
    assert route.role is not None
    role = _name(template, "AWS::IAM::Role", "ShipOnOrderPlaced")
    assert statements_of_role(template, role) == {
        ("Allow", ("states:StartExecution",), (json.dumps({"Ref": starter}),))
    }


def test_the_starter_names_the_execution_and_takes_a_second_start_for_done(stack: Stack) -> None:
    workflow = workflow_of(stack)
    starter = WorkflowStarter(stack, "Once", workflow=workflow, execution_name="detail.data.order_id")
    template = Template.from_stack(stack)
    definition = definition_in(template, "Once")
    start = state_in(definition, "Start")
    arguments = cast("Mapping[str, str]", start["Arguments"])
    assert arguments["StateMachineArn"] == "${Workflow}"
    assert "$states.input.detail.data.order_id" in arguments["Name"]
    assert arguments["Input"] == "{% $states.input %}"
    exists, everything = cast("list[Mapping[str, object]]", start["Catch"])
    assert exists["Next"] == "StartedBefore"
    assert "StepFunctions.ExecutionAlreadyExistsException" in cast("list[str]", exists["ErrorEquals"])
    assert everything["Next"] == "TellFailure"
    never, _ = cast("list[Mapping[str, object]]", start["Retry"])
    assert set(cast("list[str]", exists["ErrorEquals"])) <= set(cast("list[str]", never["ErrorEquals"]))
    assert starter.starting.failures_queue is workflow.failures_queue
    # One queue with its alarm for both.
    assert len([name for name in resources_of_type(template, "AWS::SQS::Queue") if "DeadLetters" not in name]) == 1


def test_two_events_share_one_starter(stack: Stack) -> None:
    workflow = workflow_of(stack)
    bus = EnrichedEventBus(stack, "Bus", log_errors=False)
    bus.route(OrderPlaced, to=workflow)
    bus.route({"source": ["com.example.carrier"]}, to=workflow)
    assert len(resources_of_type(Template.from_stack(stack), MACHINE)) == 2


def test_an_express_workflow_is_started_directly(stack: Stack) -> None:
    workflow = workflow_of(stack, kind=EXPRESS)
    EnrichedEventBus(stack, "Bus", log_errors=False).route(OrderPlaced, to=workflow)
    template = Template.from_stack(stack)
    assert len(resources_of_type(template, MACHINE)) == 1
    with pytest.raises(InvalidArgumentError, match="does not tell its executions apart"):
        workflow.starter  # noqa: B018 -- it is made when it is asked for


@pytest.mark.parametrize("place", ["", "detail..id", "$.detail.id", "detail.id'"])
def test_a_name_has_a_place(stack: Stack, place: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"write names with dots|Write names with dots"):
        WorkflowStarter(stack, "Once", workflow=workflow_of(stack), execution_name=place)


@given(key=st.one_of(st.text(min_size=1, max_size=200), st.integers(), st.uuids().map(str)))
def test_every_key_is_a_name_that_step_functions_takes(key: object) -> None:
    name = _evaluated(key)
    assert 1 <= len(name) <= 80
    assert all(character.isascii() and (character.isalnum() or character in "-_") for character in name)
    assert name == _evaluated(key)


def test_a_key_that_is_a_name_stays_readable() -> None:
    assert _evaluated("order_17-B") == "order_17-B"
    assert _evaluated("order 17") != _evaluated("order_17")


def _evaluated(key: object) -> str:
    expression = jsonata.Jsonata(execution_name_expression("detail.id"))
    # What Step Functions adds to JSONata.
    expression.register_lambda("hash", _hash)
    states = {"input": {"detail": {"id": key}}}
    return str(expression.evaluate(None, _frame(expression, states)))


def _hash(text: str, algorithm: str) -> str:
    import hashlib

    assert algorithm == "SHA-256"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _frame(expression: jsonata.Jsonata, states: object) -> object:
    frame = expression.create_frame()
    frame.bind("states", states)
    return frame
