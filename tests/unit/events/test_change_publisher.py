from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from best_practice_constructs import (
    ChangePublisher,
    EnrichedEventBus,
    EventCatalogue,
    EventSource,
    ExistingEventBus,
    InvalidArgumentError,
)
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions
from best_practice_constructs.runtime.event_type import Event
from examples.change_publisher.stack import ProductStack
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import only_resource, resources_of_type, statements_of_role

MAPPING = "AWS::Lambda::EventSourceMapping"
orders = EventSource("com.example.orders")


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order, as it lies in the table."""

    order_id: str


@orders.event
class OrderPlaced(Event):
    """An order is there."""

    order_id: str


@orders.event
class OrderChanged(Event):
    """An order is another."""

    before: Order | None
    after: Order | None


def _table(
    stack: Stack, *, stream: dynamodb.StreamViewType | None = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES
) -> dynamodb.Table:
    return dynamodb.Table(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        stream=stream,
    )


def _bus(stack: Stack) -> EnrichedEventBus:
    return EnrichedEventBus(stack, "Bus", log_errors=False)


@pytest.fixture(scope="module")
def default_template() -> Template:
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
    ChangePublisher(
        stack, "Tell", table=_table(stack), bus=_bus(stack), events=(OrderChanged,), entry=ENTRY, handler=HANDLER
    )
    return Template.from_stack(stack)


class TestDefaults:
    def test_nothing_that_was_written_before_is_missed(self, default_template: Template) -> None:
        mapping = only_resource(default_template, MAPPING)
        assert mapping["StartingPosition"] == "TRIM_HORIZON"
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        (table,) = resources_of_type(default_template, "AWS::DynamoDB::Table")
        assert mapping["EventSourceArn"] == {"Fn::GetAtt": [table, "StreamArn"]}

    def test_the_function_may_publish_to_this_bus_and_knows_its_name(self, default_template: Template) -> None:
        (role,) = resources_of_type(default_template, "AWS::IAM::Role")
        (bus,) = resources_of_type(default_template, "AWS::Events::EventBus")
        arn = (json.dumps({"Fn::GetAtt": [bus, "Arn"]}),)
        assert ("Allow", ("events:PutEvents",), arn) in statements_of_role(default_template, role)
        function = only_resource(default_template, "AWS::Lambda::Function")
        variables = cast("Mapping[str, Mapping[str, object]]", function["Environment"])["Variables"]
        assert variables["EVENT_BUS_NAME"] == {"Ref": bus}


class TestOverrides:
    def test_what_a_stream_consumer_takes_is_taken(self, stack: Stack) -> None:
        publisher = ChangePublisher(
            stack,
            "Tell",
            table=_table(stack),
            bus=ExistingEventBus.default(stack, "Default"),
            events=[OrderPlaced],
            entry=ENTRY,
            handler=HANDLER,
            starting_position=lambda_.StartingPosition.LATEST,
            filters=[lambda_.FilterCriteria.filter({"eventName": ["INSERT"]})],
            batch_size=10,
            max_record_age=Duration.hours(2),
            retry_attempts=3,
            memory_size=1024,
        )
        template = Template.from_stack(stack)
        mapping = only_resource(template, MAPPING)
        assert (mapping["BatchSize"], mapping["MaximumRetryAttempts"]) == (10, 3)
        assert (mapping["MaximumRecordAgeInSeconds"], mapping["StartingPosition"]) == (7200, "LATEST")
        assert mapping["FilterCriteria"] == {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]}
        assert only_resource(template, "AWS::Lambda::Function")["MemorySize"] == 1024
        assert publisher.event_source_mapping is publisher.consumer.event_source_mapping
        assert publisher.failures_queue is publisher.consumer.failures_queue
        assert publisher.failures_alarm is publisher.consumer.failures_alarm
        assert publisher.iterator_age_alarm is publisher.consumer.iterator_age_alarm

    def test_the_function_may_be_allowed_more(self, stack: Stack) -> None:
        table = _table(stack)
        publisher = ChangePublisher(
            stack, "Tell", table=table, bus=_bus(stack), events=(OrderPlaced,), entry=ENTRY, handler=HANDLER
        )
        publisher.allow(dynamodb_permissions.get_item(table))
        template = Template.from_stack(stack)
        (role,) = resources_of_type(template, "AWS::IAM::Role")
        assert any(actions == ("dynamodb:GetItem",) for _, actions, _ in statements_of_role(template, role))

    def test_the_catalogue_names_the_publisher(self, stack: Stack) -> None:
        bus = _bus(stack)
        ChangePublisher(
            stack,
            "Tell",
            table=_table(stack),
            bus=bus,
            events=(OrderPlaced, OrderChanged),
            entry=ENTRY,
            handler=HANDLER,
        )
        assert {event.detail_type: event.publishers for event in EventCatalogue.of(bus).events} == {
            "OrderPlaced": ("Stack: Tell",),
            "OrderChanged": ("Stack: Tell",),
        }


def _with(**arguments: object) -> Callable[[Stack], None]:
    def make(stack: Stack) -> None:
        table = arguments.get("table") or _table(stack)
        options = {"events": (OrderChanged,), **arguments, "table": table}
        ChangePublisher(stack, "Tell", bus=_bus(stack), entry=ENTRY, handler=HANDLER, **options)  # type: ignore[arg-type] # each test gives one wrong value

    return make


class TestErrors:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (_with(events=()), "nobody would know what it publishes"),
            (_with(events=(Order,)), "not declared as an event"),
            (_with(tumbling_window=Duration.minutes(1)), "ChangePublisher has no such parameter"),
            (_with(max_record_agee=Duration.hours(1)), "Write max_record_age=…"),
        ],
    )
    def test_what_cannot_work_says_where_what_why_and_what_instead(
        self, stack: Stack, make: Callable[[Stack], None], message: str
    ) -> None:
        with pytest.raises(InvalidArgumentError, match=r"^Stack/Tell: .* cannot work: ") as error:
            make(stack)
        assert message in str(error.value)

    @pytest.mark.parametrize(
        ("view", "missing"),
        [
            (dynamodb.StreamViewType.NEW_IMAGE, "OldImage"),
            (dynamodb.StreamViewType.OLD_IMAGE, "NewImage"),
            (dynamodb.StreamViewType.KEYS_ONLY, "NewImage and OldImage"),
        ],
    )
    def test_a_stream_that_lacks_an_image_is_refused(
        self, stack: Stack, view: dynamodb.StreamViewType, missing: str
    ) -> None:
        with pytest.raises(InvalidArgumentError, match=f"OrderChanged cannot work: .* {missing},"):
            _with(table=_table(stack, stream=view))(stack)

    def test_an_event_without_images_needs_none(self, stack: Stack) -> None:
        _with(table=_table(stack, stream=dynamodb.StreamViewType.KEYS_ONLY), events=(OrderPlaced,))(stack)

    def test_what_a_table_of_the_second_kind_keeps_is_not_known(self, stack: Stack) -> None:
        table = dynamodb.TableV2(
            stack,
            "Table",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            dynamo_stream=dynamodb.StreamViewType.KEYS_ONLY,
        )
        _with(table=table)(stack)

    def test_a_table_without_a_stream_is_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="a table without a stream"):
            _with(table=_table(stack, stream=None))(stack)


class TestTogether:
    def test_two_in_a_stack_and_two_stacks_are_compliant(self) -> None:
        app = App(context={"aws:cdk:bundling-stacks": []})
        for colour in ("Blue", "Green"):
            stack = Stack(app, colour)
            table, bus = _table(stack), _bus(stack)
            for name in ("A", "B"):
                ChangePublisher(stack, name, table=table, bus=bus, events=(OrderPlaced,), entry=ENTRY, handler=HANDLER)
        assert not findings(app).open

    def test_the_example_is_compliant(self, app: App) -> None:
        ProductStack(app, "Products")
        assert not findings(app).open
