"""The facts that a table's stream brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from best_practice_constructs.runtime.telemetry import instrumented
from shop.stored_fact import StoredFact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from best_practice_constructs.runtime.invocation import LambdaContext


class StreamChange(TypedDict, total=False):
    """What changed, as DynamoDB tells it."""

    NewImage: Mapping[str, AttributeValueTypeDef]


class StreamRecord(TypedDict):
    """One change of one item."""

    eventName: str
    dynamodb: StreamChange


class StreamEvent(TypedDict):
    """A batch of changes, as Lambda gets it."""

    Records: Sequence[StreamRecord]


def new_facts(event: StreamEvent) -> Iterator[StoredFact]:
    """Give the facts that were inserted. Facts never change; what else a stream tells is somebody cleaning up."""
    for record in event["Records"]:
        if record["eventName"] == "INSERT" and "NewImage" in record["dynamodb"]:
            yield StoredFact.from_item(record["dynamodb"]["NewImage"])


def stream_handler(handle: Callable[[StreamEvent], None]) -> Callable[[StreamEvent, LambdaContext], None]:
    """Make the Lambda handler of a stream: logs, traces and metrics set up.

    What it raises brings the whole batch again.
    """

    def handler(event: StreamEvent, context: LambdaContext) -> None:  # noqa: ARG001 -- Lambda passes it
        handle(event)

    return instrumented(handler, name=handle.__name__)
