"""A number where a duration or a size is taken."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

import best_practice_constructs
from best_practice_constructs import (
    AsyncFunctionConsumer,
    ChangePipe,
    ChangePublisher,
    ClaimCheckStore,
    EnrichedEventBus,
    EventSource,
    ExistingClaimCheckStore,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    NoAuthorization,
    PowerTuning,
    ProvisionedApi,
    ServiceDefaults,
    ServiceWorkflow,
    SinglePurposeFunction,
    StreamConsumer,
    TopicConsumer,
)
from best_practice_constructs.api.rest_api_options import InnerRestApiOptions
from best_practice_constructs.api.route_options import RouteOptions
from best_practice_constructs.consumers.queue_consumer_options import QueueConsumerOptions
from best_practice_constructs.consumers.stream_consumer_options import StreamConsumerOptions
from best_practice_constructs.consumers.topic_consumer_options import TopicConsumerOptions
from best_practice_constructs.functions.function_options import FunctionOptions, InnerFunctionOptions
from best_practice_constructs.units import refuse_unitless
from tests.unit.helpers.entries import ENTRY, HANDLER

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced:
    """An order is there."""

    order_id: str


def _table(stack: Stack) -> dynamodb.Table:
    key = dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING)
    return dynamodb.Table(stack, "Table", partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)


def _bus(stack: Stack) -> EnrichedEventBus:
    return EnrichedEventBus(stack, "Bus")


def _api(stack: Stack) -> ProvisionedApi:
    return ProvisionedApi(stack, "Cached", cache_cluster_size="0.5")


def _function(stack: Stack) -> SinglePurposeFunction:
    return SinglePurposeFunction(stack, "Tuned", entry=ENTRY, handler=HANDLER)


_START = lambda_.StartingPosition.LATEST
# Each construct and method that takes a duration or a size, the options beside its own parameters, and how it is made.
_TAKERS: dict[str, tuple[Callable[..., object], type | None, Callable[[Stack], dict[str, Any]]]] = {
    "SinglePurposeFunction": (
        SinglePurposeFunction,
        InnerFunctionOptions,
        lambda _: {"entry": ENTRY, "handler": HANDLER},
    ),
    "IdempotentQueueConsumer": (
        IdempotentQueueConsumer,
        QueueConsumerOptions,
        lambda _: {"entry": ENTRY, "handler": HANDLER},
    ),
    "StreamConsumer": (
        StreamConsumer,
        FunctionOptions,
        lambda stack: {
            "entry": ENTRY,
            "handler": HANDLER,
            "stream": _table(stack),
            "starting_position": _START,
        },
    ),
    "TopicConsumer": (
        TopicConsumer,
        TopicConsumerOptions,
        lambda stack: {"entry": ENTRY, "handler": HANDLER, "topic": sns.Topic(stack, "Topic")},
    ),
    "AsyncFunctionConsumer": (
        AsyncFunctionConsumer,
        FunctionOptions,
        lambda _: {"entry": ENTRY, "handler": HANDLER},
    ),
    "ChangePublisher": (
        ChangePublisher,
        StreamConsumerOptions,
        lambda stack: {
            "entry": ENTRY,
            "handler": HANDLER,
            "table": _table(stack),
            "bus": _bus(stack),
            "events": [OrderPlaced],
        },
    ),
    "ChangePipe": (
        ChangePipe,
        None,
        lambda stack: {"table": _table(stack), "bus": _bus(stack), "event": OrderPlaced},
    ),
    "ClaimCheckStore": (ClaimCheckStore, None, lambda _: {}),
    "ExistingClaimCheckStore": (ExistingClaimCheckStore, None, lambda _: {"parameter_name": "/shop/claims"}),
    "EnrichedEventBus": (EnrichedEventBus, None, lambda _: {}),
    "ProvisionedApi": (ProvisionedApi, InnerRestApiOptions, lambda _: {}),
    "PowerTuning": (PowerTuning, None, lambda stack: {"function": _function(stack)}),
    "ServiceWorkflow": (
        ServiceWorkflow,
        None,
        lambda _: {"definition": {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}},
    ),
}


def _names_of(called: Callable[..., object], options: type | None) -> Iterator[tuple[str, str]]:
    """Give the parameters that take a duration or a size, and which of the two."""
    # A construct's class itself would show the signature of its metaclass.
    signature = inspect.signature(called.__init__ if isinstance(called, type) else called)  # type: ignore[misc] # read, not called
    for name, parameter in signature.parameters.items():
        yield name, str(parameter.annotation)
    for each in options.__mro__ if options else ():
        yield from ((name, str(hint)) for name, hint in inspect.get_annotations(each).items())
    if options is not None:
        yield from ((name, str(hint)) for name, hint in options.__annotations__.items())


def _parameters(called: Callable[..., object], options: type | None) -> list[tuple[str, str]]:
    found = {
        name: kind
        for name, annotation in _names_of(called, options)
        for kind in ("Duration", "Size")
        if kind in annotation.replace("'", " ").replace("(", " ").replace(")", " ").replace("|", " ").split()
    }
    return sorted(found.items())


_CASES = [
    (taker, name, kind)
    for taker, (construct, options, _) in _TAKERS.items()
    for name, kind in _parameters(construct, options)
]


def test_no_construct_with_durations_is_left_out() -> None:
    constructs = {name: getattr(best_practice_constructs, name) for name in best_practice_constructs.__all__}
    takers = {name for name, each in constructs.items() if isinstance(each, type) and _parameters(each, None)}
    assert takers - {"ServiceDefaults"} <= _TAKERS.keys()
    assert len(_CASES) > 40


@pytest.mark.parametrize(("taker", "name", "kind"), _CASES)
@pytest.mark.parametrize("number", [0, 30, 1.5])
def test_a_number_is_refused_with_the_unit_to_write(
    stack: Stack, taker: str, name: str, kind: str, number: float
) -> None:
    construct, _, arguments = _TAKERS[taker]
    with pytest.raises(InvalidArgumentError, match=rf"^Stack/C[^ ]*: {name}={number} cannot work") as error:
        construct(stack, "C", **{**arguments(stack), name: number})
    assert "has no unit" in error.value.reason
    assert f"pass {name}={kind}." in error.value.remedy
    assert f"({number:g})" in error.value.remedy


def test_of_a_route_of_a_bus_too(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match=r"Stack/Bus: max_event_age=60 .*Duration\.seconds\(60\)"):
        _bus(stack).route(OrderPlaced, to=sqs.Queue(stack, "Queue"), max_event_age=60)  # type: ignore[arg-type] # refused


def test_of_a_route_of_an_api_too(stack: Stack) -> None:
    assert _parameters(SinglePurposeFunction, RouteOptions)
    function = SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
    with pytest.raises(InvalidArgumentError, match=r"Stack/Cached: cache_ttl=60 .*Duration\.seconds\(60\)"):
        _api(stack).get("/hours", function, authorization=NoAuthorization(reason="Public."), cache_ttl=60)  # type: ignore[arg-type] # refused


def test_of_the_services_defaults_too() -> None:
    with pytest.raises(InvalidArgumentError, match=r"^ServiceDefaults: timeout=30 .*Duration\.seconds\(30\)"):
        ServiceDefaults(timeout=30)  # type: ignore[arg-type] # refused


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"timeout": timedelta(minutes=2)}, "pass timeout=Duration.seconds(120), of aws_cdk"),
        ({"timeout": "30s"}, "pass timeout=Duration.seconds(…), of aws_cdk"),
        ({"timeout": True}, "pass timeout=Duration.seconds(…), of aws_cdk"),
        ({"timeout": timedelta(seconds=1234567)}, "pass timeout=Duration.seconds(1234567), of aws_cdk"),
        ({"timeout": 2.5}, "pass timeout=Duration.seconds(2.5), of aws_cdk"),
        ({"retention_period": 1209600}, "pass retention_period=Duration.seconds(1209600), of aws_cdk"),
        ({"retention_period": 4}, "pass retention_period=Duration.days(4), of aws_cdk"),
        ({"ephemeral_storage_size": 1024}, "pass ephemeral_storage_size=Size.mebibytes(1024), of aws_cdk"),
        ({"ephemeral_storage_size": Duration.seconds(1)}, "pass ephemeral_storage_size=Size.mebibytes(…), of aws_cdk"),
    ],
)
def test_what_is_written_otherwise_says_what_to_write(given: dict[str, object], remedy: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        refuse_unitless("Stack/C", given)
    assert error.value.remedy == remedy


def test_what_has_a_unit_or_is_not_said_is_right() -> None:
    refuse_unitless("Stack/C", {"timeout": Duration.seconds(30), "batch_size": 10}, max_event_age=None)
