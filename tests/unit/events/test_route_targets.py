"""Where events can go, and what each kind of target needs for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import pytest
from aws_cdk import App, SecretValue, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk.assertions import Template

from best_practice_constructs import (
    AsyncFunctionConsumer,
    ChangePublisher,
    EnrichedEventBus,
    EventSource,
    ExistingEventBus,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    ProvisionedApi,
    StreamConsumer,
    TopicConsumer,
)
from best_practice_constructs.events.route_target import RouteTarget
from best_practice_constructs.events.routed_event_bus import RoutedEventBus
from best_practice_constructs.runtime.event_type import Event
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import only_resource, resources_of_type, statements_of_role

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced(Event):
    """An order."""

    order_id: str


def _machine(stack: Stack) -> stepfunctions.IStateMachine:
    return stepfunctions.StateMachine.from_state_machine_name(stack, "Machine", "fulfil")


def _api_destination(stack: Stack) -> events.IApiDestination:
    connection = events.Connection(
        stack, "Connection", authorization=events.Authorization.api_key("x-key", SecretValue.unsafe_plain_text("x"))
    )
    return events.ApiDestination(stack, "Destination", connection=connection, endpoint="https://partner.example/hook")


def _plain_function(stack: Stack) -> lambda_.Function:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    return lambda_.Function(stack, "Plain", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code)


def _topic_consumer(stack: Stack) -> TopicConsumer:
    return TopicConsumer(stack, "Notices", topic=sns.Topic(stack, "Topic"), entry=ENTRY, handler=HANDLER)


_OTHER_BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/theirs"


@pytest.mark.parametrize(
    ("target", "action"),
    [
        (_machine, "states:StartExecution"),
        (lambda stack: sns.Topic(stack, "Topic"), "sns:Publish"),
        (lambda stack: events.EventBus.from_event_bus_arn(stack, "Other", _OTHER_BUS), "events:PutEvents"),
        (lambda stack: EnrichedEventBus(stack, "Other", archive=False, log_errors=False), "events:PutEvents"),
        (_api_destination, "events:InvokeApiDestination"),
    ],
)
def test_a_role_may_do_just_that_to_just_this_target(
    stack: Stack, target: Callable[[Stack], RouteTarget | RoutedEventBus], action: str
) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    route = bus.route(OrderPlaced, to=target(stack), id="Route", input_path="$.detail.data")
    template = Template.from_stack(stack)
    assert route.role is not None
    assert route.permission is None
    (name,) = [name for name in resources_of_type(template, "AWS::IAM::Role") if "Route" in name]
    ((effect, actions, resources),) = statements_of_role(template, name)
    assert (effect, actions) == ("Allow", (action,))
    assert not any("*" in resource.replace('"*"', "") for resource in resources)
    rule = only_resource(template, "AWS::Events::Rule")
    (rule_target,) = cast("list[dict[str, object]]", rule["Targets"])
    assert rule_target["RoleArn"] == {"Fn::GetAtt": [name, "Arn"]}
    assert rule_target["InputPath"] == "$.detail.data"
    assert "DeadLetterConfig" in rule_target
    assert rule_target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}


@pytest.mark.parametrize("is_imported", [False, True])
def test_the_role_may_use_the_key_of_a_topic(stack: Stack, *, is_imported: bool) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    key = kms.Key(stack, "Key")
    topic = cast("sns.ITopic", sns.Topic(stack, "Topic", master_key=key))
    if is_imported:
        topic = sns.Topic.from_topic_attributes(
            stack, "Theirs", topic_arn="arn:aws:sns:eu-west-1:111122223333:theirs", key_arn=key.key_arn
        )
    bus.route(OrderPlaced, to=topic, id="Route")
    template = Template.from_stack(stack)
    (role,) = [name for name in resources_of_type(template, "AWS::IAM::Role") if "Route" in name]
    (key_name,) = resources_of_type(template, "AWS::KMS::Key")
    encrypted, published = sorted(statements_of_role(template, role))
    assert published[1] == ("sns:Publish",)
    assert encrypted == (
        "Allow",
        ("kms:Decrypt", "kms:GenerateDataKey"),
        (json.dumps({"Fn::GetAtt": [key_name, "Arn"]}),),
    )


def test_a_template_becomes_what_the_target_gets(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    transformer = events.CfnRule.InputTransformerProperty(
        input_paths_map={"id": "$.detail.data.order_id"}, input_template='{"order": <id>}'
    )
    bus.route(OrderPlaced, to=_machine(stack), input_transformer=transformer)
    (target,) = cast(
        "list[dict[str, object]]", only_resource(Template.from_stack(stack), "AWS::Events::Rule")["Targets"]
    )
    assert target["InputTransformer"] == {
        "InputPathsMap": {"id": "$.detail.data.order_id"},
        "InputTemplate": '{"order": <id>}',
    }


def test_an_asynchronous_consumer_is_invoked_by_the_rule(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    consumer = AsyncFunctionConsumer(stack, "C", entry=ENTRY, handler=HANDLER)
    route = bus.route(OrderPlaced, to=consumer)
    assert route.permission is not None
    with pytest.raises(InvalidArgumentError, match="a part of the event for an AsyncFunctionConsumer"):
        bus.route(OrderPlaced, to=consumer, id="Part", input_path="$.detail")


class TestLogs:
    def test_everything_is_logged_by_one_rule_and_one_resource_policy(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False)
        route = bus.log_everything(log_retention=logs.RetentionDays.THREE_DAYS)
        template = Template.from_stack(stack)
        rule = only_resource(template, "AWS::Events::Rule")
        assert rule["EventPattern"] == {"source": [{"prefix": ""}]}
        assert ":*" not in str(cast("list[dict[str, object]]", rule["Targets"])[0]["Arn"])
        template.resource_count_is("AWS::Logs::ResourcePolicy", 1)
        template.has_resource_properties("AWS::Logs::LogGroup", {"RetentionInDays": 3})
        policy = str(only_resource(template, "AWS::Logs::ResourcePolicy")["PolicyDocument"])
        assert "events.amazonaws.com" in policy
        assert route.role is None

    def test_only_this_rule_may_write_into_the_log_group(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False)
        bus.log_everything()
        template = Template.from_stack(stack)
        (rule,) = resources_of_type(template, "AWS::Events::Rule")
        (policy,) = resources_of_type(template, "AWS::Logs::ResourcePolicy").values()
        document = stack.resolve(policy["PolicyDocument"])
        text = "".join(part if isinstance(part, str) else json.dumps(part) for part in document["Fn::Join"][1])
        assert f'{{"aws:SourceArn":"{json.dumps({"Fn::GetAtt": [rule, "Arn"]})}"}}' in text
        assert text.count('"Condition"') == text.count('"Effect":"Allow"') - 1

    def test_a_log_group_of_another_stack_has_its_own_policy(self, app: App) -> None:
        owner, user = Stack(app, "Owner"), Stack(app, "User")
        bus = EnrichedEventBus(owner, "Bus", archive=False)
        bus.route(OrderPlaced, to=logs.LogGroup(user, "Placed"))
        assert "OnOrderPlaced" not in str(Template.from_stack(owner).to_json())
        Template.from_stack(user).resource_count_is("AWS::Logs::ResourcePolicy", 1)

    def test_without_an_error_log_the_group_has_its_own_policy(self, stack: Stack) -> None:
        EnrichedEventBus(stack, "Bus", archive=False, log_errors=False).log_everything(enabled=False)
        template = Template.from_stack(stack)
        template.resource_count_is("AWS::Logs::ResourcePolicy", 1)
        assert only_resource(template, "AWS::Events::Rule")["State"] == "DISABLED"


class TestExistingBus:
    def test_what_aws_sends_is_routed_from_the_default_bus(self, stack: Stack) -> None:
        bus = ExistingEventBus.default(stack, "Default")
        bus.route({"source": ["aws.s3"]}, to=sqs.Queue(stack, "Q"))
        assert only_resource(Template.from_stack(stack), "AWS::Events::Rule")["EventBusName"] == "default"
        with pytest.raises(InvalidArgumentError, match="default bus"):
            EnrichedEventBus(stack, "Bus").route({"source": ["aws.s3"]}, to=sqs.Queue(stack, "R"))

    def test_another_stack_finds_a_bus_by_its_parameter_and_nothing_is_exported(self, app: App) -> None:
        owner, user = Stack(app, "Owner"), Stack(app, "User")
        bus = EnrichedEventBus(owner, "Bus", archive=False, log_errors=False, parameter_name="/dev/orders/bus")
        found = ExistingEventBus.from_parameter(user, "Bus", parameter_name="/dev/orders/bus")
        found.route(OrderPlaced, to=IdempotentQueueConsumer(user, "C", entry=ENTRY, handler=HANDLER))
        assert bus.parameter is not None
        parameter = only_resource(Template.from_stack(owner), "AWS::SSM::Parameter")
        assert parameter["Name"] == "/dev/orders/bus"
        template = Template.from_stack(user).to_json()
        (name,) = [n for n, p in template["Parameters"].items() if p.get("Default") == "/dev/orders/bus"]
        rule = only_resource(Template.from_stack(user), "AWS::Events::Rule")
        assert rule["EventBusName"] == {"Ref": name}
        assert "Fn::ImportValue" not in str(template)
        assert not Template.from_stack(owner).to_json().get("Outputs")


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda s, b: b.route(OrderPlaced, to=sns.Topic(s, "T", fifo=True)), "standard topics only"),
        (lambda s, b: b.route(OrderPlaced, to=sqs.CfnQueue(s, "Q")), "a route knows no such target"),
        (
            lambda s, b: b.route(OrderPlaced, to=_machine(s), input_path="detail.data"),
            "Write input_path='$.detail.data'",
        ),
        (lambda s, b: b.route(OrderPlaced, to=_plain_function(s)), "to=Stack/Plain, of type Function"),
        (lambda s, b: b.route(OrderPlaced, to=_plain_function(s)), "Make it a SinglePurposeFunction or an Async"),
        (lambda s, b: b.route(OrderPlaced, to=_topic_consumer(s)), "Route the event to the topic"),
        (lambda s, b: b.route(OrderPlaced, to=_machine(s), message_group_id="g"), "a target that is no queue"),
        (
            lambda s, b: b.route(
                OrderPlaced,
                to=IdempotentQueueConsumer(s, "C", entry=ENTRY, handler=HANDLER),
                input_path="$.detail",
            ),
            "it reads the metadata and the data",
        ),
        (
            lambda s, b: b.route(
                OrderPlaced,
                to=_machine(s),
                input_path="$.detail",
                input_transformer=events.CfnRule.InputTransformerProperty(input_template="<x>"),
            ),
            "input_path with input_transformer",
        ),
    ],
)
def test_what_cannot_work_is_refused(
    stack: Stack, attempt: Callable[[Stack, EnrichedEventBus], object], message: str
) -> None:
    bus = EnrichedEventBus(stack, "Bus")
    with pytest.raises(InvalidArgumentError) as error:
        attempt(stack, bus)
    assert message in str(error.value)


def test_routes_to_every_target_are_compliant() -> None:
    app = App(context={"aws:cdk:bundling-stacks": []})
    for name in ("Blue", "Green"):
        stack = Stack(app, name)
        bus = EnrichedEventBus(stack, "Bus")
        bus.log_everything()
        topic = sns.Topic(stack, "Topic", enforce_ssl=True)
        for target in (topic, _machine(stack), EnrichedEventBus(stack, "Other")):
            bus.route(OrderPlaced, to=target)
    assert not findings(app).open


def _stream_consumer(stack: Stack) -> object:
    start = lambda_.StartingPosition.LATEST
    stream = kinesis.Stream(stack, "Stream")
    return StreamConsumer(stack, "C", stream=stream, starting_position=start, entry=ENTRY, handler=HANDLER)


def _change_publisher(stack: Stack) -> object:
    key = dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING)
    table = dynamodb.Table(stack, "Table", partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)
    bus = EnrichedEventBus(stack, "Other")
    return ChangePublisher(stack, "C", table=table, bus=bus, events=[OrderPlaced], entry=ENTRY, handler=HANDLER)


@pytest.mark.parametrize(
    ("make", "remedy"),
    [
        (_stream_consumer, "make an IdempotentQueueConsumer whose handler is decorated with runtime.queue_consumer"),
        (_change_publisher, "make an IdempotentQueueConsumer whose handler is decorated with runtime.queue_consumer"),
        (lambda stack: ProvisionedApi(stack, "C"), "route to what should happen"),
        (lambda stack: kinesis.Stream(stack, "C"), "pass an IdempotentQueueConsumer or an AsyncFunctionConsumer"),
    ],
)
def test_what_can_be_no_target_says_what_to_route_to(
    stack: Stack, make: Callable[[Stack], object], remedy: str
) -> None:
    bus = EnrichedEventBus(stack, "Bus")
    with pytest.raises(InvalidArgumentError, match=r"^Stack/.*: to=Stack/C, of type \w+ cannot work") as error:
        bus.route(OrderPlaced, to=cast("RouteTarget", make(stack)))
    assert error.value.remedy.startswith(remedy)
