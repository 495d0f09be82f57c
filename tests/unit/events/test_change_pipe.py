from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypedDict, cast

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
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
    ExistingEventBus,
    InvalidArgumentError,
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


def _table(
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


def _bus(stack: Stack) -> EnrichedEventBus:
    return EnrichedEventBus(stack, "Bus", log_errors=False)


@pytest.fixture(scope="module")
def default_template() -> Template:
    stack = Stack(App(), "S")
    ChangePipe(stack, "Tell", table=_table(stack), bus=_bus(stack), event=ProductListed)
    return Template.from_stack(stack)


def _names(template: Template, resource_type: str, part: str = "") -> str:
    (name,) = [name for name in resources_of_type(template, resource_type) if part in name]
    return name


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
                "BatchSize": 100,
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
        alarms = {
            name: alarm["MetricName"]
            for name, alarm in resources_of_type(default_template, "AWS::CloudWatch::Alarm").items()
            if name.startswith("Tell")
        }
        assert sorted(map(str, alarms.values())) == ["ApproximateNumberOfMessagesVisible", "ExecutionFailed"]
        execution = resources_of_type(default_template, "AWS::CloudWatch::Alarm")[
            _names(default_template, "AWS::CloudWatch::Alarm", "TellExecution")
        ]
        assert execution["Dimensions"] == [{"Name": "PipeName", "Value": {"Ref": _names(default_template, PIPE)}}]


class TestOverrides:
    def test_every_setting_reaches_the_pipe(self, stack: Stack) -> None:
        seen: list[object] = []
        ChangePipe(
            stack,
            "Tell",
            table=_table(stack),
            bus=_bus(stack),
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
        pipe = ChangePipe(stack, "Tell", table=_table(stack), bus=_bus(stack), event=ProductListed, on_failure=failures)
        assert pipe.failures_alarm is None
        assert pipe.failures_queue is failures
        template = Template.from_stack(stack)
        statements = statements_of_role(template, _names(template, "AWS::IAM::Role"))
        arn = (json.dumps(_arn(_names(template, "AWS::KMS::Key"))),)
        assert ("Allow", ("kms:Decrypt", "kms:GenerateDataKey"), arn) in statements

    def test_a_tables_own_key_may_be_used(self, stack: Stack) -> None:
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        ChangePipe(stack, "Tell", table=_table(stack, encryption_key=key), bus=_bus(stack), event=ProductListed)
        template = Template.from_stack(stack)
        statements = statements_of_role(template, _names(template, "AWS::IAM::Role"))
        assert ("Allow", ("kms:Decrypt",), (json.dumps(_arn(_names(template, "AWS::KMS::Key"))),)) in statements

    def test_the_catalogue_names_the_pipe(self, stack: Stack) -> None:
        bus = _bus(stack)
        ChangePipe(stack, "Tell", table=_table(stack), bus=bus, event=ProductListed)
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
        ChangePipe(stack, "Tell", table=_table(stack), bus=_bus(stack), event=event)
        assert _filters(stack) == [{"eventName": kinds}]

    def test_filters_keep_what_they_say(self, stack: Stack) -> None:
        keys = {"dynamodb": {"Keys": {"product_id": {"S": [{"prefix": "book-"}]}}}}
        ChangePipe(
            stack,
            "Tell",
            table=_table(stack),
            bus=_bus(stack),
            event=ProductListed,
            filters=[_filter({"eventName": ["INSERT"]}), _filter(keys)],
        )
        assert _filters(stack) == [{"eventName": ["INSERT"]}, {**keys, "eventName": ["INSERT", "MODIFY"]}]

    def test_what_is_removed_is_told_from_the_old_image(self, stack: Stack) -> None:
        pipe = ChangePipe(
            stack,
            "Tell",
            table=_table(stack, stream=dynamodb.StreamViewType.OLD_IMAGE),
            bus=_bus(stack),
            event=ProductListed,
            filters=[_filter({"eventName": ["REMOVE"]})],
        )
        assert pipe.template.images == {"OldImage"}
        assert "<$.dynamodb.OldImage.product_id.S>" in pipe.template.text


class Level(enum.IntEnum):
    """A level."""

    LOW = 1


class Sizes(TypedDict, total=False):
    """Keys that may be missing."""

    width: str


@products.event(detail_type="AddressChanged")
class Uncopiable:
    """One field of each kind that Pipes cannot copy."""

    whole: int
    real: float
    many: list[str]
    named: dict[str, str]
    perhaps: str | None
    either: str | Decimal
    level: Level
    number: Literal[1, 2]
    sizes: Sizes
    anything: object


def _one_field(name: str) -> type:
    kind = Uncopiable.__annotations__[name]
    cls = type("ThingChanged", (), {"__annotations__": {name: kind}, "__module__": __name__})
    return EventSource(f"com.example.{name}").event(cls)


def _with(**arguments: object) -> Callable[[Stack], None]:
    def make(stack: Stack) -> None:
        table, bus = arguments.get("table") or _table(stack), arguments.get("bus") or _bus(stack)
        options = {"event": ProductListed, **arguments, "table": table, "bus": bus}
        ChangePipe(stack, "Tell", **options)  # type: ignore[arg-type] # each test gives one wrong value

    return make


class TestErrors:
    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("whole", "whole is an int, and EventBridge Pipes writes DynamoDB's numbers as texts"),
            ("real", "real is a float"),
            ("many", "cannot turn DynamoDB's lists"),
            ("named", "named is a mapping"),
            ("perhaps", "perhaps may be None"),
            ("either", "either is a union"),
            ("level", "has values that are no texts"),
            ("number", "has values that are no texts"),
            ("sizes", "has keys that may be missing"),
            ("anything", "has to know the type"),
        ],
    )
    def test_a_field_that_pipes_cannot_copy_is_refused_and_the_way_out_is_named(
        self, stack: Stack, name: str, why: str
    ) -> None:
        with pytest.raises(InvalidArgumentError, match="Publish it with a ChangePublisher") as error:
            _with(event=_one_field(name))(stack)
        assert why in str(error.value)

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (_with(event=dict), "not declared as an event"),
            (
                _with(event=ProductChanged, filters=[_filter({"eventName": ["INSERT"]})]),
                "a filter for INSERT with ProductChanged",
            ),
            (_with(filters=[_filter({"eventName": ["INSERT", "REMOVE"]})]), "filled from NewImage"),
            (_with(event=ProductChanged, filters=[_filter({"eventName": ["REMOVE"]})]), "Filter for MODIFY"),
            (_with(filters=[_filter({"eventName": [{"prefix": "IN"}]})]), "of INSERT, MODIFY and REMOVE"),
            (_with(filters=[_filter({"eventName": ["UPSERT"]})]), "of INSERT, MODIFY and REMOVE"),
            (_with(filters=[{"eventName": ["INSERT"]}]), "FilterCriteria.filter("),
            (_with(filters=[{"pattern": "[]"}]), "no filter of aws-cdk-lib's"),
            (_with(batch_size=0), "batch_size=0"),
            (_with(retry_attempts=-1), "without an end"),
            (_with(max_record_age=Duration.hours(25)), "keeps its records 86400 s"),
            (_with(parallelization_factor=11), "parallelization_factor=11"),
            (_with(starting_position=lambda_.StartingPosition.AT_TIMESTAMP), "know no time to start at"),
            (_with(correlation_id_attribute="request-id"), "other signs than letters"),
        ],
    )
    def test_what_cannot_work_says_where_what_why_and_what_instead(
        self, stack: Stack, make: Callable[[Stack], None], message: str
    ) -> None:
        with pytest.raises(InvalidArgumentError, match=r"^Stack/Tell: .* cannot work: ") as error:
            make(stack)
        assert message in str(error.value)

    def test_a_stream_that_lacks_an_image_is_refused(self, stack: Stack) -> None:
        table = _table(stack, stream=dynamodb.StreamViewType.NEW_IMAGE)
        with pytest.raises(InvalidArgumentError, match=r"keeps NEW_IMAGE, for ProductChanged .* filled from OldImage"):
            _with(table=table, event=ProductChanged)(stack)

    def test_a_table_without_a_stream_is_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="a table without a stream"):
            _with(table=_table(stack, stream=None))(stack)

    def test_failures_do_not_go_to_a_fifo_queue(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="a FIFO queue as on_failure"):
            _with(on_failure=sqs.Queue(stack, "F", fifo=True))(stack)

    def test_a_bus_of_another_region_is_refused(self, app: App) -> None:
        stack = Stack(app, "Here", env={"region": "eu-west-1", "account": "111122223333"})
        there = events.EventBus.from_event_bus_arn(
            stack, "There", "arn:aws:events:eu-central-1:111122223333:event-bus/shop"
        )
        bus = ExistingEventBus(stack, "Bus", event_bus=there)
        with pytest.raises(InvalidArgumentError, match="a bus of the region eu-central-1 for a pipe in eu-west-1"):
            _with(bus=bus)(stack)

    def test_a_template_that_is_too_long_is_refused(self, stack: Stack) -> None:
        names = {f"a_field_with_quite_a_long_name_{number}": str for number in range(100)}
        cls = type("MuchChanged", (), {"__annotations__": names, "__module__": __name__})
        with pytest.raises(InvalidArgumentError, match="Pipes takes 8192"):
            _with(event=EventSource("com.example.much").event(cls))(stack)

    @pytest.mark.parametrize("is_first", [True, False])
    def test_a_route_that_compares_a_decimal_would_never_get_one(self, stack: Stack, is_first: bool) -> None:  # noqa: FBT001 -- a case
        bus, queue = _bus(stack), sqs.Queue(stack, "Queue")
        if is_first:
            bus.route(ProductListed.where(price__gte=100), to=queue)
        _with(bus=bus)(stack)
        if not is_first:
            bus.route(ProductListed.where(price__gte=100), to=queue)
        with pytest.raises(RuntimeError, match="compares a Decimal of ProductListed"):
            Template.from_stack(stack)

    def test_other_routes_are_fine(self, stack: Stack) -> None:
        bus, queue = _bus(stack), sqs.Queue(stack, "Queue")
        bus.route(ProductListed.where(product_id="lamp"), to=queue)
        bus.route(ProductWithdrawn, to=queue)
        _with(bus=bus)(stack)
        Template.from_stack(stack).resource_count_is(PIPE, 1)


class TestTogether:
    def test_two_in_a_stack_and_two_stacks_are_compliant(self) -> None:
        app = App()
        for name in ("Blue", "Green"):
            stack = Stack(app, name)
            table, bus = _table(stack), _bus(stack)
            ChangePipe(stack, "A", table=table, bus=bus, event=ProductListed)
            ChangePipe(stack, "B", table=table, bus=bus, event=ProductChanged)
        assert not findings(app).open
