"""What tests of handlers need: payloads as Lambda gives them, a context, examples of events. It imports no CDK."""

from __future__ import annotations

from best_practice_constructs.testing.api_events import api_event
from best_practice_constructs.testing.dynamodb_events import ItemChange, dynamodb_event
from best_practice_constructs.testing.event_payloads import eventbridge_event, sqs_event
from best_practice_constructs.testing.example_events import example
from best_practice_constructs.testing.kinesis_events import kinesis_event
from best_practice_constructs.testing.lambda_context import FakeLambdaContext
from best_practice_constructs.testing.object_created_events import object_created_event
from best_practice_constructs.testing.role_comparison import assert_roles_match_calls
from best_practice_constructs.testing.topic_messages import topic_message

__all__ = [
    "FakeLambdaContext",
    "ItemChange",
    "api_event",
    "assert_roles_match_calls",
    "dynamodb_event",
    "eventbridge_event",
    "example",
    "kinesis_event",
    "object_created_event",
    "sqs_event",
    "topic_message",
]
