"""Routes that are told apart, and routes that lead nowhere."""

from __future__ import annotations

import pytest
from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from best_practice_constructs import EnrichedEventBus, EventSource, ExistingEventBus, InvalidArgumentError
from best_practice_constructs.runtime.event_type import Event

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced(Event):
    """An order."""

    order_id: str


@orders.event
class OrderCancelled(Event):
    """An order that is not wanted any more."""

    order_id: str


def test_the_same_route_twice_is_refused(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus")
    queue = sqs.Queue(stack, "Q")
    bus.route(OrderPlaced, to=queue)
    bus.route(OrderCancelled, to=queue)
    with pytest.raises(InvalidArgumentError, match="a second route 'OnOrderPlaced' of the same events") as error:
        bus.route(OrderPlaced, to=queue)
    assert "each of them would arrive twice. Route it once." in str(error.value)


def test_different_routes_with_one_id_are_told_apart(stack: Stack) -> None:
    bus, other = EnrichedEventBus(stack, "Bus"), EnrichedEventBus(stack, "Other")
    queue = sqs.Queue(stack, "Q")
    bus.route(OrderPlaced.where(order_id__prefix="a"), to=queue)
    with pytest.raises(InvalidArgumentError, match="a route of other events below Stack/Q has that id") as error:
        bus.route(OrderPlaced.where(order_id__prefix="b"), to=queue)
    assert "Name this one, as in id='OnOrderPlacedOfAnotherKind'; or let one route take both" in str(error.value)
    assert "as in OrderPlaced.where(country=['DE', 'FR'])" in str(error.value)
    with pytest.raises(InvalidArgumentError, match="a route of another bus below Stack/Q has that id"):
        other.route(OrderPlaced.where(order_id__prefix="a"), to=queue)
    with pytest.raises(InvalidArgumentError, match="another part of Stack/Q has that id"):
        bus.route(OrderPlaced, to=queue, id="Resource")
    bus.route(OrderPlaced.where(order_id__prefix="b"), to=queue, id="OnB")
    other.route(OrderPlaced.where(order_id__prefix="a"), to=queue, id="OnOthers")
    Template.from_stack(stack).resource_count_is("AWS::Events::Rule", 3)


def test_no_route_leads_to_its_own_bus(stack: Stack) -> None:
    bus, other = EnrichedEventBus(stack, "Bus"), EnrichedEventBus(stack, "Other")
    itself = ExistingEventBus(stack, "Itself", event_bus=bus.bus)
    for target in (bus, bus.bus, itself):
        with pytest.raises(InvalidArgumentError, match="Stack/Bus: a route to itself cannot work"):
            bus.route(OrderPlaced, to=target)
    default = ExistingEventBus.default(stack, "Default")
    with pytest.raises(InvalidArgumentError, match="a route to itself"):
        default.route(OrderPlaced, to=events.EventBus.from_event_bus_name(stack, "Again", "default"))
    bus.route(OrderPlaced, to=other)
    other.route(OrderCancelled, to=bus)


def test_everything_is_logged_once(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus")
    bus.log_everything()
    with pytest.raises(InvalidArgumentError, match=r"Stack/Bus: a second log_everything\(\) cannot work"):
        bus.log_everything()
