from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations as SynthAnnotations
from aws_cdk.assertions import Match, Template

from best_practice_constructs import (
    EnrichedEventBus,
    EventSource,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    SinglePurposeFunction,
)
from best_practice_constructs.runtime.event_type import Event
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import only_resource, resources_of_type, statements_of_role

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced(Event):
    order_id: str


@orders.event
class OrderCancelled(Event):
    order_id: str


class NotDeclared:
    order_id: str


PATTERN = {"source": ["com.example.orders"], "detail-type": ["OrderPlaced"]}


def _app() -> App:
    return App(context={"aws:cdk:bundling-stacks": []})


@pytest.fixture(scope="module")
def bus_template() -> Template:
    stack = Stack(_app(), "S")
    EnrichedEventBus(stack, "Bus")
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def consumer_template() -> Template:
    stack = Stack(_app(), "S")
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    bus.route(OrderPlaced, to=IdempotentQueueConsumer(stack, "Invoices", entry=ENTRY, handler=HANDLER))
    return Template.from_stack(stack)


def _allowed_to_send(template: Template, queue: str) -> list[dict[str, object]]:
    """Give the statements that let somebody send to a queue."""
    return [
        statement
        for policy in resources_of_type(template, "AWS::SQS::QueuePolicy").values()
        if policy["Queues"] == [{"Ref": queue}]
        for statement in cast(
            "list[dict[str, object]]", cast("dict[str, object]", policy["PolicyDocument"])["Statement"]
        )
        if statement["Effect"] == "Allow"
    ]


