"""What buses invoke on the embedded stage is tried again, ends in its destination, and comes a few at once."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile

import pytest

from best_practice_constructs.local import LocalStage

pytestmark = pytest.mark.end_to_end

BURST = 30
MOST_AT_ONCE = max(2, os.cpu_count() or 1)
HANDLER = """
import os, time
import boto3

sqs = boto3.client("sqs")

def handler(event, context):
    sqs.send_message(QueueUrl=os.environ["CALLS"], MessageBody=str(os.getpid()))
    if event["detail"]["fails"]:
        raise RuntimeError("the printer is out of paper")
    time.sleep(0.2)
"""


def test_events_of_a_bus_are_retried_and_end_in_their_destination_a_few_at_once(embedded_stage: LocalStage) -> None:
    sqs, events = embedded_stage.client("sqs"), embedded_stage.client("events")
    calls, failures = (sqs.create_queue(QueueName=f"async-{name}")["QueueUrl"] for name in ("calls", "failures"))
    _route_to_function(embedded_stage, calls=calls, failures=failures)

    events.put_events(Entries=[{"Source": "async", "DetailType": "Print", "Detail": '{"fails": true}'}])
    failed = json.loads(_receive(embedded_stage, failures, count=1)[0])
    assert failed["requestPayload"]["detail"] == {"fails": True}
    assert failed["responsePayload"]["errorMessage"] == "the printer is out of paper"
    assert len(_receive(embedded_stage, calls, count=3)) == 3

    for _ in range(BURST):
        events.put_events(Entries=[{"Source": "async", "DetailType": "Print", "Detail": '{"fails": false}'}])
    workers = _receive(embedded_stage, calls, count=BURST)
    assert len(workers) == BURST
    assert len(set(workers)) <= MOST_AT_ONCE
    assert _receive(embedded_stage, failures, count=1, seconds=0) == []


def _route_to_function(stage: LocalStage, *, calls: str, failures: str) -> None:
    functions, events, sqs = stage.client("lambda"), stage.client("events"), stage.client("sqs")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("print_page.py", HANDLER)
    function = functions.create_function(
        FunctionName="print-page",
        Runtime="python3.13",
        Handler="print_page.handler",
        Role="arn:aws:iam::000000000000:role/any",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"CALLS": calls}},
        Timeout=10,
    )
    arn = sqs.get_queue_attributes(QueueUrl=failures, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    functions.put_function_event_invoke_config(
        FunctionName="print-page", MaximumRetryAttempts=2, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    events.put_rule(Name="print", EventPattern='{"source": ["async"]}')
    events.put_targets(Rule="print", Targets=[{"Id": "print", "Arn": function["FunctionArn"]}])


def _receive(stage: LocalStage, queue_url: str, *, count: int, seconds: float = 30) -> list[str]:
    """Take messages off a queue until there were so many, or no more came in time."""
    sqs, bodies, until = stage.client("sqs"), list[str](), time.monotonic() + seconds
    while len(bodies) < count:
        messages = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        if not messages and time.monotonic() > until:
            break
        time.sleep(0 if messages else 0.1)
    return bodies
