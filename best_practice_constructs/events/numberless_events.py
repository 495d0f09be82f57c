"""Events without ``detail.numbers``: a route that compares a number would never get one (E4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import jsii
from constructs import Construct, IValidation

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.events.routed_event_bus import RoutedEventBus
from best_practice_constructs.runtime.event_filter import NUMBERS
from best_practice_constructs.runtime.event_type import EventDeclaration


def refuse_routes_by_number(
    teller: Construct, *, bus: RoutedEventBus, declaration: EventDeclaration, called: str = "the pipe"
) -> None:
    """Fail the synth where a route of the bus, made before or after, compares a number of what is told.

    :param teller: what tells the events without a function.
    :param called: what the error calls it, before its path.
    """
    teller.node.add_validation(_NoRouteComparesNumbers(f"{called} {path_of(teller)}", bus=bus, declaration=declaration))


@jsii.implements(IValidation)
class _NoRouteComparesNumbers:
    def __init__(self, teller: str, *, bus: RoutedEventBus, declaration: EventDeclaration) -> None:
        self._teller = teller
        self._bus = bus
        self._declaration = declaration

    def validate(self) -> list[str]:
        return [
            f"The route {path_of(route)} compares a number of {self._declaration.detail_type}, and the events of "
            f"{self._teller} hold no numbers to compare: it would never get one. Publish them with a "
            "ChangePublisher, or let the consumer compare."
            for route in self._bus.routes
            if route.event == self._declaration and _compares_numbers(route.pattern.get("detail"))
        ]


def _compares_numbers(detail: object) -> bool:
    if not isinstance(detail, Mapping):
        return False
    alternatives = cast("Sequence[object]", detail.get("$or", ()))
    return NUMBERS in detail or any(_compares_numbers(each) for each in alternatives)
