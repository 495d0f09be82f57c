from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import cast

import pytest
from aws_cdk import App, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations as SynthAnnotations
from aws_cdk.assertions import Match, Template

from best_practice_constructs import (
    EventSource,
    IdempotencyModel,
    InvalidArgumentError,
    ServiceDefaults,
    TopicConsumer,
)
from best_practice_constructs.permissions import sns as sns_permissions
from best_practice_constructs.runtime.event_type import Event
from examples.topic_consumer.stack import NoticesStack
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import Properties, only_resource, resources_of_type, statements_of_role

SUBSCRIPTION = "AWS::SNS::Subscription"
TOPIC_ARN = "arn:aws:sns:eu-west-1:111122223333:notices"
FOURTEEN_DAYS = 1_209_600

shipping = EventSource("com.example.shipping")


@shipping.event
class OrderShipped(Event):
    """An event to filter."""

    order_id: str
    country: str
    weight: Decimal = Decimal(0)
    parcels: int = 1


def _topic(stack: Stack, id: str = "Topic", *, fifo: bool | None = None) -> sns.Topic:
    return sns.Topic(stack, id, enforce_ssl=True, fifo=fifo)


def _with(**arguments: object) -> Callable[[Stack], TopicConsumer]:
    def make(stack: Stack) -> TopicConsumer:
        options = {"topic": _topic(stack), "entry": ENTRY, "handler": HANDLER, **arguments}
        return TopicConsumer(stack, "C", **options)  # type: ignore[arg-type] # each test gives its own values

    return make


@pytest.fixture(scope="module")
def default_template() -> Template:
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
    _with()(stack)
    return Template.from_stack(stack)


def _queue_named(template: Template, part: str) -> str:
    (name,) = [name for name in resources_of_type(template, "AWS::SQS::Queue") if part in name]
    return name


def _allowed_on(template: Template, queue: str) -> list[Properties]:
    """Give the statements of a queue's policy that allow something."""
    return [
        statement
        for policy in resources_of_type(template, "AWS::SQS::QueuePolicy").values()
        if policy["Queues"] == [{"Ref": queue}]
        for statement in cast("dict[str, list[Properties]]", policy["PolicyDocument"])["Statement"]
        if statement["Effect"] == "Allow"
    ]


