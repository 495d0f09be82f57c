"""Where a route lives: below its target, or below its bus where the target is in another account or region (S5, E5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.event_bus_entrance import check_bus_is_named
from best_practice_constructs.events.route_environment import (
    described,
    environment_of,
    is_elsewhere,
    stack_environment,
)
from best_practice_constructs.events.route_target import is_bus

if TYPE_CHECKING:
    from best_practice_constructs.events.routed_event_bus import RoutedEventBus


def route_scope(
    bus: RoutedEventBus, *, target: IConstruct, receiver: IConstruct, dead_letter_queue: sqs.IQueue | None
) -> Construct:
    """Give the construct that a route lives below, in the account and region of the bus.

    :param target: as the user gave it.
    :param receiver: the resource of it that gets the events; a bus is the one that rules of another account or region
        reach.
    :raises InvalidArgumentError: bus, target and dead letters are too far apart.
    """
    own = bus.environment
    if is_elsewhere(stack_environment(bus), own):
        raise InvalidArgumentError(
            bus,
            given=f"a route of a bus in {described(own)} from a stack in {described(stack_environment(bus))}",
            reason="a rule lives in the account and region of its bus",
            remedy="route it in a stack there, to a bus of this account and region, and go on from that one",
        )
    if dead_letter_queue is not None and is_elsewhere(environment_of(dead_letter_queue), own):
        raise _too_far(bus, "dead_letter_queue", dead_letter_queue, "pass a queue there, or leave it out: one is made")
    there = environment_of(receiver)
    if not is_elsewhere(there, own):
        is_near = isinstance(target, Construct) and not is_elsewhere(stack_environment(target), own)
        return cast("Construct", target) if is_near else bus
    if not is_bus(receiver):
        raise _too_far(
            bus,
            "to",
            target,
            f"make a bus in {described(there)}, route the event to that bus, and from there to this target",
        )
    check_bus_is_named(bus, cast("events.IEventBus", receiver))
    return bus


def _too_far(bus: RoutedEventBus, name: str, construct: IConstruct, remedy: str) -> InvalidArgumentError:
    own = bus.environment
    return InvalidArgumentError(
        bus,
        given=f"{name}={path_of(construct)} in {described(environment_of(construct))} for a bus in {described(own)}",
        reason="a rule, its target and its dead letters are in one account and region, unless the target is a bus (E5)",
        remedy=remedy,
    )
