from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from best_practice_constructs import InvalidArgumentError, ServiceDefaults, StreamConsumer
from examples.stream_consumer.stack import SalesStack
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import deployed_before, only_resource, resources_of_type, statements_of_role

FOURTEEN_DAYS = 1_209_600
TRIM_HORIZON = lambda_.StartingPosition.TRIM_HORIZON
STREAM_ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/sales"
MAPPING = "AWS::Lambda::EventSourceMapping"
READ_KINESIS = (
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
)
READ_DYNAMODB = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)


def _table(
    stack: Stack, id: str = "Table", *, stream: dynamodb.StreamViewType | None = dynamodb.StreamViewType.NEW_IMAGE
) -> dynamodb.Table:
    return dynamodb.Table(
        stack,
        id,
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        stream=stream,
    )


def _stream(stack: Stack, id: str = "Sales", *, retention: Duration | None = None) -> kinesis.Stream:
    return kinesis.Stream(stack, id, encryption=kinesis.StreamEncryption.MANAGED, retention_period=retention)


@pytest.fixture(scope="module")
def default_template() -> Template:
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
    StreamConsumer(
        stack, "Figures", stream=_stream(stack), starting_position=TRIM_HORIZON, entry=ENTRY, handler=HANDLER
    )
    return Template.from_stack(stack)


def _name_of(template: Template, resource_type: str) -> str:
    (name,) = resources_of_type(template, resource_type)
    return name


