from __future__ import annotations

import json
from typing import cast

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations as SynthAnnotations
from aws_cdk.assertions import Match, Template

from best_practice_constructs import IdempotencyModel, IdempotentQueueConsumer, ServiceDefaults
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import deployed_before, only_resource, resources_of_type, statements_of_role

FOURTEEN_DAYS = 1_209_600
FOUR_DAYS = 345_600


def _app() -> App:
    return App(context={"aws:cdk:bundling-stacks": []})


@pytest.fixture(scope="module")
def default_template() -> Template:
    stack = Stack(_app(), "S")
    IdempotentQueueConsumer(stack, "Invoices", entry=ENTRY, handler=HANDLER)
    return Template.from_stack(stack)


def _queues(template: Template) -> tuple[str, str]:
    """Give the logical ids of the source queue and of its dead-letter queue."""
    queues = resources_of_type(template, "AWS::SQS::Queue")
    (source,) = [name for name, properties in queues.items() if "RedrivePolicy" in properties]
    (dead,) = [name for name in queues if name != source]
    return source, dead


def _references(value: object) -> list[object]:
    """Give every ``Ref`` in a part of a template."""
    if isinstance(value, dict):
        inner = [reference for part in value.values() for reference in _references(part)]
        return [value, *inner] if "Ref" in value else inner
    return [reference for part in value for reference in _references(part)] if isinstance(value, list) else []


class TestDefaults:
    def test_the_queue_hands_over_to_its_dead_letters_after_five_attempts(self, default_template: Template) -> None:
        source, dead = _queues(default_template)
        queues = resources_of_type(default_template, "AWS::SQS::Queue")
        assert queues[source]["RedrivePolicy"] == {
            "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
            "maxReceiveCount": 5,
        }
        assert queues[source]["VisibilityTimeout"] == 60
        assert queues[source]["MessageRetentionPeriod"] == FOUR_DAYS
        assert queues[dead]["MessageRetentionPeriod"] == FOURTEEN_DAYS
        assert all(properties["SqsManagedSseEnabled"] is True for properties in queues.values())

    def test_only_the_source_may_redrive_into_the_dead_letters(self, default_template: Template) -> None:
        source, dead = _queues(default_template)
        queues = resources_of_type(default_template, "AWS::SQS::Queue")
        policy = cast("dict[str, object]", queues[dead]["RedriveAllowPolicy"])
        assert policy["redrivePermission"] == "byQueue"
        (arn,) = cast("list[dict[str, list[object]]]", policy["sourceQueueArns"])
        name = cast("dict[str, list[object]]", queues[source]["QueueName"])
        assert json.dumps(arn).count(json.dumps(cast("list[object]", name["Fn::Join"][1])[1])) == 1
        assert "AWS::StackId" in json.dumps(name)

    def test_both_queues_take_tls_only(self, default_template: Template) -> None:
        policies = resources_of_type(default_template, "AWS::SQS::QueuePolicy").values()
        denied = {
            json.dumps(policy["Queues"])
            for policy in policies
            for statement in cast(
                "list[dict[str, object]]", cast("dict[str, object]", policy["PolicyDocument"])["Statement"]
            )
            if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        }
        assert len(denied) == 2

    def test_the_mapping_reports_each_failure_and_is_bounded(self, default_template: Template) -> None:
        source, _ = _queues(default_template)
        mapping = only_resource(default_template, "AWS::Lambda::EventSourceMapping")
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["BatchSize"] == 10
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 10}
        assert mapping["EventSourceArn"] == {"Fn::GetAtt": [source, "Arn"]}

    def test_the_mapping_waits_for_the_permission_to_poll(self, default_template: Template) -> None:
        (mapping,) = default_template.find_resources("AWS::Lambda::EventSourceMapping")
        before = deployed_before(default_template.to_json()["Resources"], mapping)
        assert any("DefaultPolicy" in name for name in before)

    def test_the_role_may_call_exactly_what_is_called(self, default_template: Template) -> None:
        source, dead = _queues(default_template)
        (table,) = resources_of_type(default_template, "AWS::DynamoDB::Table")
        (role,) = resources_of_type(default_template, "AWS::IAM::Role")

        def arn(name: str) -> tuple[str, ...]:
            return (json.dumps({"Fn::GetAtt": [name, "Arn"]}),)

        poll = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
        assert {
            statement
            for statement in statements_of_role(default_template, role)
            if not statement[1][0].startswith(("logs:", "xray:"))
        } == {
            ("Allow", poll, arn(source)),
            ("Allow", ("sqs:SendMessage",), arn(dead)),
            ("Allow", ("dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"), arn(table)),
        }

    def test_records_expire_after_every_way_back(self, default_template: Template) -> None:
        table = only_resource(default_template, "AWS::DynamoDB::Table")
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        default_template.has_resource_properties(
            "AWS::Lambda::Function",
            {
                "Environment": {
                    "Variables": Match.object_like(
                        {
                            "IDEMPOTENCY_EXPIRES_AFTER_SECONDS": str(2 * FOUR_DAYS + FOURTEEN_DAYS),
                            "IDEMPOTENCY_KEY": "detail.metadata.event_id",
                            "IDEMPOTENCY_MODEL": "record",
                            "MAX_RECEIVE_COUNT": "5",
                            "QUEUE_IS_FIFO": "false",
                        }
                    )
                }
            },
        )

    def test_alarms_watch_dead_letters_and_age(self, default_template: Template) -> None:
        alarms = resources_of_type(default_template, "AWS::CloudWatch::Alarm").values()
        assert {(alarm["MetricName"], alarm["Threshold"]) for alarm in alarms} == {
            ("ApproximateNumberOfMessagesVisible", 1),
            ("ApproximateAgeOfOldestMessage", 300),
        }

    def test_a_polled_function_needs_no_destination(self, default_template: Template) -> None:
        default_template.resource_count_is("AWS::Lambda::EventInvokeConfig", 0)