class TestDefaults:
    def test_the_queue_is_subscribed_raw_and_hears_everything(self, default_template: Template) -> None:
        (topic,) = resources_of_type(default_template, "AWS::SNS::Topic")
        queue, undelivered = (_queue_named(default_template, each) for each in ("ConsumerQueue", "Undelivered"))
        assert only_resource(default_template, SUBSCRIPTION) == {
            "TopicArn": {"Ref": topic},
            "Protocol": "sqs",
            "Endpoint": {"Fn::GetAtt": [queue, "Arn"]},
            "RawMessageDelivery": True,
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": [undelivered, "Arn"]}},
        }

    @pytest.mark.parametrize("part", ["ConsumerQueue", "Undelivered"])
    def test_each_queue_takes_messages_of_this_topic_only(self, default_template: Template, part: str) -> None:
        (topic,) = resources_of_type(default_template, "AWS::SNS::Topic")
        queue = _queue_named(default_template, part)
        assert _allowed_on(default_template, queue) == [
            {
                "Action": "sqs:SendMessage",
                "Condition": {"ArnEquals": {"aws:SourceArn": {"Ref": topic}}},
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Resource": {"Fn::GetAtt": [queue, "Arn"]},
            }
        ]

    def test_nobody_else_may_send_what_the_runtime_calls_dead_letters(self, default_template: Template) -> None:
        assert _allowed_on(default_template, _queue_named(default_template, "DeadLetters")) == []

    def test_nothing_is_sent_before_it_may_be(self, default_template: Template) -> None:
        subscription = next(iter(default_template.find_resources(SUBSCRIPTION).values()))
        policies = {
            name
            for name, policy in resources_of_type(default_template, "AWS::SQS::QueuePolicy").items()
            if "DeadLetters" not in json.dumps(policy["Queues"])
        }
        assert set(cast("list[str]", subscription["DependsOn"])) == policies

    def test_what_cannot_be_delivered_waits_fourteen_days_under_an_alarm(self, default_template: Template) -> None:
        name = _queue_named(default_template, "Undelivered")
        queue = resources_of_type(default_template, "AWS::SQS::Queue")[name]
        assert queue == {"MessageRetentionPeriod": FOURTEEN_DAYS, "SqsManagedSseEnabled": True}
        alarms = resources_of_type(default_template, "AWS::CloudWatch::Alarm").values()
        watched = [json.dumps(alarm["Dimensions"]) for alarm in alarms]
        assert len(watched) == 3
        assert sum(name in dimensions for dimensions in watched) == 1

    def test_the_role_may_do_what_a_queue_consumers_may_and_nothing_with_the_topic(
        self, default_template: Template
    ) -> None:
        (role,) = resources_of_type(default_template, "AWS::IAM::Role")
        (table,) = resources_of_type(default_template, "AWS::DynamoDB::Table")

        def arn(name: str) -> tuple[str, ...]:
            return (json.dumps({"Fn::GetAtt": [name, "Arn"]}),)

        poll = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
        assert {
            statement
            for statement in statements_of_role(default_template, role)
            if not statement[1][0].startswith(("logs:", "xray:"))
        } == {
            ("Allow", poll, arn(_queue_named(default_template, "ConsumerQueue"))),
            ("Allow", ("sqs:SendMessage",), arn(_queue_named(default_template, "DeadLetters"))),
            ("Allow", ("dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"), arn(table)),
        }