class TestBus:
    def test_events_are_kept_for_replay_for_a_month(self, bus_template: Template) -> None:
        archive = only_resource(bus_template, "AWS::Events::Archive")
        assert archive["RetentionDays"] == 30
        assert archive["EventPattern"] == {"source": [{"prefix": ""}]}

    def test_errors_are_delivered_into_a_log_group_with_retention(self, bus_template: Template) -> None:
        assert only_resource(bus_template, "AWS::Events::EventBus")["LogConfig"] == {
            "Level": "ERROR",
            "IncludeDetail": "NONE",
        }
        (bus,) = resources_of_type(bus_template, "AWS::Events::EventBus")
        (group,) = resources_of_type(bus_template, "AWS::Logs::LogGroup")
        source = only_resource(bus_template, "AWS::Logs::DeliverySource")
        assert source["LogType"] == "ERROR_LOGS"
        assert source["ResourceArn"] == {"Fn::GetAtt": [bus, "Arn"]}
        assert only_resource(bus_template, "AWS::Logs::DeliveryDestination")["DestinationResourceArn"] == {
            "Fn::GetAtt": [group, "Arn"]
        }
        bus_template.resource_count_is("AWS::Logs::Delivery", 1)
        bus_template.resource_count_is("AWS::Logs::ResourcePolicy", 1)
        assert only_resource(bus_template, "AWS::Logs::LogGroup")["RetentionInDays"] == 30

    def test_only_this_bus_may_send_to_its_dead_letters(self, bus_template: Template) -> None:
        (bus,) = resources_of_type(bus_template, "AWS::Events::EventBus")
        (queue,) = resources_of_type(bus_template, "AWS::SQS::Queue")
        (statement,) = _allowed_to_send(bus_template, queue)
        assert statement["Action"] == "sqs:SendMessage"
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [bus, "Arn"]}}}
        assert only_resource(bus_template, "AWS::Events::EventBus")["DeadLetterConfig"] == {
            "Arn": {"Fn::GetAtt": [queue, "Arn"]}
        }

    def test_archive_and_log_can_be_switched_off(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False, description="Orders")
        template = Template.from_stack(stack)
        template.resource_count_is("AWS::Events::Archive", 0)
        template.resource_count_is("AWS::Logs::LogGroup", 0)
        assert bus.archive is None
        assert bus.log_group is None

    def test_a_publisher_may_publish_to_this_bus_only(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
        function = SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
        bus.add_publisher(function)
        template = Template.from_stack(stack)
        (name,) = resources_of_type(template, "AWS::Events::EventBus")
        (role,) = resources_of_type(template, "AWS::IAM::Role")
        assert ("Allow", ("events:PutEvents",), (json.dumps({"Fn::GetAtt": [name, "Arn"]}),)) in statements_of_role(
            template, role
        )
        variables = cast(
            "dict[str, dict[str, object]]", only_resource(template, "AWS::Lambda::Function")["Environment"]
        )["Variables"]
        assert variables["EVENT_BUS_NAME"] == {"Ref": name}


class TestRoute:
    def test_the_rule_matches_the_declared_event_and_retries_for_a_day(self, consumer_template: Template) -> None:
        rule = only_resource(consumer_template, "AWS::Events::Rule")
        assert rule["EventPattern"] == PATTERN
        (target,) = cast("list[dict[str, object]]", rule["Targets"])
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
        assert "DeadLetterConfig" in target

    def test_only_this_rule_may_send_to_the_queue_and_to_the_dead_letters(self, consumer_template: Template) -> None:
        (rule,) = resources_of_type(consumer_template, "AWS::Events::Rule")
        (target,) = cast(
            "list[dict[str, dict[str, list[str]]]]",
            resources_of_type(consumer_template, "AWS::Events::Rule")[rule]["Targets"],
        )
        dead = cast("dict[str, dict[str, list[str]]]", target["DeadLetterConfig"])["Arn"]["Fn::GetAtt"][0]
        for queue in (target["Arn"]["Fn::GetAtt"][0], dead):
            (statement,) = _allowed_to_send(consumer_template, queue)
            assert statement["Action"] == "sqs:SendMessage"
            assert statement["Principal"] == {"Service": "events.amazonaws.com"}
            assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}}}

    def test_a_function_is_invoked_by_this_rule_only_and_keeps_its_destination(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
        bus.route(OrderPlaced, to=SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER))
        template = Template.from_stack(stack)
        (rule,) = resources_of_type(template, "AWS::Events::Rule")
        permission = only_resource(template, "AWS::Lambda::Permission")
        assert permission["SourceArn"] == {"Fn::GetAtt": [rule, "Arn"]}
        assert permission["Action"] == "lambda:InvokeFunction"
        template.resource_count_is("AWS::Lambda::EventInvokeConfig", 1)

    def test_a_pattern_a_group_and_a_queue_of_the_user(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
        dead = sqs.Queue(stack, "Dead")
        route = bus.route(
            {"source": ["com.example.uploads"]},
            to=sqs.Queue(stack, "Fifo", fifo=True, content_based_deduplication=True),
            id="Uploads",
            dead_letter_queue=dead,
            retry_attempts=3,
            max_event_age=Duration.hours(1),
            message_group_id="uploads",
            enabled=False,
        )
        rule = only_resource(Template.from_stack(stack), "AWS::Events::Rule")
        (target,) = cast("list[dict[str, object]]", rule["Targets"])
        assert rule["EventPattern"] == {"source": ["com.example.uploads"]}
        assert rule["State"] == "DISABLED"
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3_600, "MaximumRetryAttempts": 3}
        assert target["SqsParameters"] == {"MessageGroupId": "uploads"}
        assert route.dead_letter_queue is dead
        assert route.node.id == "Uploads"

    def test_a_null_in_a_pattern_is_kept(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
        bus.route({"detail": {"data": {"note": [None, "x"]}}}, to=sqs.Queue(stack, "Q"))
        rule = only_resource(Template.from_stack(stack), "AWS::Events::Rule")
        assert json.loads(str(rule["EventPattern"])) == {"detail": {"data": {"note": [None, "x"]}}}

    def test_of_an_imported_queue_it_says_what_its_policy_must_allow(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
        queue = sqs.Queue.from_queue_arn(stack, "Theirs", "arn:aws:sqs:eu-west-1:111122223333:theirs")
        bus.route(OrderPlaced, to=queue)
        (warning,) = SynthAnnotations.from_stack(stack).find_warning("*", Match.string_like_regexp("imported queue"))
        (rule,) = resources_of_type(Template.from_stack(stack), "AWS::Events::Rule")
        said = (
            f"allows sqs:SendMessage to events.amazonaws.com where aws:SourceArn is the ARN of {rule} in Stack, which"
        )
        assert said in str(warning.entry.data)

    def test_eventbridge_may_use_the_key_of_a_queue(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
        key = kms.Key(stack, "Key")
        theirs = kms.Key.from_key_arn(stack, "Theirs", "arn:aws:kms:eu-west-1:111122223333:key/theirs")
        bus.route(OrderPlaced, to=sqs.Queue(stack, "Q", encryption_master_key=key))
        bus.route(OrderPlaced, to=sqs.Queue(stack, "R", encryption_master_key=theirs))
        (resource,) = resources_of_type(Template.from_stack(stack), "AWS::KMS::Key").values()
        statements = cast("dict[str, list[dict[str, object]]]", resource["KeyPolicy"])["Statement"]
        assert {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Resource": "*",
        } in statements
        said = Match.string_like_regexp("imported key cannot be changed")
        assert len(SynthAnnotations.from_stack(stack).find_warning("*", said)) == 1

    def test_log_and_dead_letters_are_kept_as_said(self, stack: Stack) -> None:
        bus = EnrichedEventBus(
            stack,
            "Bus",
            log_retention=logs.RetentionDays.ONE_DAY,
            removal_policy=RemovalPolicy.DESTROY,
            log_config=events.LogConfig(level=events.Level.INFO),
            customize=lambda inner: Tags.of(inner).add("team", "orders"),
        )
        template = Template.from_stack(stack)
        assert only_resource(template, "AWS::Logs::LogGroup")["RetentionInDays"] == 1
        template.has_resource("AWS::SQS::Queue", {"DeletionPolicy": "Delete"})
        inner = only_resource(template, "AWS::Events::EventBus")
        assert cast("dict[str, str]", inner["LogConfig"])["Level"] == "INFO"
        assert inner["Tags"] == [{"Key": "team", "Value": "orders"}]
        assert bus.dead_letters_alarm is not None
        assert EnrichedEventBus(stack, "B", dead_letter_queue=sqs.Queue(stack, "D")).dead_letters_alarm is None

    def test_a_filter_of_a_declared_event_becomes_the_pattern(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
        bus.route(OrderPlaced.where(order_id__prefix="test-"), to=sqs.Queue(stack, "Q"))
        rule = only_resource(Template.from_stack(stack), "AWS::Events::Rule")
        assert rule["EventPattern"] == {
            "source": ["com.example.orders"],
            "detail-type": ["OrderPlaced"],
            "detail": {"data": {"order_id": [{"prefix": "test-"}]}},
        }

    def test_a_route_lives_in_the_stack_of_its_target(self, app: App) -> None:
        bus_stack = Stack(app, "Events")
        bus = EnrichedEventBus(bus_stack, "Bus", archive=False, log_errors=False)
        consumers = Stack(app, "Invoices")
        bus.route(OrderPlaced, to=IdempotentQueueConsumer(consumers, "C", entry=ENTRY, handler=HANDLER))
        Template.from_stack(consumers).resource_count_is("AWS::Events::Rule", 1)
        Template.from_stack(bus_stack).resource_count_is("AWS::Events::Rule", 0)


Attempt = Callable[[Stack, EnrichedEventBus], object]


def _dead_letters_in_the_target(stack: Stack, bus: EnrichedEventBus) -> object:
    queue = sqs.Queue(stack, "Q")
    return bus.route(OrderPlaced, to=queue, dead_letter_queue=queue)


class TestErrors:
    @pytest.mark.parametrize(
        ("attempt", "message"),
        [
            (lambda s, b: b.route(NotDeclared, to=sqs.Queue(s, "Q")), "@orders.event above class NotDeclared"),
            (lambda s, b: b.route({}, to=sqs.Queue(s, "Q")), "an empty pattern"),
            (lambda s, b: b.route({"source": []}, to=sqs.Queue(s, "Q")), "an empty list in it matches nothing"),
            (lambda _, b: b.route(OrderPlaced, to=cast("sqs.Queue", "queue")), "to='queue'"),
            (lambda s, b: b.route(OrderPlaced, to=sqs.Queue(s, "Q"), retry_attempts=186), "retry_attempts=186"),
            (
                lambda s, b: b.route(OrderPlaced, to=sqs.Queue(s, "Q"), max_event_age=Duration.hours(25)),
                "max_event_age=90000 s",
            ),
            (
                lambda s, b: b.route(OrderPlaced, to=sqs.Queue(s, "Q", encryption=sqs.QueueEncryption.KMS_MANAGED)),
                "lost silently",
            ),
            (lambda s, b: b.route(OrderPlaced, to=sqs.Queue(s, "Q", fifo=True)), "without message_group_id"),
            (lambda s, b: b.route(OrderPlaced, to=sqs.Queue(s, "Q"), message_group_id="g"), "only FIFO queues"),
            (
                lambda s, b: b.route(
                    OrderPlaced,
                    to=IdempotentQueueConsumer(s, "C", entry=ENTRY, handler=HANDLER, fifo=True),
                    message_group_id="g",
                ),
                "SQS would refuse every event",
            ),
            (
                lambda s, b: b.route(
                    OrderPlaced,
                    to=IdempotentQueueConsumer(s, "C", entry=ENTRY, handler=HANDLER, idempotency_key="order_id"),
                ),
                "Write idempotency_key='detail.data.order_id'",
            ),
            (
                lambda s, b: b.route(
                    OrderPlaced,
                    to=IdempotentQueueConsumer(
                        s, "C", entry=ENTRY, handler=HANDLER, idempotency_key="detail.data.order"
                    ),
                ),
                "OrderPlaced has no field 'order'; did you mean 'order_id'?",
            ),
            (lambda s, b: b.route(cast("type", "OrderPlaced"), to=sqs.Queue(s, "Q")), "named by its class"),
            (_dead_letters_in_the_target, "cannot be delivered to it cannot be delivered to it"),
            (
                lambda s, b: b.route(OrderPlaced, to=sqs.Queue(s, "Q"), dead_letter_queue=sqs.Queue(s, "D", fifo=True)),
                "the FIFO queue Stack/D as dead_letter_queue",
            ),
            (
                lambda s, b: b.route(
                    OrderPlaced,
                    to=sqs.Queue(s, "Q"),
                    dead_letter_queue=sqs.Queue(s, "D", encryption=sqs.QueueEncryption.KMS_MANAGED),
                ),
                "lost silently",
            ),
            (
                lambda s, _: EnrichedEventBus(s, "Other", dead_letter_queue=sqs.Queue(s, "D", fifo=True)),
                "the FIFO queue Stack/D as dead_letter_queue",
            ),
        ],
    )
    def test_what_cannot_work_is_refused(self, stack: Stack, attempt: Attempt, message: str) -> None:
        bus = EnrichedEventBus(stack, "Bus")
        with pytest.raises(InvalidArgumentError, match="cannot work") as error:
            attempt(stack, bus)
        assert message in str(error.value)

    @pytest.mark.parametrize("hours", [3, 36])
    def test_an_archive_of_hours_is_refused(self, stack: Stack, hours: int) -> None:
        with pytest.raises(InvalidArgumentError, match="whole days"):
            EnrichedEventBus(stack, "Bus", archive_retention=Duration.hours(hours))

    def test_a_key_of_the_user_is_fine(self, stack: Stack) -> None:
        queue = sqs.Queue(stack, "Q", encryption_master_key=kms.Key(stack, "Key"))
        EnrichedEventBus(stack, "Bus").route(OrderPlaced, to=queue)
        Template.from_stack(stack).resource_count_is("AWS::Events::Rule", 1)


class TestTogether:
    def test_two_buses_and_two_stacks_are_compliant(self) -> None:
        app = _app()
        for name in ("Blue", "Green"):
            stack = Stack(app, name)
            consumer = IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER)
            function = SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
            for bus in (EnrichedEventBus(stack, "A"), EnrichedEventBus(stack, "B")):
                bus.add_publisher(function, environment_variable=f"BUS_{bus.node.id}")
                bus.route(OrderPlaced, to=consumer, id=f"On{bus.node.id}")
        found = findings(app)
        assert not found.open
