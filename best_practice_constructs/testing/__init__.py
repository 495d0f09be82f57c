"""What tests of handlers and workflows need, without the CDK.

Payloads as Lambda gives them, a context, examples of events, budgets for bundles, and workflows with mocked tasks.
"""

from __future__ import annotations

from best_practice_constructs.testing.api_events import api_event
from best_practice_constructs.testing.bundle_budget import assert_bundle_within
from best_practice_constructs.testing.bundle_measure import BundleMeasure, measure_bundle
from best_practice_constructs.testing.dynamodb_events import ItemChange, dynamodb_event
from best_practice_constructs.testing.event_payloads import eventbridge_event, sqs_event
from best_practice_constructs.testing.example_events import example
from best_practice_constructs.testing.kinesis_events import kinesis_event
from best_practice_constructs.testing.lambda_context import FakeLambdaContext
from best_practice_constructs.testing.mocked_workflow import (
    NO_ANSWER,
    MockedWorkflow,
    TaskCall,
    TaskError,
    WorkflowRun,
)
from best_practice_constructs.testing.object_created_events import object_created_event
from best_practice_constructs.testing.role_comparison import assert_roles_match_calls
from best_practice_constructs.testing.topic_messages import topic_message

__all__ = [
    "NO_ANSWER",
    "BundleMeasure",
    "FakeLambdaContext",
    "ItemChange",
    "MockedWorkflow",
    "TaskCall",
    "TaskError",
    "WorkflowRun",
    "api_event",
    "assert_bundle_within",
    "assert_roles_match_calls",
    "dynamodb_event",
    "eventbridge_event",
    "example",
    "kinesis_event",
    "measure_bundle",
    "object_created_event",
    "sqs_event",
    "topic_message",
]