class TestOverrides:
    def test_the_visibility_timeout_follows_timeout_and_window(self, stack: Stack) -> None:
        consumer = IdempotentQueueConsumer(
            stack,
            "C",
            entry=ENTRY,
            handler=HANDLER,
            timeout=Duration.seconds(30),
            batch_size=100,
            max_batching_window=Duration.seconds(20),
            max_concurrency=4,
            max_receive_count=7,
            retention_period=Duration.days(2),
            reserved_concurrent_executions=5,
            filters=[lambda_.FilterCriteria.filter({"body": {"kind": lambda_.FilterRule.is_equal("invoice")}})],
            enabled=False,
            memory_size=1024,
            environment={"SERIES": "2026"},
        )
        template = Template.from_stack(stack)
        source, _ = _queues(template)
        assert resources_of_type(template, "AWS::SQS::Queue")[source]["VisibilityTimeout"] == 200
        mapping = only_resource(template, "AWS::Lambda::EventSourceMapping")
        assert mapping["Enabled"] is False
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 4}
        assert mapping["MaximumBatchingWindowInSeconds"] == 20
        assert "FilterCriteria" in mapping
        function = only_resource(template, "AWS::Lambda::Function")
        assert function["MemorySize"] == 1024
        variables = cast("dict[str, dict[str, str]]", function["Environment"])["Variables"]
        assert (variables["SERIES"], variables["MAX_RECEIVE_COUNT"]) == ("2026", "7")
        assert consumer.contract.effective_visibility_timeout == 200

    def test_a_small_reservation_bounds_the_mapping(self, stack: Stack) -> None:
        IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER, reserved_concurrent_executions=3)
        mapping = only_resource(Template.from_stack(stack), "AWS::Lambda::EventSourceMapping")
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 3}

    def test_what_the_function_takes_the_consumer_takes(self, stack: Stack) -> None:
        consumer = IdempotentQueueConsumer(
            stack, "C", entry=ENTRY, handler=HANDLER, description="Issues", provisioned_concurrent_executions=2
        )
        template = Template.from_stack(stack)
        assert consumer.function.alias is not None
        (alias,) = resources_of_type(template, "AWS::Lambda::Alias")
        mapping = only_resource(template, "AWS::Lambda::EventSourceMapping")
        assert {"Ref": alias} in _references(mapping["FunctionName"])
        assert only_resource(template, "AWS::Lambda::Function")["Description"] == "Issues"

    def test_fifo_queues_have_fifo_dead_letters(self, stack: Stack) -> None:
        IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER, fifo=True, content_based_deduplication=True)
        queues = resources_of_type(Template.from_stack(stack), "AWS::SQS::Queue").values()
        assert all(queue["FifoQueue"] is True for queue in queues)
        assert sum("ContentBasedDeduplication" in queue for queue in queues) == 1

    def test_what_queue_and_mapping_take_the_consumer_takes(self, stack: Stack) -> None:
        consumer = IdempotentQueueConsumer(
            stack,
            "C",
            entry=ENTRY,
            handler=HANDLER,
            queue_name="orders",
            encryption_master_key=kms.Key(stack, "Key"),
            delivery_delay=Duration.seconds(5),
            dead_letter_retention_period=Duration.days(13),
            provisioned_poller_config=lambda_.ProvisionedPollerConfig(minimum_pollers=2, maximum_pollers=10),
            metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
        )
        template = Template.from_stack(stack)
        queues = resources_of_type(template, "AWS::SQS::Queue").values()
        assert all("KmsMasterKeyId" in queue for queue in queues)
        (source,) = [queue for queue in queues if queue.get("QueueName") == "orders"]
        assert source["DelaySeconds"] == 5
        (dead,) = [queue for queue in queues if queue is not source]
        assert dead["MessageRetentionPeriod"] == 13 * 86_400
        assert ":orders" in str(dead["RedriveAllowPolicy"])
        mapping = only_resource(template, "AWS::Lambda::EventSourceMapping")
        assert mapping["ProvisionedPollerConfig"] == {"MinimumPollers": 2, "MaximumPollers": 10}
        assert mapping["MetricsConfig"] == {"Metrics": ["EventCount"]}
        assert "ScalingConfig" not in mapping
        assert consumer.contract.max_concurrency is None

    def test_a_handler_that_reports_no_failures_is_warned_of(self, stack: Stack) -> None:
        IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER)
        said = Match.string_like_regexp("which messages failed")
        (warning,) = SynthAnnotations.from_stack(stack).find_warning("*", said)
        assert "greet.py" in str(warning.entry.data)

    def test_a_transaction_needs_to_put_the_record_only(self, stack: Stack) -> None:
        IdempotentQueueConsumer(
            stack, "C", entry=ENTRY, handler=HANDLER, idempotency_model=IdempotencyModel.TRANSACTION
        )
        template = Template.from_stack(stack)
        (role,) = resources_of_type(template, "AWS::IAM::Role")
        table_actions = {
            action
            for _, statement_actions, _ in statements_of_role(template, role)
            for action in statement_actions
            if action.startswith("dynamodb:")
        }
        assert table_actions == {"dynamodb:PutItem"}

    def test_a_queue_and_a_table_can_be_brought(self, stack: Stack) -> None:
        key = kms.Key(stack, "Key")
        dead = sqs.Queue(stack, "Dead", encryption_master_key=key, retention_period=Duration.days(14))
        queue = sqs.Queue(
            stack,
            "Mine",
            encryption_master_key=key,
            visibility_timeout=Duration.seconds(60),
            retention_period=Duration.days(5),
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=9, queue=dead),
        )
        table = dynamodb.Table.from_table_name(stack, "Table", "idempotency")
        consumer = IdempotentQueueConsumer(
            stack, "C", entry=ENTRY, handler=HANDLER, queue=queue, idempotency_table=table
        )
        template = Template.from_stack(stack)
        assert consumer.queue is queue
        assert consumer.dead_letter_queue is dead
        template.resource_count_is("AWS::SQS::Queue", 2)
        template.resource_count_is("AWS::DynamoDB::Table", 0)
        (role,) = resources_of_type(template, "AWS::IAM::Role")
        statement_actions = {actions for _, actions, _ in statements_of_role(template, role)}
        assert ("kms:Decrypt",) in statement_actions
        assert ("kms:Decrypt", "kms:GenerateDataKey") in statement_actions
        variables = cast("dict[str, dict[str, str]]", only_resource(template, "AWS::Lambda::Function")["Environment"])[
            "Variables"
        ]
        assert variables["MAX_RECEIVE_COUNT"] == "9"

    def test_an_imported_queue_comes_with_its_dead_letters(self, stack: Stack) -> None:
        queue = sqs.Queue.from_queue_arn(stack, "Q", "arn:aws:sqs:eu-west-1:111122223333:orders")
        dead = sqs.Queue.from_queue_arn(stack, "D", "arn:aws:sqs:eu-west-1:111122223333:dead")
        IdempotentQueueConsumer(
            stack,
            "C",
            entry=ENTRY,
            handler=HANDLER,
            queue=queue,
            dead_letter_queue=dead,
            visibility_timeout=Duration.minutes(1),
        )
        Template.from_stack(stack).resource_count_is("AWS::SQS::Queue", 0)

    def test_alarms_take_their_actions_from_the_service(self) -> None:
        app = _app()
        stack = Stack(app, "S")
        topic = sns.Topic(stack, "Topic")
        ServiceDefaults.production(service="invoices", alarm_actions=[actions.SnsAction(topic)]).apply_to(stack)
        IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER)
        alarms = resources_of_type(Template.from_stack(stack), "AWS::CloudWatch::Alarm").values()
        assert all(alarm["AlarmActions"] and alarm["OKActions"] for alarm in alarms)


class TestTogether:
    def test_two_in_a_stack_and_two_stacks_are_compliant(self) -> None:
        app = _app()
        for name in ("Blue", "Green"):
            stack = Stack(app, name)
            IdempotentQueueConsumer(stack, "A", entry=ENTRY, handler=HANDLER)
            IdempotentQueueConsumer(stack, "B", entry=ENTRY, handler=HANDLER, fifo=True)
        found = findings(app)
        assert not found.open
        assert {rule for rule, _ in found.acknowledged} == {
            "AwsSolutions-IAM5[Resource::*]",
            "Serverless-LambdaDLQ",
            "Serverless-LambdaEventSourceMappingDestination",
            "Serverless-LambdaStarPermissions",
            "Serverless-SQSRedrivePolicy",
        }
