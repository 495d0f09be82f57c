"""What tells two routes apart, and which one leads nowhere (E5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from aws_cdk import aws_events as events
from constructs import Construct, IConstruct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.event_route import EventRoute
from best_practice_constructs.events.route_target import is_bus

if TYPE_CHECKING:
    from best_practice_constructs.events.routed_event_bus import RoutedEventBus


def check_route_ends(bus: RoutedEventBus, *, to: object, receiver: IConstruct) -> None:
    """Refuse a route that leads to where its events are already.

    :raises InvalidArgumentError: to the bus itself.
    """
    if not is_bus(receiver):
        return
    if to is bus or cast("events.IEventBus", receiver).event_bus_arn == bus.event_bus.event_bus_arn:
        raise InvalidArgumentError(
            bus,
            given="a route to itself",
            reason="each of its events is there already",
            remedy="route to another bus, or to a consumer",
        )


def check_route_is_new(
    bus: RoutedEventBus, scope: Construct, id: str, *, pattern: Mapping[str, object], is_default_id: bool
) -> None:
    """Refuse a route whose id is taken, and say what takes it.

    The id stays what the user can foresee, and is never made from what the filter holds: a route that is named anew is
    made anew, and its dead letters with it.

    :raises InvalidArgumentError: the same route, another route, or another part of the target has the id.
    """
    taken = scope.node.try_find_child(id)
    if taken is None:
        return
    if not isinstance(taken, EventRoute):
        raise InvalidArgumentError(
            scope,
            given=f"the route {id!r}",
            reason=f"another part of {path_of(scope)} has that id already",
            remedy="pass another id=",
        )
    is_same_bus = taken.event_bus is bus.event_bus
    if is_same_bus and taken.pattern == pattern:
        raise InvalidArgumentError(
            scope,
            given=f"a second route {id!r} of the same events",
            reason="each of them would arrive twice",
            remedy="route it once",
        )
    whose = "a route of other events" if is_same_bus else "a route of another bus"
    remedy = f"name this one, as in id='{id}OfAnotherKind'" if is_default_id else "pass another id="
    if is_same_bus and taken.event is not None and is_default_id:
        # An event that fulfils both filters comes by each of two routes.
        remedy += (
            f"; or let one route take both, with several values in a filter, as in {taken.event.type.__name__}"
            ".where(country=['DE', 'FR'])"
        )
    raise InvalidArgumentError(
        scope,
        given=f"a second route {id!r}",
        reason=f"{whose} below {path_of(scope)} has that id already",
        remedy=remedy,
    )
