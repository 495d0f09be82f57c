"""How often constructs call into aws-cdk-lib: a count that grows is a synth that slows down, with every copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk import Stack
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from best_practice_constructs import (
    EnrichedEventBus,
    EventSource,
    IamAuthorization,
    IdempotentQueueConsumer,
    ProvisionedApi,
    RequestId,
    SendMessage,
    ServiceWorkflow,
    SinglePurposeFunction,
    StreamConsumer,
    TopicConsumer,
)
from tests.unit.helpers.crossings import Crossings, counted_crossings

CODE = lambda_.Code.from_inline("def handler(event, context): ...")
HANDLER = "index.handler"

_tests = EventSource("com.example.tests")


@_tests.event
class CopyMade:
    """An event to route."""

    copy_id: str


def _queue_consumer(stack: Stack, id: str) -> Crossings:
    with counted_crossings() as crossings:
        IdempotentQueueConsumer(stack, id, code=CODE, handler=HANDLER)
    return crossings


def _function(stack: Stack, id: str) -> Crossings:
    with counted_crossings() as crossings:
        SinglePurposeFunction(stack, id, code=CODE, handler=HANDLER)
    return crossings


def _event_bus(stack: Stack, id: str) -> Crossings:
    with counted_crossings() as crossings:
        EnrichedEventBus(stack, id)
    return crossings


def _route(stack: Stack, id: str) -> Crossings:
    bus = EnrichedEventBus(stack, f"{id}Bus")
    consumer = IdempotentQueueConsumer(stack, id, code=CODE, handler=HANDLER)
    with counted_crossings() as crossings:
        bus.route(CopyMade, to=consumer)
    return crossings


def _stream_consumer(stack: Stack, id: str) -> Crossings:
    stream = kinesis.Stream(stack, f"{id}Stream")
    with counted_crossings() as crossings:
        StreamConsumer(
            stack,
            id,
            stream=stream,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            code=CODE,
            handler=HANDLER,
        )
    return crossings


def _topic_consumer(stack: Stack, id: str) -> Crossings:
    topic = sns.Topic(stack, f"{id}Topic")
    with counted_crossings() as crossings:
        TopicConsumer(stack, id, topic=topic, code=CODE, handler=HANDLER)
    return crossings


def _api_route(stack: Stack, id: str) -> Crossings:
    api = ProvisionedApi(stack, f"{id}Api", authorization=IamAuthorization())
    function = SinglePurposeFunction(stack, id, code=CODE, handler=HANDLER)
    with counted_crossings() as crossings:
        api.get("/copies", function)
    return crossings


def _direct_route(stack: Stack, id: str) -> Crossings:
    api = ProvisionedApi(stack, f"{id}Api", authorization=IamAuthorization())
    queue = sqs.Queue(stack, f"{id}Queue")
    with counted_crossings() as crossings:
        api.post("/copies", SendMessage(queue, message=RequestId()))
    return crossings


def _workflow(stack: Stack, id: str) -> Crossings:
    queue = sqs.Queue(stack, f"{id}Queue")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Arguments": {"QueueUrl": "${Queue}", "MessageBody": "copied"},
        "End": True,
    }
    definition = {"QueryLanguage": "JSONata", "StartAt": "Send", "States": {"Send": task}}
    with counted_crossings() as crossings:
        ServiceWorkflow(stack, id, definition=definition, definition_substitutions={"Queue": queue})
    return crossings


@pytest.mark.parametrize(
    ("create", "most"),
    [
        (_queue_consumer, 40),
        (_function, 32),
        (_event_bus, 35),
        (_route, 37),
        (_stream_consumer, 38),
        (_topic_consumer, 83),
        (_api_route, 13),
        (_direct_route, 18),
        (_workflow, 73),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else None,
)
def test_one_more_copy_makes_few_calls(stack: Stack, create: Callable[[Stack, str], Crossings], most: int) -> None:
    # What is asked once in a stack, or in a process, is asked for the first.
    create(stack, "First")
    crossings = create(stack, "Second")
    assert crossings.total <= most, f"{most} are enough, and {crossings}"


def test_the_count_names_lines_and_calls(stack: Stack) -> None:
    crossings = _function(stack, "Function")
    text = str(crossings)
    assert text.startswith(f"{crossings.total} calls crossed into aws-cdk-lib:\n")
    assert "best_practice_constructs/functions/single_purpose_function.py:" in text
    assert "create aws_lambda.Function" in text
