from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations as SynthAnnotations
from aws_cdk.assertions import Match, Template
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs import (
    AsyncFunctionConsumer,
    EnrichedEventBus,
    EventSource,
    InvalidArgumentError,
    ServiceDefaults,
)
from best_practice_constructs.consumers import object_created_rule
from best_practice_constructs.permissions import s3 as s3_permissions
from examples.async_function_consumer.stack import PhotosStack
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import Properties, only_resource, resources_of_type, statements_of_role

CONFIG, RULE, BUCKET, QUEUE = (
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Events::Rule",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
)
FOURTEEN_DAYS, SIX_HOURS, A_DAY = 1_209_600, 21_600, 86_400
SENDS_EVENTS = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced:
    """An event to route."""

    order_id: str


def _consumer(stack: Stack, id: str = "C", **arguments: object) -> AsyncFunctionConsumer:
    return AsyncFunctionConsumer(stack, id, entry=ENTRY, handler=HANDLER, **arguments)  # type: ignore[arg-type] # each test gives its own values


def _with(**arguments: object) -> Callable[[Stack], AsyncFunctionConsumer]:
    return lambda stack: AsyncFunctionConsumer(stack, "C", entry=ENTRY, handler=HANDLER, **arguments)  # type: ignore[arg-type] # each test gives one wrong value


@pytest.fixture(scope="module")
def default_template() -> Template:
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
    _consumer(stack)
    return Template.from_stack(stack)


def _name_of(template: Template, resource_type: str, part: str = "") -> str:
    (name,) = [name for name in resources_of_type(template, resource_type) if part in name]
    return name


