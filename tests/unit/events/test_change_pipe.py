from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from best_practice_constructs import (
    ChangePipe,
    EnrichedEventBus,
    EventCatalogue,
    EventSource,
)
from best_practice_constructs.runtime.event_type import Event
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.templates import only_resource, resources_of_type, statements_of_role

PIPE = "AWS::Pipes::Pipe"
READ = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")
_filter = lambda_.FilterCriteria.filter
products = EventSource("com.example.products")


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product, as it lies in the table."""

    product_id: str
    price: Decimal


@products.event
class ProductListed(Event):
    """A product is there."""

    product_id: str
    price: Decimal


@products.event
class ProductChanged(Event):
    """A product is another."""

    before: Product
    after: Product


@products.event
class ProductWithdrawn(Event):
    """A product is gone."""

    before: Product


def table_of(
    stack: Stack,
    id: str = "Table",
    *,
    stream: dynamodb.StreamViewType | None = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    encryption_key: kms.IKey | None = None,
) -> dynamodb.Table:
    return dynamodb.Table(
        stack,
        id,
        partition_key=dynamodb.Attribute(name="product_id", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        stream=stream,
        encryption_key=encryption_key,
    )


def bus_of(stack: Stack) -> EnrichedEventBus:
    return EnrichedEventBus(stack, "Bus", log_errors=False)


@pytest.fixture(scope="module")
def default_template() -> Template:
    stack = Stack(App(), "S")
    ChangePipe(stack, "Tell", table=table_of(stack), bus=bus_of(stack), event=ProductListed)
    return Template.from_stack(stack)


def _names(template: Template, resource_type: str, part: str = "") -> str:
    (name,) = [name for name in resources_of_type(template, resource_type) if part in name]
    return name


def _alarm(template: Template, part: str) -> dict[str, Any]:
    alarms = resources_of_type(template, "AWS::CloudWatch::Alarm")
    return cast("dict[str, Any]", alarms[_names(template, "AWS::CloudWatch::Alarm", part)])


def _arn(name: str, attribute: str = "Arn") -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def _filters(stack: Stack) -> list[object]:
    source = cast("Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]]", _pipe(stack)["SourceParameters"])
    return [json.loads(each["Pattern"]) for each in source["FilterCriteria"]["Filters"]]


def _pipe(stack: Stack) -> Mapping[str, object]:
    return only_resource(Template.from_stack(stack), PIPE)


class TestDefaults:
    def test_the_pipe_reads_from_the_start_bounds_and_reports(self, default_template: Template) -> None:
        pipe = only_resource(default_template, PIPE)
        table, queue = (
            _names(default_template, "AWS::DynamoDB::Table"),
            _names(default_template, "AWS::SQS::Queue", "TellF"),
        )
        assert pipe["Source"] == _arn(table, "StreamArn")
        assert pipe["DesiredState"] == "RUNNING"
        assert pipe["SourceParameters"] == {
            "DynamoDBStreamParameters": {
                "BatchSize": 10,
                "DeadLetterConfig": {"Arn": _arn(queue)},
                "MaximumRecordAgeInSeconds": 43_200,
                "MaximumRetryAttempts": 10_000,
                "OnPartialBatchItemFailure": "AUTOMATIC_BISECT",
                "ParallelizationFactor": 1,
                "StartingPosition": "TRIM_HORIZON",
            },
            "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT", "MODIFY"]}'}]},
        }
        assert "Name" not in pipe

    def test_the_bus_gets_the_declared_event(self, default_template: Template) -> None:
        pipe = only_resource(default_template, PIPE)
        assert pipe["Target"] == _arn(_names(default_template, "AWS::Events::EventBus"))
        target = cast("Mapping[str, object]", pipe["TargetParameters"])
        assert target["EventBridgeEventBusParameters"] == {
            "Source": "com.example.products",
            "DetailType": "ProductListed",
            "Resources": [_arn(_names(default_template, "AWS::DynamoDB::Table"), "StreamArn")],
        }
        assert str(target["InputTemplate"]).endswith(
            '"data":{"product_id":<$.dynamodb.NewImage.product_id.S>,"price":<$.dynamodb.NewImage.price.N>}}'
        )

    def test_the_role_may_do_what_the_pipe_does_for_pipes_of_this_account(self, default_template: Template) -> None:
        role = _names(default_template, "AWS::IAM::Role")
        allowed = {actions: resources for _, actions, resources in statements_of_role(default_template, role)}
        arns = {
            READ: _arn(_names(default_template, "AWS::DynamoDB::Table"), "StreamArn"),
            ("events:PutEvents",): _arn(_names(default_template, "AWS::Events::EventBus")),
            ("sqs:SendMessage",): _arn(_names(default_template, "AWS::SQS::Queue", "TellF")),
            ("logs:CreateLogStream", "logs:PutLogEvents"): _arn(_names(default_template, "AWS::Logs::LogGroup")),
        }
        assert allowed == {actions: (json.dumps(arn),) for actions, arn in arns.items()}
        document = cast(
            "Mapping[str, list[Mapping[str, object]]]",
            resources_of_type(default_template, "AWS::IAM::Role")[role]["AssumeRolePolicyDocument"],
        )
        (trust,) = document["Statement"]
        assert trust["Principal"] == {"Service": "pipes.amazonaws.com"}
        condition = json.dumps(trust["Condition"])
        assert '"aws:SourceAccount": {"Ref": "AWS::AccountId"}' in condition
        assert ":pipe/*" in condition

    def test_errors_are_logged_without_what_customers_said(self, default_template: Template) -> None:
        log = only_resource(default_template, PIPE)["LogConfiguration"]
        group = _names(default_template, "AWS::Logs::LogGroup")
        assert log == {"CloudwatchLogsLogDestination": {"LogGroupArn": _arn(group)}, "Level": "ERROR"}
        assert only_resource(default_template, "AWS::Logs::LogGroup")["RetentionInDays"] == 30

    def test_failures_wait_fourteen_days_and_call_a_person(self, default_template: Template) -> None:
        queue = resources_of_type(default_template, "AWS::SQS::Queue")[
            _names(default_template, "AWS::SQS::Queue", "TellF")
        ]
        assert (queue["MessageRetentionPeriod"], queue["SqsManagedSseEnabled"]) == (1_209_600, True)
        alarm = _alarm(default_template, "TellFailures")
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"

    def test_executions_that_tell_not_all_of_their_records_call_a_person(self, default_template: Template) -> None:
        alarm = _alarm(default_template, "TellExecution")
        *counted, total = sorted(alarm["Metrics"], key=lambda each: "Expression" in each)
        stats = {each["Id"]: each["MetricStat"] for each in counted}
        assert {stat["Metric"]["MetricName"] for stat in stats.values()} == {
            "ExecutionFailed",
            "ExecutionPartiallyFailed",
            "ExecutionTimeout",
            "ExecutionThrottled",
        }
        dimensions = [{"Name": "PipeName", "Value": {"Ref": _names(default_template, PIPE)}}]
        for stat in stats.values():
            assert (stat["Metric"]["Namespace"], stat["Stat"], stat["Period"]) == ("AWS/EventBridge/Pipes", "Sum", 60)
            assert stat["Metric"]["Dimensions"] == dimensions
        assert sorted(total["Expression"].split(" + ")) == sorted(f"FILL({name}, 0)" for name in stats), (
            "one that has no value must not hide the others"
        )
        assert all(stat["Metric"]["MetricName"] in str(alarm["AlarmDescription"]) for stat in stats.values())

    def test_a_record_that_fails_again_and_again_calls_a_person_although_pipes_backs_off(
        self, default_template: Template
    ) -> None:
        alarm = _alarm(default_template, "TellExecution")
        assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"], alarm["Threshold"]) == (3, 15, 1)


class TestOverrides:
    def test_every_setting_reaches_the_pipe(self, stack: Stack) -> None:
        seen: list[object] = []
        ChangePipe(
            stack,
            "Tell",
            table=table_of(stack),
            bus=bus_of(stack),
            event=ProductListed,
            starting_position=lambda_.StartingPosition.LATEST,
            batch_size=5,
            max_batching_window=Duration.seconds(20),
            retry_attempts=3,
            max_record_age=Duration.hours(2),
            parallelization_factor=4,
            enabled=False,
            log_level="INFO",
            log_retention=logs.RetentionDays.ONE_DAY,
            removal_policy=RemovalPolicy.DESTROY,
            description="Tells",
            customize=seen.append,
        )
        template = Template.from_stack(stack)
        pipe = only_resource(template, PIPE)
        source = cast("Mapping[str, Mapping[str, object]]", pipe["SourceParameters"])["DynamoDBStreamParameters"]
        assert {name: source[name] for name in source if name != "DeadLetterConfig"} == {
            "BatchSize": 5,
            "MaximumBatchingWindowInSeconds": 20,
            "MaximumRecordAgeInSeconds": 7200,
            "MaximumRetryAttempts": 3,
            "OnPartialBatchItemFailure": "AUTOMATIC_BISECT",
            "ParallelizationFactor": 4,
            "StartingPosition": "LATEST",
        }
        assert (pipe["DesiredState"], pipe["Description"]) == ("STOPPED", "Tells")
        assert cast("Mapping[str, object]", pipe["LogConfiguration"])["Level"] == "INFO"
        group = next(iter(template.find_resources("AWS::Logs::LogGroup").values()))
        assert group["DeletionPolicy"] == "Delete"
        assert group["Properties"]["RetentionInDays"] == 1
        assert len(seen) == 1

    def test_a_queue_of_yours_has_an_alarm_of_yours_and_its_key_may_be_used(self, stack: Stack) -> None:
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        failures = sqs.Queue(stack, "Mine", encryption_master_key=key)
        pipe = ChangePipe(
            stack, "Tell", table=table_of(stack), bus=bus_of(stack), event=ProductListed, on_failure=failures
        )
        assert pipe.failures_alarm is None
        assert pipe.failures_queue is failures
        template = Template.from_stack(stack)
        statements = statements_of_role(template, _names(template, "AWS::IAM::Role"))
        arn = (json.dumps(_arn(_names(template, "AWS::KMS::Key"))),)
        assert ("Allow", ("kms:Decrypt", "kms:GenerateDataKey"), arn) in statements

    def test_a_tables_own_key_may_be_used(self, stack: Stack) -> None:
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        ChangePipe(stack, "Tell", table=table_of(stack, encryption_key=key), bus=bus_of(stack), event=ProductListed)
        template = Template.from_stack(stack)
        statements = statements_of_role(template, _names(template, "AWS::IAM::Role"))
        assert ("Allow", ("kms:Decrypt",), (json.dumps(_arn(_names(template, "AWS::KMS::Key"))),)) in statements

    def test_the_catalogue_names_the_pipe(self, stack: Stack) -> None:
        bus = bus_of(stack)
        ChangePipe(stack, "Tell", table=table_of(stack), bus=bus, event=ProductListed)
        (event,) = EventCatalogue.of(bus).events
        assert event.publishers == ("Stack: Tell",)


class TestKindsOfChanges:
    @pytest.mark.parametrize(
        ("event", "kinds"),
        [
            (ProductListed, ["INSERT", "MODIFY"]),
            (ProductChanged, ["MODIFY"]),
            (ProductWithdrawn, ["MODIFY", "REMOVE"]),
        ],
    )
    def test_those_are_taken_that_have_the_images(self, stack: Stack, event: type, kinds: list[str]) -> None:
        ChangePipe(stack, "Tell", table=table_of(stack), bus=bus_of(stack), event=event)
        assert _filters(stack) == [{"eventName": kinds}]

    def test_filters_keep_what_they_say(self, stack: Stack) -> None:
        keys = {"dynamodb": {"Keys": {"product_id": {"S": [{"prefix": "book-"}]}}}}
        ChangePipe(
            stack,
            "Tell",
            table=table_of(stack),
            bus=bus_of(stack),
            event=ProductListed,
            filters=[_filter({"eventName": ["INSERT"]}), _filter(keys)],
        )
        assert _filters(stack) == [{"eventName": ["INSERT"]}, {**keys, "eventName": ["INSERT", "MODIFY"]}]

    def test_what_is_removed_is_told_from_the_old_image(self, stack: Stack) -> None:
        pipe = ChangePipe(
            stack,
            "Tell",
            table=table_of(stack, stream=dynamodb.StreamViewType.OLD_IMAGE),
            bus=bus_of(stack),
            event=ProductListed,
            filters=[_filter({"eventName": ["REMOVE"]})],
        )
        assert pipe.template.images == {"OldImage"}
        assert "<$.dynamodb.OldImage.product_id.S>" in pipe.template.text


class TestTogether:
    def test_two_in_a_stack_and_two_stacks_are_compliant(self) -> None:
        app = App()
        for name in ("Blue", "Green"):
            stack = Stack(app, name)
            table, bus = table_of(stack), bus_of(stack)
            ChangePipe(stack, "A", table=table, bus=bus, event=ProductListed)
            ChangePipe(stack, "B", table=table, bus=bus, event=ProductChanged)
        assert not findings(app).open
