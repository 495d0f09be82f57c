"""Who may publish to a bus, and how it is told which."""

from __future__ import annotations

from typing import cast

import pytest
from aws_cdk import Stack
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from best_practice_constructs import (
    AsyncFunctionConsumer,
    EnrichedEventBus,
    EventSource,
    ExistingEventBus,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    SinglePurposeFunction,
    StreamConsumer,
    TopicConsumer,
)
from best_practice_constructs.events.event_function import EventFunction
from best_practice_constructs.runtime.event_type import Event
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import resources_of_type

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced(Event):
    """An order."""

    order_id: str


@orders.event
class OrderCancelled(Event):
    """An order that is not wanted any more."""

    order_id: str


def _bus(stack: Stack, id: str = "Bus") -> EnrichedEventBus:
    return EnrichedEventBus(stack, id, archive=False, log_errors=False)


def _function(stack: Stack) -> SinglePurposeFunction:
    return SinglePurposeFunction(stack, "Publisher", entry=ENTRY, handler=HANDLER)


def _publisher(stack: Stack, kind: str) -> EventFunction:
    if kind == "stream":
        start = lambda_.StartingPosition.TRIM_HORIZON
        stream = kinesis.Stream(stack, "Stream")
        return StreamConsumer(stack, "Publisher", stream=stream, starting_position=start, entry=ENTRY, handler=HANDLER)
    if kind == "topic":
        return TopicConsumer(stack, "Publisher", topic=sns.Topic(stack, "Topic"), entry=ENTRY, handler=HANDLER)
    if kind == "queue":
        return IdempotentQueueConsumer(stack, "Publisher", entry=ENTRY, handler=HANDLER)
    if kind == "async":
        return AsyncFunctionConsumer(stack, "Publisher", entry=ENTRY, handler=HANDLER)
    return _function(stack)


def _variables(stack: Stack) -> dict[str, object]:
    functions = resources_of_type(Template.from_stack(stack), "AWS::Lambda::Function")
    (function,) = [function for name, function in functions.items() if name.startswith("Publisher")]
    return cast("dict[str, dict[str, object]]", function["Environment"])["Variables"]


@pytest.mark.parametrize("kind", ["function", "queue", "stream", "topic", "async"])
def test_every_consumer_may_publish(stack: Stack, kind: str) -> None:
    bus = _bus(stack)
    bus.add_publisher(_publisher(stack, kind), OrderPlaced)
    template = Template.from_stack(stack)
    (name,) = resources_of_type(template, "AWS::Events::EventBus")
    assert _variables(stack)["EVENT_BUS_NAME"] == {"Ref": name}
    assert [publication.event.type for publication in bus.publications] == [OrderPlaced]
    policies = resources_of_type(template, "AWS::IAM::Policy")
    (allowed,) = [policy for policy in policies.values() if "events:PutEvents" in str(policy)]
    assert {"Fn::GetAtt": [name, "Arn"]} in [
        statement["Resource"]
        for statement in cast("dict[str, list[dict[str, object]]]", allowed["PolicyDocument"])["Statement"]
    ]


def test_what_has_no_function_is_refused_and_nothing_done(stack: Stack) -> None:
    bus = _bus(stack)
    with pytest.raises(InvalidArgumentError, match="which is no function") as error:
        bus.add_publisher(cast("EventFunction", sqs.Queue(stack, "Q")), OrderPlaced)
    assert str(error.value).startswith("Stack/Bus: ")
    assert not bus.publications


def test_a_second_bus_is_not_written_over_the_first(stack: Stack) -> None:
    first, second, function = _bus(stack), _bus(stack, "Second"), _function(stack)
    first.add_publisher(function, OrderPlaced)
    first.add_publisher(function, OrderCancelled)
    ExistingEventBus(stack, "Same", event_bus=first.bus).add_publisher(function)
    with pytest.raises(InvalidArgumentError, match="a second value of EVENT_BUS_NAME for Stack/Publisher") as error:
        second.add_publisher(function, OrderPlaced)
    assert "Pass environment_variable='SECOND_BUS_NAME'" in str(error.value)
    assert not second.publications
    second.add_publisher(function, OrderPlaced, environment_variable="SECOND_BUS_NAME")
    names = resources_of_type(Template.from_stack(stack), "AWS::Events::EventBus")
    variables = _variables(stack)
    assert [variables[name] for name in ("EVENT_BUS_NAME", "SECOND_BUS_NAME")] == [{"Ref": name} for name in names]


def test_a_bus_that_the_function_names_already_stays(stack: Stack) -> None:
    function = SinglePurposeFunction(
        stack, "Publisher", entry=ENTRY, handler=HANDLER, environment={"EVENT_BUS_NAME": "default"}
    )
    with pytest.raises(InvalidArgumentError, match="it names a bus already"):
        _bus(stack).add_publisher(function)