def _own_statements(template: Template) -> set[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Give what the function may do beside writing its log and its traces."""
    statements = statements_of_role(template, _name_of(template, "AWS::IAM::Role"))
    return {statement for statement in statements if not statement[1][0].startswith(("logs:", "xray:"))}


def _arn_of(name: str) -> tuple[str, ...]:
    return (json.dumps({"Fn::GetAtt": [name, "Arn"]}),)


def _variables(template: Template) -> dict[str, object]:
    function = only_resource(template, "AWS::Lambda::Function")
    return cast("dict[str, dict[str, object]]", function["Environment"])["Variables"]


class TestDefaults:
    def test_retries_and_age_are_bounded_and_failures_go_to_the_queue(self, default_template: Template) -> None:
        queue = _name_of(default_template, QUEUE)
        assert only_resource(default_template, CONFIG) == {
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}},
            "FunctionName": {"Ref": _name_of(default_template, "AWS::Lambda::Function")},
            "MaximumEventAgeInSeconds": SIX_HOURS,
            "MaximumRetryAttempts": 2,
            "Qualifier": "$LATEST",
        }

    def test_lambda_may_send_there_before_it_checks(self, default_template: Template) -> None:
        config = next(iter(default_template.find_resources(CONFIG).values()))
        assert any("DefaultPolicy" in name for name in cast("list[str]", config["DependsOn"]))

    def test_the_role_may_call_exactly_what_is_called(self, default_template: Template) -> None:
        table, queue = (_name_of(default_template, each) for each in ("AWS::DynamoDB::Table", QUEUE))
        assert _own_statements(default_template) == {
            ("Allow", ("sqs:SendMessage",), _arn_of(queue)),
            ("Allow", ("dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"), _arn_of(table)),
        }

    def test_the_runtime_finds_table_key_and_queue(self, default_template: Template) -> None:
        variables = _variables(default_template)
        assert variables["IDEMPOTENCY_TABLE_NAME"] == {"Ref": _name_of(default_template, "AWS::DynamoDB::Table")}
        assert variables["ASYNC_FAILURES_QUEUE_URL"] == {"Ref": _name_of(default_template, QUEUE)}
        assert str(variables["IDEMPOTENCY_KEY"]).startswith("detail.metadata.event_id || ")
        assert variables["IDEMPOTENCY_EXPIRES_AFTER_SECONDS"] == str(A_DAY + 2 * SIX_HOURS + FOURTEEN_DAYS)

    def test_failures_wait_fourteen_days_under_an_alarm(self, default_template: Template) -> None:
        assert only_resource(default_template, QUEUE) == {
            "MessageRetentionPeriod": FOURTEEN_DAYS,
            "SqsManagedSseEnabled": True,
        }
        assert '"aws:SecureTransport": "false"' in json.dumps(only_resource(default_template, "AWS::SQS::QueuePolicy"))
        alarm = only_resource(default_template, "AWS::CloudWatch::Alarm")
        assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 1)

    def test_records_expire(self, default_template: Template) -> None:
        table = only_resource(default_template, "AWS::DynamoDB::Table")
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}
        assert table["BillingMode"] == "PAY_PER_REQUEST"


class TestOverrides:
    def test_every_setting_reaches_its_resource(self, stack: Stack) -> None:
        table = dynamodb.Table(
            stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        )
        consumer = _consumer(
            stack,
            max_event_age=Duration.hours(1),
            retry_attempts=0,
            idempotency_key="detail.data.order_id",
            idempotency_table=table,
            idempotency_expires_after=Duration.days(30),
            timeout=Duration.seconds(20),
            environment={"SERIES": "2026"},
            reserved_concurrent_executions=3,
            removal_policy=RemovalPolicy.DESTROY,
            memory_size=1024,
        )
        template = Template.from_stack(stack)
        config = only_resource(template, CONFIG)
        assert (config["MaximumEventAgeInSeconds"], config["MaximumRetryAttempts"]) == (3600, 0)
        function = only_resource(template, "AWS::Lambda::Function")
        assert (function["MemorySize"], function["Timeout"], function["ReservedConcurrentExecutions"]) == (1024, 20, 3)
        variables = _variables(template)
        assert (variables["SERIES"], variables["IDEMPOTENCY_KEY"]) == ("2026", "detail.data.order_id")
        assert variables["IDEMPOTENCY_EXPIRES_AFTER_SECONDS"] == "2592000"
        assert consumer.idempotency_table is table
        assert next(iter(template.find_resources(QUEUE).values()))["DeletionPolicy"] == "Delete"

    def test_a_queue_of_yours_has_an_alarm_of_yours_and_its_key_is_allowed(self, stack: Stack) -> None:
        key = kms.Key(stack, "Key")
        failures = sqs.Queue(stack, "Failures", encryption_master_key=key)
        consumer = _consumer(stack, on_failure=failures)
        template = Template.from_stack(stack)
        assert (consumer.failures_queue, consumer.failures_alarm) == (failures, None)
        template.resource_count_is("AWS::CloudWatch::Alarm", 0)
        of_key = ("Allow", ("kms:Decrypt", "kms:GenerateDataKey"), _arn_of(_name_of(template, "AWS::KMS::Key")))
        assert of_key in _own_statements(template)

    def test_a_success_is_told_only_of_what_succeeded(self, stack: Stack) -> None:
        """What is put aside by the runtime would count as one; so Lambda's own way is left to it."""
        topic = sns.Topic(stack, "Done", enforce_ssl=True)
        _consumer(stack, on_success=destinations.SnsDestination(topic))
        template = Template.from_stack(stack)
        config = cast("dict[str, dict[str, object]]", only_resource(template, CONFIG)["DestinationConfig"])
        assert config["OnSuccess"] == {"Destination": {"Ref": _name_of(template, "AWS::SNS::Topic")}}
        assert "ASYNC_FAILURES_QUEUE_URL" not in _variables(template)

    def test_the_alias_that_is_kept_ready_is_configured_and_invoked(self, stack: Stack) -> None:
        consumer = _consumer(stack, provisioned_concurrent_executions=2)
        consumer.on_object_created(s3.Bucket(stack, "Photos"))
        template = Template.from_stack(stack)
        assert only_resource(template, CONFIG)["Qualifier"] == "live"
        (target,) = cast("list[dict[str, object]]", only_resource(template, RULE)["Targets"])
        alias = _name_of(template, "AWS::Lambda::Alias")
        assert alias in json.dumps(target["Arn"])
        assert alias in json.dumps(only_resource(template, "AWS::Lambda::Permission")["FunctionName"])

    def test_alarms_take_their_actions_from_the_service(self, stack: Stack) -> None:
        topic = sns.Topic(stack, "Topic")
        ServiceDefaults.production(service="photos", alarm_actions=[actions.SnsAction(topic)]).apply_to(stack)
        _consumer(stack).on_object_created(s3.Bucket(stack, "Photos"))
        alarms = resources_of_type(Template.from_stack(stack), "AWS::CloudWatch::Alarm").values()
        assert len(alarms) == 2
        assert all(alarm["AlarmActions"] and alarm["OKActions"] for alarm in alarms)

    def test_a_bus_routes_to_its_function(self, stack: Stack) -> None:
        consumer = _consumer(stack)
        EnrichedEventBus(stack, "Bus", archive=False, log_errors=False).route(OrderPlaced, to=consumer.function)
        template = Template.from_stack(stack)
        (target,) = cast("list[dict[str, object]]", only_resource(template, RULE)["Targets"])
        assert target["Arn"] == {"Fn::GetAtt": [_name_of(template, "AWS::Lambda::Function"), "Arn"]}
        template.resource_count_is(CONFIG, 1)


class TestObjects:
    def test_the_default_bus_invokes_the_function_for_this_bucket(self, stack: Stack) -> None:
        rule = _consumer(stack).on_object_created(s3.Bucket(stack, "Photos"))
        template = Template.from_stack(stack)
        bucket, function = (_name_of(template, each) for each in (BUCKET, "AWS::Lambda::Function"))
        queue, own = _name_of(template, QUEUE, "DeadLetters"), _name_of(template, RULE)
        assert only_resource(template, BUCKET) == {"NotificationConfiguration": SENDS_EVENTS}
        assert only_resource(template, RULE) == {
            "EventPattern": {
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": [{"Ref": bucket}]}},
            },
            "Targets": [
                {
                    "Arn": {"Fn::GetAtt": [function, "Arn"]},
                    "DeadLetterConfig": {"Arn": {"Fn::GetAtt": [queue, "Arn"]}},
                    "Id": "Target",
                    "RetryPolicy": {"MaximumEventAgeInSeconds": A_DAY, "MaximumRetryAttempts": 185},
                }
            ],
        }
        assert only_resource(template, "AWS::Lambda::Permission") == {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Fn::GetAtt": [function, "Arn"]},
            "Principal": "events.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": [own, "Arn"]},
        }
        assert rule.dead_letters_alarm is not None

    def test_only_this_rule_may_send_dead_letters(self, stack: Stack) -> None:
        _consumer(stack).on_object_created(s3.Bucket(stack, "Photos"))
        template = Template.from_stack(stack)
        queue = _name_of(template, QUEUE, "DeadLetters")
        allowed = [
            statement
            for policy in resources_of_type(template, "AWS::SQS::QueuePolicy").values()
            for statement in cast("dict[str, list[Properties]]", policy["PolicyDocument"])["Statement"]
            if statement["Effect"] == "Allow"
        ]
        assert allowed == [
            {
                "Action": "sqs:SendMessage",
                "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [_name_of(template, RULE), "Arn"]}}},
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Resource": {"Fn::GetAtt": [queue, "Arn"]},
            }
        ]

    def test_no_custom_resource_is_made(self, stack: Stack) -> None:
        _consumer(stack).on_object_created(s3.Bucket(stack, "Photos"))
        template = Template.from_stack(stack)
        template.resource_count_is("AWS::Lambda::Function", 1)
        template.resource_count_is("Custom::S3BucketNotifications", 0)

    @pytest.mark.parametrize(
        ("prefix", "suffix", "pattern"),
        [
            ("photos/", None, {"prefix": "photos/"}),
            (None, ".jpg", {"suffix": ".jpg"}),
            ("photos/", ".jpg", {"wildcard": "photos/*.jpg"}),
            ("a*b\\", "*", {"wildcard": "a\\*b\\\\*\\*"}),
        ],
    )
    def test_keys_are_matched_at_their_ends(
        self, stack: Stack, prefix: str | None, suffix: str | None, pattern: object
    ) -> None:
        _consumer(stack).on_object_created(s3.Bucket(stack, "Photos"), prefix=prefix, suffix=suffix)
        given_pattern = cast(
            "dict[str, dict[str, object]]", only_resource(Template.from_stack(stack), RULE)["EventPattern"]
        )
        assert given_pattern["detail"]["object"] == {"key": [pattern]}

    @given(prefix=st.text(min_size=1, max_size=9), suffix=st.text(min_size=1, max_size=9))
    def test_both_ends_are_taken_literally(self, prefix: str, suffix: str) -> None:
        wildcard = object_created_rule._key_pattern(prefix, suffix)["wildcard"]
        text, stars, at = "", 0, 0
        while at < len(wildcard):
            if wildcard[at] == "\\":
                at += 1
                text += wildcard[at]
            elif wildcard[at] == "*":
                stars += 1
                assert text == prefix
            else:
                text += wildcard[at]
            at += 1
        assert (text, stars) == (prefix + suffix, 1)

    def test_several_may_hear_of_one_bucket(self, stack: Stack) -> None:
        bucket = s3.Bucket(stack, "Photos")
        consumer = _consumer(stack)
        consumer.on_object_created(bucket, prefix="a/")
        consumer.on_object_created(bucket, prefix="b/", id="OnB")
        _consumer(stack, "D").on_object_created(bucket)
        template = Template.from_stack(stack)
        template.resource_count_is(RULE, 3)
        assert only_resource(template, BUCKET) == {"NotificationConfiguration": SENDS_EVENTS}
        with pytest.raises(InvalidArgumentError, match="a second on_object_created of Stack/Photos"):
            consumer.on_object_created(bucket)

    def test_a_bucket_of_another_stack_knows_nothing_of_its_consumers(self, app: App) -> None:
        buckets, consumers = Stack(app, "Buckets"), Stack(app, "Consumers")
        _consumer(consumers).on_object_created(s3.Bucket(buckets, "Photos"))
        Template.from_stack(buckets).resource_count_is(RULE, 0)
        Template.from_stack(consumers).resource_count_is(RULE, 1)

    def test_an_imported_bucket_comes_with_a_warning(self, stack: Stack) -> None:
        _consumer(stack).on_object_created(s3.Bucket.from_bucket_name(stack, "Photos", "photos"))
        SynthAnnotations.from_stack(stack).has_warning(
            "/Stack/C/OnPhotosObjectCreated", Match.string_like_regexp("sends its events to EventBridge, else nothing")
        )

    def test_a_bucket_that_sends_by_aws_cdk_libs_own_means_goes_on_to(self, stack: Stack) -> None:
        _consumer(stack).on_object_created(s3.Bucket(stack, "Photos", event_bridge_enabled=True))
        template = Template.from_stack(stack)
        template.resource_count_is("Custom::S3BucketNotifications", 1)
        assert only_resource(template, BUCKET) == {}

    def test_notifications_that_come_later_would_switch_it_off(self, app: App, stack: Stack) -> None:
        bucket = s3.Bucket(stack, "Photos")
        _consumer(stack).on_object_created(bucket)
        bucket.add_event_notification(
            s3.EventType.OBJECT_REMOVED, notifications.SqsDestination(sqs.Queue(stack, "Removed"))
        )
        with pytest.raises(RuntimeError, match="Stack/Photos got notifications of aws-cdk-lib's after"):
            app.synth()

    def test_a_configuration_of_yours_is_not_replaced(self, stack: Stack) -> None:
        bucket = s3.Bucket(stack, "Photos")
        resource = cast("s3.CfnBucket", bucket.node.default_child)
        properties = s3.CfnBucket
        resource.notification_configuration = properties.NotificationConfigurationProperty(queue_configurations=[])
        with pytest.raises(InvalidArgumentError, match="Set event_bridge_configuration there too"):
            _consumer(stack).on_object_created(bucket)

    def test_reading_is_allowed_by_the_user(self, stack: Stack) -> None:
        bucket = s3.Bucket(stack, "Photos")
        consumer = _consumer(stack)
        consumer.on_object_created(bucket)
        before = _own_statements(Template.from_stack(stack))
        assert not any("s3:" in action for _, actions, _ in before for action in actions)
        consumer.allow(s3_permissions.get_object(bucket, prefix="photos/"))


