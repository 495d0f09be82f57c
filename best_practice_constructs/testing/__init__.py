"""What tests of handlers need: payloads as Lambda gives them, a context, examples of events. It imports no CDK."""

from __future__ import annotations

from best_practice_constructs.testing.event_payloads import eventbridge_event, sqs_event
from best_practice_constructs.testing.example_events import example
from best_practice_constructs.testing.lambda_context import FakeLambdaContext

__all__ = ["FakeLambdaContext", "eventbridge_event", "example", "sqs_event"]
