"""Events that would go from bus to bus to bus, which EventBridge refuses."""

from __future__ import annotations

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations, Match, Template

from best_practice_constructs import EnrichedEventBus, EventSource, ExistingEventBus, InvalidArgumentError
from best_practice_constructs.events.chained_buses import CHAINED
from best_practice_constructs.runtime.event_type import Event

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced(Event):
    """An order."""

    order_id: str
    country: str
    tags: tuple[str, ...] = ()


@orders.event
class OrderCancelled(Event):
    """An order that is not wanted any more."""

    order_id: str


class Buses:
    """Three buses, of which the first routes to the second, and the second to the third."""

    def __init__(self, stack: Stack) -> None:
        self.first, self.second, self.third = (
            EnrichedEventBus(stack, name, archive=False, log_errors=False) for name in ("First", "Second", "Third")
        )


def _warnings(stack: Stack) -> list[str]:
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp(f".*{CHAINED}.*"))
    return [str(each.entry.data) for each in found]


@pytest.mark.parametrize("is_first_first", [True, False])
def test_it_is_refused_in_either_order(stack: Stack, *, is_first_first: bool) -> None:
    buses = Buses(stack)
    steps = [(buses.first, buses.second), (buses.second, buses.third)]
    one, other = steps if is_first_first else reversed(steps)
    one[0].route(OrderPlaced, to=one[1])
    with pytest.raises(InvalidArgumentError) as error:
        other[0].route(OrderPlaced, to=other[1])
    message = str(error.value)
    assert message.startswith("Stack/Second: " if is_first_first else "Stack/First: ")
    assert "Stack/First routes these events to Stack/Second, and Stack/Second routes them to Stack/Third" in message
    assert "only once (its error is THIRD_ACCOUNT_HOP_DETECTED" in message
    assert "Route them from Stack/First to Stack/Third itself" in message
    buses.first.route(OrderPlaced, to=buses.third, id="Direct")
    Template.from_stack(stack).resource_count_is("AWS::Events::Rule", 2)


def test_the_bus_itself_is_seen_through_whatever_names_it(stack: Stack) -> None:
    buses = Buses(stack)
    buses.first.route(OrderPlaced, to=buses.second.bus)
    again = ExistingEventBus(stack, "Again", event_bus=buses.second.bus)
    with pytest.raises(InvalidArgumentError, match=r"^Stack/Again: a route of OrderPlaced to Stack/Third"):
        again.route(OrderPlaced, to=buses.third)
    default = ExistingEventBus.default(stack, "Default")
    default.route({"source": ["aws.s3"]}, to=buses.third)
    third = ExistingEventBus(stack, "OfServicesToo", event_bus=buses.third.bus)
    with pytest.raises(InvalidArgumentError, match=r"a route of \{'source': "):
        third.route({"source": [{"prefix": "aws."}]}, to=buses.first)


