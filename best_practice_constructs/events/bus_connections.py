"""The routes of an app's buses, in whatever order they are made: which lead from one bus to another (E5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

from aws_cdk import aws_events as events
from constructs import IConstruct

from best_practice_constructs.construct_place import root_of
from best_practice_constructs.events.event_route import EventRoute
from best_practice_constructs.events.pattern_overlap import Overlap, overlap
from best_practice_constructs.events.route_target import RouteTarget, is_bus
from best_practice_constructs.runtime.event_type import EventDeclaration

if TYPE_CHECKING:
    from best_practice_constructs.events.routed_event_bus import RoutedEventBus

_REGISTRY = "_best_practice_constructs_bus_connections"


@dataclass(frozen=True, kw_only=True, eq=False)
class RouteOfBus:
    """What a route takes from a bus, and where.

    :param event: what was declared of the events; ``None`` for a pattern.
    :param to: where they go, as the user gave it.
    :param target: the same; of a bus with routes the bus itself.
    :param target_published_as: under which name Parameter Store has the target's, where that is a bus.
    """

    bus: RoutedEventBus
    event: EventDeclaration | None
    pattern: Mapping[str, object]
    to: IConstruct
    target: RouteTarget
    target_published_as: str | None
    is_enabled: bool

    @cached_property
    def is_to_bus(self) -> bool:
        """Whether it leads to another bus."""
        return is_bus(self.target)

    @cached_property
    def target_names(self) -> frozenset[str]:
        """What the bus that it leads to is known by."""
        return bus_names(cast("events.IEventBus", self.target), self.target_published_as)

    def overlap_of(self, before: RouteOfBus) -> Overlap:
        """Tell how much of what comes by the route ``before`` it takes."""
        event = self.event if self.event is before.event else None
        return overlap(self.pattern, of=before.pattern, event=event)

    @property
    def events(self) -> str:
        """How its events are called in messages: by their class where they have one, and else by their pattern."""
        if self.event is None:
            return f"{dict(self.pattern)!r}"
        return f"some {self.event.detail_type}" if "detail" in self.pattern else self.event.detail_type


@dataclass(kw_only=True)
class BusConnections:
    """All routes of an app's buses so far."""

    routes: dict[RouteOfBus, EventRoute] = field(default_factory=dict)

    @classmethod
    def used_in(cls, scope: IConstruct) -> BusConnections:
        """Give those of the app that ``scope`` belongs to; they live as long as the app does."""
        return cast("BusConnections", vars(root_of(scope)).setdefault(_REGISTRY, cls()))

    def add(self, route: RouteOfBus, construct: EventRoute) -> None:
        """Remember a route, and the construct that it became."""
        self.routes[route] = construct

    def before(self, route: RouteOfBus) -> Iterator[RouteOfBus]:
        """Give the routes to the bus that ``route`` comes from."""
        to_buses = [each for each in self.routes if each.is_to_bus]
        if to_buses:
            names = bus_names(route.bus.event_bus, route.bus.published_as)
            yield from (each for each in to_buses if each.target_names & names)

    def after(self, route: RouteOfBus) -> Iterator[RouteOfBus]:
        """Give the routes of the bus that ``route`` leads to."""
        if not route.is_to_bus:
            return
        for each in self.routes:
            if bus_names(each.bus.event_bus, each.bus.published_as) & route.target_names:
                yield each


def bus_names(bus: events.IEventBus, published_as: str | None) -> frozenset[str]:
    """Give what tells that two constructs are one bus: its ARN, and where Parameter Store has its name."""
    arn = bus.event_bus_arn
    return frozenset({arn} if published_as is None else {arn, published_as})
