"""How often constructs call into aws-cdk-lib: a count that grows is a synth that slows down, for every copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_

from best_practice_constructs import IdempotentQueueConsumer, SinglePurposeFunction
from tests.unit.helpers.crossings import counted_crossings

CODE = "def handler(event, context): ..."


def _queue_consumer(stack: Stack, id: str) -> None:
    IdempotentQueueConsumer(stack, id, code=lambda_.Code.from_inline(CODE), handler="index.handler")


def _function(stack: Stack, id: str) -> None:
    SinglePurposeFunction(stack, id, code=lambda_.Code.from_inline(CODE), handler="index.handler")


@pytest.mark.parametrize(
    ("create", "most"), [(_queue_consumer, 45), (_function, 32)], ids=["queue-consumer", "function"]
)
def test_one_more_copy_makes_few_calls(stack: Stack, create: Callable[[Stack, str], None], most: int) -> None:
    # What is asked once in a stack or a process is asked for the first.
    create(stack, "First")
    with counted_crossings() as crossings:
        create(stack, "Second")
    assert crossings.total <= most, f"{most} are enough, and {crossings}"


def test_the_count_names_lines_and_calls(stack: Stack) -> None:
    with counted_crossings() as crossings:
        _function(stack, "Function")
    text = str(crossings)
    assert text.startswith(f"{crossings.total} calls crossed into aws-cdk-lib:\n")
    assert "best_practice_constructs/functions/single_purpose_function.py:" in text
    assert "create aws_lambda.Function" in text
