"""What came from one bus goes to no third: told where the routes are made, in either order (E5, H1)."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import Annotations

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.bus_connections import BusConnections, RouteOfBus, bus_names
from best_practice_constructs.events.pattern_overlap import Overlap
from best_practice_constructs.events.route_environment import differ, environment_of

CHAINED = "best-practice-constructs:chained-buses"
_ONCE = (
    "EventBridge takes an event from one bus to another only once (its error is THIRD_ACCOUNT_HOP_DETECTED, or "
    "THIRD_REGION_HOP_DETECTED between regions)"
)


def refuse_chains(connections: BusConnections, route: RouteOfBus) -> None:
    """Refuse a route to a bus that makes two in a row, where all that the first brings is a dead letter of the second.

    A bus may route on what its own publishers put on it. So it is an error only where the second route takes all that
    the first brings, for certain; :func:`warn_of_chains` does the rest. A disabled route brings nothing.

    :param route: the newest, which is not made yet.
    :raises InvalidArgumentError: naming the three buses.
    """
    for first, second, shared in _chains(connections, route):
        if shared is Overlap.ALL and _is_refused(first, second):
            source, middle, end = _paths(first, second)
            raise InvalidArgumentError(
                route.bus,
                given=f"a route of {route.events} to {path_of(route.to)}, where {source} routes these events to "
                f"{middle}, and {middle} routes them to {end}",
                reason=f"{_ONCE}: what {middle} has from {source} would never arrive, and each be a dead letter",
                remedy=_remedy(first, second),
            )


def warn_of_chains(connections: BusConnections, route: RouteOfBus) -> None:
    """Warn, on the second route, where some of its events may be such that it cannot deliver.

    :param route: the newest, which is made.
    """
    for first, second, _ in _chains(connections, route):
        source, middle, end = _paths(first, second)
        construct, remedy = connections.routes[second], _remedy(first, second)
        Annotations.of(construct).add_warning_v2(
            CHAINED,
            f"{path_of(construct)} routes {second.events} of {middle} to {end}. {_ONCE}: those that {middle} has from "
            f"{source} do not arrive there, and are dead letters of this route; those of its own publishers do arrive. "
            f"{remedy[:1].upper()}{remedy[1:]}; where no event takes both ways, acknowledge this warning.",
        )


def _chains(connections: BusConnections, route: RouteOfBus) -> Iterator[tuple[RouteOfBus, RouteOfBus, Overlap]]:
    if not route.is_to_bus:
        return
    pairs = [(before, route) for before in connections.before(route)]
    pairs += [(route, after) for after in connections.after(route) if after.is_to_bus]
    for first, second in pairs:
        shared = second.overlap_of(first)
        if first.is_enabled and second.is_enabled and shared is not Overlap.NONE:
            yield first, second, shared


def _paths(first: RouteOfBus, second: RouteOfBus) -> tuple[str, str, str]:
    return path_of(first.bus), path_of(second.bus), path_of(second.to)


def _remedy(first: RouteOfBus, second: RouteOfBus) -> str:
    source, middle, end = _paths(first, second)
    if second.target_names & bus_names(first.bus.event_bus, first.bus.published_as):
        return f"leave one of the two routes out: {source} has these events already"
    return (
        f"route them from {source} to {end} itself, and let {middle} route only what its own publishers send, as in "
        "{'detail': {'metadata': {'service': ['…']}}}"
    )


def _is_refused(first: RouteOfBus, second: RouteOfBus) -> bool:
    """Tell whether EventBridge refuses the second step for certain.

    AWS documents it of three buses; its errors tell steps between regions from others, so one of each kind may pass.
    Where the same bus is only known by its parameter, or a region only by the deployment, another may be meant.
    """
    if second.bus.event_bus.event_bus_arn not in first.target_names:
        return False
    start, middle, end = (
        environment_of(each).region for each in (first.bus.event_bus, second.bus.event_bus, second.target)
    )
    if start == middle == end:
        return True
    return differ(start, middle) and differ(middle, end)
