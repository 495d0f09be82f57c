"""Each alarm on dead letters names the command that shows them, ready to be run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import pytest
from aws_cdk import Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from best_practice_constructs import (
    AsyncFunctionConsumer,
    EnrichedEventBus,
    IdempotentQueueConsumer,
    SinglePurposeFunction,
    TopicConsumer,
)
from best_practice_constructs.observability.redrive_command import redrive_command
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import resources_of_type

COMMAND = "python -m best_practice_constructs.operations.redrive "


def queue_consumer(stack: Stack) -> None:
    IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER)


def topic_consumer(stack: Stack) -> None:
    TopicConsumer(stack, "C", topic=sns.Topic(stack, "Topic"), entry=ENTRY, handler=HANDLER)


def async_consumer(stack: Stack) -> None:
    consumer = AsyncFunctionConsumer(stack, "C", entry=ENTRY, handler=HANDLER)
    consumer.on_object_created(s3.Bucket(stack, "Bucket"))


def route(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    bus.route({"source": ["com.example.orders"]}, to=sqs.Queue(stack, "Orders"))


def function(stack: Stack) -> None:
    SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)


@pytest.mark.parametrize(
    ("construct", "count"), [(queue_consumer, 1), (topic_consumer, 2), (async_consumer, 2), (route, 1), (function, 1)]
)
def test_the_alarms_of_dead_letters_name_the_command_with_their_queue(
    stack: Stack, construct: Callable[[Stack], None], count: int
) -> None:
    construct(stack)
    found = 0
    for alarm in resources_of_type(Template.from_stack(stack), "AWS::CloudWatch::Alarm").values():
        if COMMAND not in json.dumps(alarm["AlarmDescription"]):
            continue
        found += 1
        _, parts = cast("dict[str, tuple[str, list[object]]]", alarm["AlarmDescription"])["Fn::Join"]
        (dimension,) = cast("list[dict[str, object]]", alarm["Dimensions"])
        before = next(number for number, part in enumerate(parts) if isinstance(part, str) and part.endswith(COMMAND))
        assert parts[before + 1] == dimension["Value"], "the queue that is watched"
    assert found == count


def test_the_name_of_an_imported_queue_is_its_own(stack: Stack) -> None:
    queue = sqs.Queue.from_queue_arn(stack, "Q", "arn:aws:sqs:eu-west-1:111122223333:Dead")
    assert redrive_command(queue) == f"{COMMAND}Dead"