def test_what_comes_back_would_not_arrive(stack: Stack) -> None:
    buses = Buses(stack)
    buses.first.route(OrderPlaced, to=buses.second)
    with pytest.raises(InvalidArgumentError) as error:
        buses.second.route(OrderPlaced, to=buses.first)
    assert "Leave one of the two routes out: Stack/First has these events already" in str(error.value)
    assert "without an end" not in str(error.value)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (OrderPlaced, OrderCancelled),
        (OrderPlaced.where(country="DE"), OrderPlaced.where(country=["AT", "FR"])),
        (OrderPlaced, {"source": ["com.example.invoices"]}),
        ({"source": [{"prefix": "com.example."}]}, {"source": ["com.other"]}),
        ({"detail": {"metadata": {"service": ["a"]}}}, {"detail": {"metadata": {"service": ["b"]}}}),
    ],
)
def test_other_events_go_on(stack: Stack, first: object, second: object) -> None:
    buses = Buses(stack)
    buses.first.route(first, to=buses.second)  # type: ignore[arg-type] # both kinds are tested
    buses.second.route(second, to=buses.third)  # type: ignore[arg-type] # both kinds are tested
    assert _warnings(stack) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (OrderPlaced, OrderPlaced.where(country="DE")),
        (OrderPlaced.where(tags="a"), OrderPlaced.where(tags="b")),
        ({"source": [{"prefix": ""}]}, OrderPlaced),
        (
            OrderPlaced,
            {
                "source": ["com.example.orders"],
                "detail-type": ["OrderPlaced"],
                "detail": {"metadata": {"service": ["invoices"]}},
            },
        ),
    ],
)
@pytest.mark.parametrize("is_first_first", [True, False])
def test_what_may_be_of_its_own_publishers_is_warned_of(
    stack: Stack, first: object, second: object, *, is_first_first: bool
) -> None:
    buses = Buses(stack)
    routes = [(buses.first, first, buses.second), (buses.second, second, buses.third)]
    for bus, matched, to in routes if is_first_first else reversed(routes):
        bus.route(matched, to=to, id="R")  # type: ignore[arg-type] # both kinds are tested
    (warning,) = _warnings(stack)
    assert "those that Stack/Second has from Stack/First do not arrive there" in warning
    assert "Stack/Third/R" in warning


def test_everything_takes_all(stack: Stack) -> None:
    buses = Buses(stack)
    buses.first.route(OrderPlaced, to=buses.second)
    with pytest.raises(InvalidArgumentError, match="would never arrive"):
        buses.second.route({"source": [{"prefix": ""}]}, to=buses.third)


def test_a_stopped_route_brings_nothing(stack: Stack) -> None:
    buses = Buses(stack)
    buses.first.route(OrderPlaced, to=buses.second, enabled=False)
    buses.second.route(OrderPlaced, to=buses.third)
    assert _warnings(stack) == []


def test_a_consumer_of_the_second_bus_is_none_of_its_business(stack: Stack) -> None:
    buses = Buses(stack)
    buses.second.route(OrderPlaced, to=sqs.Queue(stack, "Q"))
    buses.first.route(OrderPlaced, to=buses.second)
    assert _warnings(stack) == []


def test_a_bus_that_is_found_by_its_name_may_be_another(app: App) -> None:
    shared, services = Stack(app, "Shared"), Stack(app, "Services")
    first = EnrichedEventBus(shared, "First", archive=False, log_errors=False)
    second = EnrichedEventBus(shared, "Second", archive=False, log_errors=False, parameter_name="/test/second")
    first.route(OrderPlaced, to=second)
    found = ExistingEventBus.from_parameter(services, "Second", parameter_name="/test/second")
    found.route(OrderPlaced, to=EnrichedEventBus(services, "Third", archive=False, log_errors=False))
    (warning,) = _warnings(services)
    assert "those that Services/Second has from Shared/First do not arrive there" in warning


def test_steps_of_two_kinds_are_warned_of_and_no_more(app: App) -> None:
    there = Stack(app, "There", env=Environment(account="111122223333", region="us-east-1"))
    here = Stack(app, "Here", env=Environment(account="111122223333", region="eu-west-1"))
    buses = [
        EnrichedEventBus(stack, name, event_bus_name=name, archive=False, log_errors=False)
        for stack, name in ((there, "First"), (here, "Second"), (here, "Third"))
    ]
    buses[0].route(OrderPlaced, to=buses[1])
    buses[1].route(OrderPlaced, to=buses[2])
    assert len(_warnings(here)) == 1
    elsewhere = events.EventBus.from_event_bus_arn(
        here, "Elsewhere", "arn:aws:events:ap-south-1:111122223333:event-bus/elsewhere"
    )
    with pytest.raises(InvalidArgumentError, match="THIRD_REGION_HOP_DETECTED between regions"):
        buses[1].route(OrderPlaced, to=elsewhere)
