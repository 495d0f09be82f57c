"""Routes to other accounts and regions: where the rule is, and who lets the events in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations as SynthAnnotations
from aws_cdk.assertions import Match, Template

from best_practice_constructs import (
    EnrichedEventBus,
    EventSource,
    ExistingEventBus,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    SinglePurposeFunction,
)
from best_practice_constructs.events.route_target import RouteTarget
from best_practice_constructs.events.routed_event_bus import RoutedEventBus
from best_practice_constructs.runtime.event_type import Event
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import only_resource, resources_of_type, statements_of_role

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced(Event):
    """An order."""

    order_id: str


OURS, THEIRS = "111122223333", "444455556666"
HERE, THERE = "eu-west-1", "us-east-1"


def _stack(app: App, id: str, account: str | None = OURS, region: str | None = HERE) -> Stack:
    return Stack(app, id, env=Environment(account=account, region=region))


def _bus(stack: Stack, name: str | None = "central") -> EnrichedEventBus:
    return EnrichedEventBus(stack, "Bus", event_bus_name=name, archive=False, log_errors=False)


@pytest.mark.parametrize(("account", "region"), [(THEIRS, HERE), (OURS, THERE), (THEIRS, THERE)])
def test_the_rule_to_a_bus_elsewhere_is_where_its_own_bus_is(app: App, account: str, region: str) -> None:
    source, target = _stack(app, "Source"), _stack(app, "Target", account, region)
    bus = _bus(source, None)
    route = bus.route(OrderPlaced, to=_bus(target))
    assert route.node.path == "Source/Bus/OnOrderPlacedToBus"
    here, there = Template.from_stack(source), Template.from_stack(target)
    assert not resources_of_type(there, "AWS::Events::Rule")
    rule = only_resource(here, "AWS::Events::Rule")
    (name,) = resources_of_type(here, "AWS::Events::EventBus")
    assert rule["EventBusName"] == {"Ref": name}
    (rule_target,) = cast("list[dict[str, object]]", rule["Targets"])
    arn = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":events:{region}:{account}:event-bus/central"]]}
    assert rule_target["Arn"] == arn
    (role,) = [name for name in resources_of_type(here, "AWS::IAM::Role") if "OnOrderPlaced" in name]
    assert rule_target["RoleArn"] == {"Fn::GetAtt": [role, "Arn"]}
    assert statements_of_role(here, role) == {("Allow", ("events:PutEvents",), (json.dumps(arn),))}
    # What cannot be delivered stays in the rule's own account and region.
    dead_letters = cast("dict[str, dict[str, list[str]]]", rule_target["DeadLetterConfig"])["Arn"]["Fn::GetAtt"][0]
    assert dead_letters in resources_of_type(here, "AWS::SQS::Queue")


def test_a_bus_of_another_account_lets_in_just_what_is_routed_to_it(app: App) -> None:
    source, target = _stack(app, "Source"), _stack(app, "Target", THEIRS)
    bus, central = _bus(source, None), _bus(target)
    bus.route(OrderPlaced, to=central)
    bus.route({"source": [{"prefix": "com.example."}]}, to=central, id="All")
    template = Template.from_stack(target)
    (name,) = resources_of_type(template, "AWS::Events::EventBus")
    exact, prefixed = resources_of_type(template, "AWS::Events::EventBusPolicy").values()
    statements = [cast("dict[str, object]", policy["Statement"]) for policy in (exact, prefixed)]
    assert exact["EventBusName"] == {"Ref": name}
    assert exact["StatementId"] == statements[0]["Sid"] != prefixed["StatementId"]
    for statement in statements:
        assert (statement["Effect"], statement["Action"]) == ("Allow", "events:PutEvents")
        assert statement["Resource"] == {"Fn::GetAtt": [name, "Arn"]}
        assert f":iam::{OURS}:root" in str(statement["Principal"])
    assert statements[0]["Condition"] == {
        "ForAllValues:StringEquals": {"events:source": ["com.example.orders"]},
        "StringEquals": {"events:detail-type": ["OrderPlaced"]},
    }
    assert "Condition" not in statements[1]


def test_a_bus_of_another_region_lets_in_its_own_account_already(app: App) -> None:
    target = _stack(app, "Target", OURS, THERE)
    _bus(_stack(app, "Source")).route(OrderPlaced, to=_bus(target))
    Template.from_stack(target).resource_count_is("AWS::Events::EventBusPolicy", 0)


@pytest.mark.parametrize("imported_in", ["Source", "Target"])
def test_of_an_imported_bus_it_says_what_its_policy_must_allow(app: App, imported_in: str) -> None:
    stacks = {"Source": _stack(app, "Source"), "Target": _stack(app, "Target", THEIRS, THERE)}
    arn = f"arn:aws:events:{THERE}:{THEIRS}:event-bus/central"
    bus = events.EventBus.from_event_bus_arn(stacks[imported_in], "Theirs", arn)
    route = _bus(stacks["Source"]).route(OrderPlaced, to=bus)
    assert route.node.path == "Source/Bus/OnOrderPlacedToTheirs"
    (target,) = cast(
        "list[dict[str, object]]",
        only_resource(Template.from_stack(stacks["Source"]), "AWS::Events::Rule")["Targets"],
    )
    assert target["Arn"] == arn
    said = Match.string_like_regexp("imported bus")
    (warning,) = SynthAnnotations.from_stack(stacks["Source"]).find_warning("*", said)
    assert (
        f"it allows events:PutEvents to the account {OURS} where events:source is com.example.orders where "
        "events:detail-type is OrderPlaced"
    ) in str(warning.entry.data)


@pytest.mark.parametrize("name", [None, "orders"])
def test_a_bus_without_an_account_routes_as_within_one(app: App, name: str | None) -> None:
    source, target = Stack(app, "Source"), Stack(app, "Target")
    other = EnrichedEventBus(target, "Other", event_bus_name=name, archive=False, log_errors=False)
    route = _bus(source, name).route(OrderPlaced, to=other)
    assert route.node.path == "Target/Other/OnOrderPlaced"
    arn = f"arn:aws:events:{THERE}:{THEIRS}:event-bus/central"
    imported = events.EventBus.from_event_bus_arn(source, "Theirs", arn)
    assert _bus(Stack(app, "Third")).route(OrderPlaced, to=imported).node.path == "Third/Bus/OnOrderPlacedToTheirs"
    Template.from_stack(target).resource_count_is("AWS::Events::Rule", 1)


def test_a_bus_elsewhere_without_a_name_is_refused(app: App) -> None:
    other = _bus(_stack(app, "Target", THEIRS), None)
    with pytest.raises(InvalidArgumentError, match=r"event_bus_name='…', or import it by its ARN") as error:
        _bus(_stack(app, "Source")).route(OrderPlaced, to=other)
    assert str(error.value).startswith("Source/Bus: a route to Target/Bus/Bus, a bus of another account or region")


def _imported_queue(stack: Stack, account: str = THEIRS) -> sqs.IQueue:
    return sqs.Queue.from_queue_arn(stack, "Imported", f"arn:aws:sqs:{HERE}:{account}:theirs")


@pytest.mark.parametrize(
    "target",
    [
        lambda _, there: sqs.Queue(there, "Q"),
        lambda _, there: IdempotentQueueConsumer(there, "C", entry=ENTRY, handler=HANDLER),
        lambda _, there: SinglePurposeFunction(there, "F", entry=ENTRY, handler=HANDLER),
        lambda _, there: sns.Topic(there, "T", topic_name="notices"),
        lambda here, _: _imported_queue(here),
        lambda here, _: sns.Topic.from_topic_arn(here, "T", f"arn:aws:sns:{THERE}:{OURS}:notices"),
    ],
)
def test_another_target_elsewhere_is_refused(app: App, target: Callable[[Stack, Stack], RouteTarget]) -> None:
    here, there = _stack(app, "Source"), _stack(app, "Target", THEIRS)
    with pytest.raises(InvalidArgumentError, match=r"Make a bus in \d+/[a-z-]+\d, route the event to") as error:
        _bus(here).route(OrderPlaced, to=target(here, there))
    assert f"for a bus in {OURS}/{HERE} cannot work" in str(error.value)


def test_dead_letters_elsewhere_are_refused(app: App) -> None:
    here = _stack(app, "Source")
    with pytest.raises(InvalidArgumentError, match=f"dead_letter_queue=Source/Imported in {THEIRS}/{HERE}"):
        _bus(here).route(OrderPlaced, to=sqs.Queue(here, "Q"), dead_letter_queue=_imported_queue(here))


def test_an_imported_queue_of_the_same_account_is_a_target_from_any_stack(app: App) -> None:
    here, there = _stack(app, "Source"), _stack(app, "Target", THEIRS)
    route = _bus(here).route(OrderPlaced, to=_imported_queue(there, OURS))
    assert route.node.path == "Source/Bus/OnOrderPlacedToImported"


def test_a_bus_of_another_account_is_not_routed_from_here(app: App) -> None:
    here = _stack(app, "Source")
    arn = f"arn:aws:events:{THERE}:{THEIRS}:event-bus/central"
    bus: RoutedEventBus = ExistingEventBus(
        here, "Theirs", event_bus=events.EventBus.from_event_bus_arn(here, "Central", arn)
    )
    with pytest.raises(InvalidArgumentError, match="a rule lives in the account and region of its bus"):
        bus.route(OrderPlaced, to=sqs.Queue(here, "Q"))