class TestOverrides:
    def test_what_a_queue_consumer_takes_is_taken(self, stack: Stack) -> None:
        consumer = _with(
            timeout=Duration.seconds(20),
            batch_size=5,
            max_concurrency=3,
            max_receive_count=7,
            idempotency_model=IdempotencyModel.TRANSACTION,
            memory_size=1024,
            environment={"LETTERS": "a"},
            removal_policy=RemovalPolicy.DESTROY,
        )(stack)
        template = Template.from_stack(stack)
        function = only_resource(template, "AWS::Lambda::Function")
        assert (function["MemorySize"], function["Timeout"]) == (1024, 20)
        mapping = only_resource(template, "AWS::Lambda::EventSourceMapping")
        assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (5, {"MaximumConcurrency": 3})
        queues = template.find_resources("AWS::SQS::Queue").values()
        assert {queue["DeletionPolicy"] for queue in queues} == {"Delete"}
        assert consumer.consumer.contract.max_receive_count == 7
        assert consumer.event_source_mapping is consumer.consumer.event_source_mapping
        assert consumer.idempotency_table is consumer.consumer.idempotency_table
        assert consumer.dead_letter_queue is consumer.consumer.dead_letter_queue
        assert consumer.function is consumer.consumer.function

    def test_a_fifo_topic_makes_the_queues_fifo(self, stack: Stack) -> None:
        _with(topic=_topic(stack, "Ordered", fifo=True))(stack)
        template = Template.from_stack(stack)
        queues = resources_of_type(template, "AWS::SQS::Queue")
        assert len(queues) == 3
        assert all(queue["FifoQueue"] is True for queue in queues.values())
        template.has_resource_properties(
            "AWS::Lambda::Function", {"Environment": {"Variables": Match.object_like({"QUEUE_IS_FIFO": "true"})}}
        )

    def test_queues_of_yours_get_the_topics_policy(self, stack: Stack) -> None:
        dead_letters = sqs.Queue(stack, "Dead", retention_period=Duration.days(14))
        own = sqs.Queue(
            stack,
            "Own",
            visibility_timeout=Duration.minutes(2),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5),
        )
        undelivered = sqs.Queue(stack, "Rest")
        consumer = _with(queue=own, subscription_dead_letter_queue=undelivered)(stack)
        template = Template.from_stack(stack)
        assert (consumer.queue, consumer.subscription_dead_letter_queue) == (own, undelivered)
        assert consumer.subscription_alarm is None
        assert len(resources_of_type(template, "AWS::SQS::Queue")) == 3
        for queue in ("Own", "Rest"):
            assert len(_allowed_on(template, _queue_named(template, queue))) == 1

    def test_imported_queues_come_with_a_warning_that_says_what_they_need(self, stack: Stack) -> None:
        undelivered = sqs.Queue.from_queue_arn(stack, "Rest", "arn:aws:sqs:eu-west-1:111122223333:rest")
        _with(subscription_dead_letter_queue=undelivered, topic=sns.Topic.from_topic_arn(stack, "T", TOPIC_ARN))(stack)
        SynthAnnotations.from_stack(stack).has_warning(
            "/Stack/C",
            Match.string_like_regexp(f"sqs:SendMessage to sns.amazonaws.com where aws:SourceArn is {TOPIC_ARN}"),
        )

    def test_sns_may_use_a_key_of_yours_for_the_topics_account(self, stack: Stack) -> None:
        key = kms.Key(stack, "Key")
        _with(encryption_master_key=key, topic=sns.Topic.from_topic_arn(stack, "T", TOPIC_ARN))(stack)
        template = Template.from_stack(stack)
        queues = resources_of_type(template, "AWS::SQS::Queue").values()
        assert all("KmsMasterKeyId" in queue for queue in queues)
        document = cast("dict[str, list[Properties]]", only_resource(template, "AWS::KMS::Key")["KeyPolicy"])
        of_sns = {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Resource": "*",
        }
        assert [each for each in document["Statement"] if each != of_sns] == document["Statement"][:1]
        assert of_sns in document["Statement"]

    def test_a_topic_with_the_same_key_makes_no_circle(self, stack: Stack) -> None:
        key = kms.Key(stack, "Key")
        topic = sns.Topic(stack, "Secret", master_key=key)
        _with(topic=topic, encryption_master_key=key)(stack)
        document = json.dumps(only_resource(Template.from_stack(stack), "AWS::KMS::Key")["KeyPolicy"])
        assert '{"aws:SourceAccount": {"Ref": "AWS::AccountId"}}' in document

    def test_an_imported_key_comes_with_a_warning(self, stack: Stack) -> None:
        key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111122223333:key/1")
        _with(encryption_master_key=key)(stack)
        SynthAnnotations.from_stack(stack).has_warning("/Stack/C", Match.string_like_regexp("imported key cannot be"))

    def test_alarms_take_their_actions_from_the_service(self, stack: Stack) -> None:
        topic = _topic(stack, "Alarms")
        ServiceDefaults.production(service="notices", alarm_actions=[actions.SnsAction(topic)]).apply_to(stack)
        _with()(stack)
        alarms = resources_of_type(Template.from_stack(stack), "AWS::CloudWatch::Alarm").values()
        assert len(alarms) == 3
        assert all(alarm["AlarmActions"] and alarm["OKActions"] for alarm in alarms)

    def test_permissions_reach_the_function(self, stack: Stack) -> None:
        consumer = _with()(stack)
        consumer.allow(sns_permissions.publish(TOPIC_ARN), sns_permissions.publish(_topic(stack, "Other")))
        template = Template.from_stack(stack)
        (role,) = resources_of_type(template, "AWS::IAM::Role")
        published = {statement[2] for statement in statements_of_role(template, role) if "sns:Publish" in statement[1]}
        (other,) = [name for name in resources_of_type(template, "AWS::SNS::Topic") if "Other" in name]
        assert published == {(json.dumps(TOPIC_ARN),), (json.dumps({"Ref": other}),)}


def _standard_into_fifo(stack: Stack) -> None:
    _with(subscription_dead_letter_queue=sqs.Queue(stack, "Rest", fifo=True))(stack)


