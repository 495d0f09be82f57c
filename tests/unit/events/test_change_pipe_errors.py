from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Literal, TypedDict

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from best_practice_constructs import (
    ChangeFilter,
    ChangePipe,
    EventSource,
    ExistingEventBus,
    InvalidArgumentError,
)
from tests.unit.events.test_change_pipe import (
    PIPE,
    ProductChanged,
    ProductListed,
    ProductWithdrawn,
    bus_of,
    products,
    table_of,
)

_filter = lambda_.FilterCriteria.filter


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
    either: str | int
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
        table, bus = arguments.get("table") or table_of(stack), arguments.get("bus") or bus_of(stack)
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
            (_with(batch_size=11), "a bus takes 10 in a call"),
            (_with(log_level="DEBUG"), "Pass one of OFF, ERROR, INFO, TRACE"),
            (_with(filters=[ChangeFilter(keys={"product_id": str(n)}) for n in range(6)]), "a pipe takes 5"),
            (_with(retry_attempts=-1), "without an end"),
            (_with(retry_attempts=10_001), "Pipes retries 0 to 10000 times"),
            (_with(max_record_age=Duration.seconds(30)), "Pipes takes 60 s to 7 days"),
            (_with(max_batching_window=Duration.minutes(6)), "Pipes gathers a batch for 300 s at most"),
            (_with(parallelization_factor=11), "Pipes handles 1 to 10 batches of a shard"),
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
        table = table_of(stack, stream=dynamodb.StreamViewType.NEW_IMAGE)
        with pytest.raises(InvalidArgumentError, match=r"keeps NEW_IMAGE, for ProductChanged .* filled from OldImage"):
            _with(table=table, event=ProductChanged)(stack)

    def test_a_table_without_a_stream_is_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="a table without a stream"):
            _with(table=table_of(stack, stream=None))(stack)

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
        bus, queue = bus_of(stack), sqs.Queue(stack, "Queue")
        if is_first:
            bus.route(ProductListed.where(price__gte=100), to=queue)
        _with(bus=bus)(stack)
        if not is_first:
            bus.route(ProductListed.where(price__gte=100), to=queue)
        with pytest.raises(RuntimeError, match="compares a number of ProductListed"):
            Template.from_stack(stack)

    def test_other_routes_are_fine(self, stack: Stack) -> None:
        bus, queue = bus_of(stack), sqs.Queue(stack, "Queue")
        bus.route(ProductListed.where(product_id="lamp"), to=queue)
        bus.route(ProductWithdrawn, to=queue)
        _with(bus=bus)(stack)
        Template.from_stack(stack).resource_count_is(PIPE, 1)