def _own_statements(template: Template) -> set[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Give what the function may do beside writing its log and its traces."""
    statements = statements_of_role(template, _name_of(template, "AWS::IAM::Role"))
    return {statement for statement in statements if not statement[1][0].startswith(("logs:", "xray:"))}


def _arn_of(name: str, attribute: str = "Arn") -> tuple[str, ...]:
    return (json.dumps({"Fn::GetAtt": [name, attribute]}),)


class TestDefaults:
    def test_the_mapping_splits_bounds_and_reports(self, default_template: Template) -> None:
        stream, queue = (_name_of(default_template, each) for each in ("AWS::Kinesis::Stream", "AWS::SQS::Queue"))
        mapping = only_resource(default_template, MAPPING)
        del mapping["FunctionName"]
        assert mapping == {
            "BatchSize": 100,
            "BisectBatchOnFunctionError": True,
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}},
            "Enabled": True,
            "EventSourceArn": {"Fn::GetAtt": [stream, "Arn"]},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "MaximumRecordAgeInSeconds": 43_200,
            "MaximumRetryAttempts": 10_000,
            "ParallelizationFactor": 1,
            "StartingPosition": "TRIM_HORIZON",
        }

    def test_the_mapping_waits_for_the_permission_to_read(self, default_template: Template) -> None:
        (mapping,) = default_template.find_resources(MAPPING)
        before = deployed_before(default_template.to_json()["Resources"], mapping)
        assert any("DefaultPolicy" in name for name in before)

    def test_the_role_may_call_exactly_what_is_called(self, default_template: Template) -> None:
        stream, queue = (_name_of(default_template, each) for each in ("AWS::Kinesis::Stream", "AWS::SQS::Queue"))
        assert _own_statements(default_template) == {
            ("Allow", READ_KINESIS, _arn_of(stream)),
            ("Allow", ("sqs:SendMessage",), _arn_of(queue)),
        }

    def test_failures_wait_fourteen_days_and_the_runtime_knows_where(self, default_template: Template) -> None:
        queue = _name_of(default_template, "AWS::SQS::Queue")
        properties = only_resource(default_template, "AWS::SQS::Queue")
        assert (properties["MessageRetentionPeriod"], properties["SqsManagedSseEnabled"]) == (FOURTEEN_DAYS, True)
        assert '"aws:SecureTransport": "false"' in json.dumps(only_resource(default_template, "AWS::SQS::QueuePolicy"))
        function = only_resource(default_template, "AWS::Lambda::Function")
        variables = cast("dict[str, dict[str, object]]", function["Environment"])["Variables"]
        assert variables["STREAM_FAILURES_QUEUE_URL"] == {"Ref": queue}

    def test_alarms_watch_failures_and_the_iterator(self, default_template: Template) -> None:
        alarms = resources_of_type(default_template, "AWS::CloudWatch::Alarm").values()
        assert {(alarm["MetricName"], alarm["Threshold"]) for alarm in alarms} == {
            ("ApproximateNumberOfMessagesVisible", 1),
            ("IteratorAge", 300_000),
        }

    def test_a_polled_function_needs_no_destination_of_its_own(self, default_template: Template) -> None:
        default_template.resource_count_is("AWS::Lambda::EventInvokeConfig", 0)


class TestStreams:
    def test_a_tables_stream_is_read_and_nothing_else_of_the_table(self, stack: Stack) -> None:
        consumer = StreamConsumer(
            stack, "C", stream=_table(stack), starting_position=TRIM_HORIZON, entry=ENTRY, handler=HANDLER
        )
        template = Template.from_stack(stack)
        table, queue = (_name_of(template, each) for each in ("AWS::DynamoDB::Table", "AWS::SQS::Queue"))
        assert only_resource(template, MAPPING)["MaximumRecordAgeInSeconds"] == 43_200
        assert _own_statements(template) == {
            ("Allow", READ_DYNAMODB, _arn_of(table, "StreamArn")),
            ("Allow", ("sqs:SendMessage",), _arn_of(queue)),
        }
        assert consumer.contract.retention == 86_400

    def test_a_table_of_the_second_kind_will_do(self, stack: Stack) -> None:
        table = dynamodb.TableV2(
            stack,
            "Table",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            dynamo_stream=dynamodb.StreamViewType.KEYS_ONLY,
        )
        StreamConsumer(stack, "C", stream=table, starting_position=TRIM_HORIZON, entry=ENTRY, handler=HANDLER)
        template = Template.from_stack(stack)
        name = _name_of(template, "AWS::DynamoDB::GlobalTable")
        assert ("Allow", READ_DYNAMODB, _arn_of(name, "StreamArn")) in _own_statements(template)

    def test_imported_streams_and_tables_will_do(self, stack: Stack) -> None:
        stream = kinesis.Stream.from_stream_arn(stack, "Sales", STREAM_ARN)
        table_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
        table = dynamodb.Table.from_table_attributes(
            stack, "Table", table_arn=table_arn, table_stream_arn=f"{table_arn}/stream/1"
        )
        ages = {
            StreamConsumer(
                stack, name, stream=source, starting_position=TRIM_HORIZON, entry=ENTRY, handler=HANDLER
            ).contract.effective_record_age
            for name, source in (("S", stream), ("T", table))
        }
        assert ages == {43_200}
        sources = {
            mapping["EventSourceArn"] for mapping in resources_of_type(Template.from_stack(stack), MAPPING).values()
        }
        assert sources == {STREAM_ARN, f"{table_arn}/stream/1"}

    @pytest.mark.parametrize(
        ("retention", "age"), [(Duration.days(7), 302_400), (Duration.days(365), 604_800), (None, 43_200)]
    )
    def test_what_is_given_up_can_be_fetched_for_as_long_again(
        self, stack: Stack, retention: Duration | None, age: int
    ) -> None:
        stream = _stream(stack, retention=retention)
        StreamConsumer(stack, "C", stream=stream, starting_position=TRIM_HORIZON, entry=ENTRY, handler=HANDLER)
        assert only_resource(Template.from_stack(stack), MAPPING)["MaximumRecordAgeInSeconds"] == age

    def test_a_stream_with_an_own_key_is_decrypted(self, stack: Stack) -> None:
        key = kms.Key(stack, "Key")
        stream = kinesis.Stream(stack, "Sales", encryption=kinesis.StreamEncryption.KMS, encryption_key=key)
        failures = sqs.Queue(stack, "Failures", encryption_master_key=key)
        StreamConsumer(
            stack,
            "C",
            stream=stream,
            starting_position=TRIM_HORIZON,
            entry=ENTRY,
            handler=HANDLER,
            on_failure=failures,
        )
        template = Template.from_stack(stack)
        key_arn = _arn_of(_name_of(template, "AWS::KMS::Key"))
        statements = _own_statements(template)
        assert ("Allow", ("kms:Decrypt",), key_arn) in statements
        assert ("Allow", ("kms:Decrypt", "kms:GenerateDataKey"), key_arn) in statements


class TestOverrides:
    def test_every_setting_reaches_the_mapping_or_the_function(self, stack: Stack) -> None:
        consumer = StreamConsumer(
            stack,
            "C",
            stream=_stream(stack, retention=Duration.days(2)),
            starting_position=lambda_.StartingPosition.AT_TIMESTAMP,
            starting_position_timestamp=datetime(2026, 11, 24, tzinfo=UTC),
            entry=ENTRY,
            handler=HANDLER,
            batch_size=10,
            max_batching_window=Duration.seconds(20),
            bisect_batch_on_error=False,
            retry_attempts=3,
            max_record_age=Duration.hours(2),
            parallelization_factor=4,
            tumbling_window=Duration.minutes(1),
            filters=[lambda_.FilterCriteria.filter({"partitionKey": lambda_.FilterRule.is_equal("shop-1")})],
            iterator_age_alarm_threshold=Duration.minutes(1),
            enabled=False,
            timeout=Duration.seconds(90),
            environment={"SERIES": "2026"},
            reserved_concurrent_executions=5,
            removal_policy=RemovalPolicy.DESTROY,
            memory_size=1024,
            description="Counts",
        )
        template = Template.from_stack(stack)
        mapping = only_resource(template, MAPPING)
        assert {name: mapping[name] for name in mapping if name not in ("FunctionName", "EventSourceArn")} == {
            "BatchSize": 10,
            "BisectBatchOnFunctionError": False,
            "DestinationConfig": mapping["DestinationConfig"],
            "Enabled": False,
            "FilterCriteria": {"Filters": [{"Pattern": '{"partitionKey":["shop-1"]}'}]},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "MaximumBatchingWindowInSeconds": 20,
            "MaximumRecordAgeInSeconds": 7200,
            "MaximumRetryAttempts": 3,
            "ParallelizationFactor": 4,
            "StartingPosition": "AT_TIMESTAMP",
            "StartingPositionTimestamp": 1795478400,
            "TumblingWindowInSeconds": 60,
        }
        function = only_resource(template, "AWS::Lambda::Function")
        assert (function["MemorySize"], function["Timeout"], function["Description"]) == (1024, 90, "Counts")
        assert function["ReservedConcurrentExecutions"] == 5
        assert cast("dict[str, dict[str, str]]", function["Environment"])["Variables"]["SERIES"] == "2026"
        queue = next(iter(template.find_resources("AWS::SQS::Queue").values()))
        assert queue["DeletionPolicy"] == "Delete"
        assert consumer.contract.effective_age_alarm_threshold == 60

    def test_slow_batches_are_not_late_at_once(self, stack: Stack) -> None:
        consumer = StreamConsumer(
            stack,
            "C",
            stream=_stream(stack),
            starting_position=TRIM_HORIZON,
            entry=ENTRY,
            handler=HANDLER,
            timeout=Duration.minutes(10),
            max_batching_window=Duration.minutes(5),
        )
        assert consumer.contract.effective_age_alarm_threshold == 1800

    def test_a_queue_of_yours_has_an_alarm_of_yours(self, stack: Stack) -> None:
        failures = sqs.Queue.from_queue_arn(stack, "F", "arn:aws:sqs:eu-west-1:111122223333:failures")
        consumer = StreamConsumer(
            stack,
            "C",
            stream=_stream(stack),
            starting_position=TRIM_HORIZON,
            entry=ENTRY,
            handler=HANDLER,
            on_failure=failures,
        )
        template = Template.from_stack(stack)
        assert consumer.failures_queue is failures
        assert consumer.failures_alarm is None
        template.resource_count_is("AWS::SQS::Queue", 0)
        template.resource_count_is("AWS::CloudWatch::Alarm", 1)

    def test_the_mapping_invokes_the_alias_that_is_kept_ready(self, stack: Stack) -> None:
        StreamConsumer(
            stack,
            "C",
            stream=_stream(stack),
            starting_position=TRIM_HORIZON,
            entry=ENTRY,
            handler=HANDLER,
            provisioned_concurrent_executions=2,
        )
        template = Template.from_stack(stack)
        (alias,) = resources_of_type(template, "AWS::Lambda::Alias")
        assert alias in json.dumps(only_resource(template, MAPPING)["FunctionName"])

    def test_alarms_take_their_actions_from_the_service(self, stack: Stack) -> None:
        topic = sns.Topic(stack, "Topic")
        ServiceDefaults.production(service="sales", alarm_actions=[actions.SnsAction(topic)]).apply_to(stack)
        StreamConsumer(stack, "C", stream=_stream(stack), starting_position=TRIM_HORIZON, entry=ENTRY, handler=HANDLER)
        alarms = resources_of_type(Template.from_stack(stack), "AWS::CloudWatch::Alarm").values()
        assert len(alarms) == 2
        assert all(alarm["AlarmActions"] and alarm["OKActions"] for alarm in alarms)


def _with(*, of_table: bool = False, retention: Duration | None = None, **arguments: object) -> Callable[[Stack], None]:
    def make(stack: Stack) -> None:
        source = _table(stack) if of_table else _stream(stack, retention=retention)
        options = {"stream": source, "starting_position": TRIM_HORIZON, **arguments}
        StreamConsumer(stack, "C", entry=ENTRY, handler=HANDLER, **options)  # type: ignore[arg-type] # each test gives one wrong value

    return make


AT_TIMESTAMP = lambda_.StartingPosition.AT_TIMESTAMP
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class TestErrors:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (_with(report_batch_item_failures=False), "report_batch_item_failures=False"),
            (_with(retry_attempts=-1), "without an end lets one bad record hold up its shard"),
            (_with(retry_attempts=-2), "Lambda retries 0 to 10000 times"),
            (_with(retry_attempts=10_001), "retry_attempts=10001"),
            (_with(max_record_age=Duration.seconds(59)), "60 s to 7 days"),
            (_with(max_record_age=Duration.days(8), retention=Duration.days(30)), "60 s to 7 days"),
            (_with(max_record_age=Duration.hours(25)), "keeps its records 86400 s"),
            (_with(max_record_age=Duration.hours(25), of_table=True), "keeps its records 86400 s"),
            (_with(max_record_age=Duration.minutes(4)), "before anybody hears"),
            (_with(iterator_age_alarm_threshold=Duration.hours(12)), "before anybody hears"),
            (_with(starting_position=AT_TIMESTAMP), "without starting_position_timestamp"),
            (_with(starting_position=AT_TIMESTAMP, starting_position_timestamp=NOON, of_table=True), "DynamoDB"),
            (_with(starting_position_timestamp=NOON), "only AT_TIMESTAMP starts at a time"),
            (
                _with(starting_position=AT_TIMESTAMP, starting_position_timestamp=NOON.replace(tzinfo=None)),
                "without a time zone",
            ),
            (_with(batch_size=0), "batch_size=0"),
            (_with(batch_size=10_001), "batch_size=10001"),
            (_with(max_batching_window=Duration.seconds(301)), "at most Duration.minutes(5)"),
            (_with(tumbling_window=Duration.minutes(16)), "at most Duration.minutes(15)"),
            (_with(parallelization_factor=0), "parallelization_factor=0"),
            (_with(parallelization_factor=11), "parallelization_factor=11"),
            (_with(filters=[lambda_.FilterCriteria.filter({"partitionKey": ["1"]})] * 11), "11 filters"),
            (_with(filters=[{"eventName": ["INSERT"]}]), "FilterCriteria.filter("),
            (_with(reserved_concurrent_executions=0), "enabled=False"),
        ],
    )
    def test_what_cannot_work_says_where_what_why_and_what_instead(
        self, stack: Stack, make: Callable[[Stack], None], message: str
    ) -> None:
        with pytest.raises(InvalidArgumentError, match=r"^Stack/C: .* cannot work: ") as error:
            make(stack)
        assert message in str(error.value)

    def test_a_table_without_a_stream_is_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="Stack/Table, a table without a stream"):
            _with(stream=_table(stack, stream=None))(stack)

    def test_failures_do_not_go_to_a_fifo_queue(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="a FIFO queue as on_failure"):
            _with(on_failure=sqs.Queue(stack, "F", fifo=True))(stack)

    def test_a_parameter_that_nobody_reads_is_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="Write max_record_age=…"):
            _with(max_record_agee=Duration.hours(1))(stack)


class TestTogether:
    def test_two_in_a_stack_and_two_stacks_are_compliant(self) -> None:
        app = App(context={"aws:cdk:bundling-stacks": []})
        for name in ("Blue", "Green"):
            stack = Stack(app, name)
            for kind, source in (("A", _stream(stack)), ("B", _table(stack))):
                StreamConsumer(stack, kind, stream=source, starting_position=TRIM_HORIZON, entry=ENTRY, handler=HANDLER)
        found = findings(app)
        assert not found.open
        assert {rule for rule, _ in found.acknowledged} == {
            "AwsSolutions-IAM5[Resource::*]",
            "AwsSolutions-SQS3",
            "Serverless-LambdaDLQ",
            "Serverless-LambdaStarPermissions",
            "Serverless-SQSRedrivePolicy",
        }

    def test_the_example_is_compliant(self, app: App) -> None:
        SalesStack(app, "Sales")
        assert not findings(app).open