class TestErrors:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (_with(idempotency_key="[id"), "it is no JMESPath expression"),
            (_with(idempotency_expires_after=Duration.days(1)), "Duration.seconds(1339200)"),
            (_with(environment={"IDEMPOTENCY_KEY": "x"}), "the consumer sets it"),
            (_with(memroy_size=1), "Write memory_size=…"),
            (lambda stack: _consumer(stack, on_failure=sqs.Queue(stack, "Q", fifo=True)), "standard queues only"),
        ],
    )
    def test_what_cannot_work_says_where_what_why_and_what_instead(
        self, stack: Stack, make: Callable[[Stack], object], message: str
    ) -> None:
        with pytest.raises(InvalidArgumentError, match=r"^Stack/C: .* cannot work: ") as error:
            make(stack)
        assert message in str(error.value)

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (_with(max_event_age=Duration.hours(7)), "Lambda keeps an event 60 s to 6 h"),
            (_with(retry_attempts=3), "Lambda retries at most twice"),
        ],
    )
    def test_what_the_function_refuses_is_refused(
        self, stack: Stack, make: Callable[[Stack], object], message: str
    ) -> None:
        with pytest.raises(InvalidArgumentError, match=message):
            make(stack)


class TestCompliance:
    def test_two_consumers_in_each_of_two_stacks_leave_nothing_open(self, app: App) -> None:
        for name in ("One", "Two"):
            stack = PhotosStack(app, name)
            _consumer(stack).on_object_created(stack.photos, prefix="others/")
        found = findings(app)
        assert found.open == frozenset()
        failures = {rule for rule, path in found.acknowledged if "/Failures/" in path}
        assert failures == {"AwsSolutions-SQS3", "Serverless-SQSRedrivePolicy"}