def _fifo_into_standard(stack: Stack) -> None:
    queue = sqs.Queue.from_queue_arn(stack, "Own", "arn:aws:sqs:eu-west-1:111122223333:own")
    _with(queue=queue, topic=_topic(stack, "Ordered", fifo=True))(stack)


class TestErrors:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (_with(raw_message_delivery=False), "an envelope of its own"),
            (_standard_into_fifo, "a FIFO queue as subscription_dead_letter_queue for a standard topic"),
            (_fifo_into_standard, "a standard queue as queue for a FIFO topic"),
            (_with(encryption=sqs.QueueEncryption.KMS_MANAGED), "sns.amazonaws.com may not use that key"),
            (_with(fifo=True), "for order pass a FIFO topic, as in topic=sns.Topic(self, 'Topic', fifo=True)"),
            (_with(visibilty_timeout=Duration.minutes(1)), "Write visibility_timeout=…"),
        ],
    )
    def test_what_cannot_work_says_where_what_why_and_what_instead(
        self, stack: Stack, make: Callable[[Stack], object], message: str
    ) -> None:
        with pytest.raises(InvalidArgumentError, match=r"^Stack/C: .* cannot work: ") as error:
            make(stack)
        assert message in str(error.value)

    def test_what_the_queue_consumer_refuses_is_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match=r"^Stack/C/Consumer: visibility_timeout=10 s"):
            _with(visibility_timeout=Duration.seconds(10))(stack)

    def test_what_is_no_topic_is_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="topic=Stack/Q, of type Queue cannot work") as error:
            TopicConsumer(stack, "C", topic=cast("sns.ITopic", sqs.Queue(stack, "Q")), entry=ENTRY, handler=HANDLER)
        assert "for a queue make an IdempotentQueueConsumer" in str(error.value)
        with pytest.raises(InvalidArgumentError, match="topic='notices', of type str"):
            TopicConsumer(stack, "D", topic=cast("sns.ITopic", "notices"), entry=ENTRY, handler=HANDLER)
        theirs = sns.Topic.from_topic_arn(stack, "Theirs", "arn:aws:sns:us-east-1:111122223333:notices")
        assert TopicConsumer(stack, "E", topic=theirs, entry=ENTRY, handler=HANDLER).topic is theirs

    def test_a_topic_of_another_region_is_refused(self, app: App) -> None:
        stack = Stack(app, "Stack", env=Environment(account="111122223333", region="eu-central-1"))
        topic = sns.Topic.from_topic_arn(stack, "T", TOPIC_ARN)
        with pytest.raises(InvalidArgumentError, match="a topic in eu-west-1 for a consumer in eu-central-1"):
            _with(topic=topic)(stack)


class TestCompliance:
    def test_two_consumers_in_each_of_two_stacks_leave_nothing_open(self, app: App) -> None:
        for name in ("One", "Two"):
            stack = Stack(app, name)
            _with()(stack)
            TopicConsumer(
                stack,
                "D",
                topic=_topic(stack, "Ordered", fifo=True),
                filter_policy=OrderShipped,
                entry=ENTRY,
                handler=HANDLER,
            )
        found = findings(app)
        assert found.open == frozenset()
        undelivered = {rule for rule, path in found.acknowledged if "/Undelivered/" in path}
        assert undelivered == {"AwsSolutions-SQS3", "Serverless-SQSRedrivePolicy"}

    def test_a_consumer_may_live_in_another_stack_than_its_topic(self, app: App) -> None:
        topic = _topic(Stack(app, "Topics"))
        stack = Stack(app, "Consumers")
        TopicConsumer(stack, "C", topic=topic, entry=ENTRY, handler=HANDLER)
        Template.from_stack(topic.stack).resource_count_is(SUBSCRIPTION, 0)
        Template.from_stack(stack).resource_count_is(SUBSCRIPTION, 1)

    def test_the_example_is_clean(self, app: App) -> None:
        NoticesStack(app, "Notices")
        assert findings(app).open == frozenset()
