"""Send an asynchronous event that can never be handled to the failures queue, with its cause (H3, H6)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from best_practice_constructs.runtime import clients
from best_practice_constructs.runtime.failure_cause import cause_attributes
from best_practice_constructs.runtime.invocation import LambdaContext


def send_failed_event(event: object, error: BaseException, *, queue_url: str, context: LambdaContext) -> None:
    """Send an event to the failures queue in the form of the record that Lambda itself sends there.

    So whoever looks at the queue finds the event under ``requestPayload`` and the cause under ``responsePayload``,
    whoever sent it. The message's attributes tell the cause too.

    :raises Exception: the queue did not take it.
    """
    failed_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record = {
        "version": "1.0",
        "timestamp": failed_at,
        "requestContext": {
            "requestId": context.aws_request_id,
            "functionArn": context.invoked_function_arn,
            "condition": "PermanentError",
        },
        "requestPayload": event,
        "responsePayload": {"errorType": type(error).__name__, "errorMessage": str(error)},
    }
    # sdk-calls: on ASYNC_FAILURES_QUEUE_URL if ASYNC_FAILURES_QUEUE_URL
    clients.client("sqs").send_message(
        QueueUrl=queue_url,
        MessageBody=json.dumps(record),
        MessageAttributes=cause_attributes(error, context=context, more={}),
    )
