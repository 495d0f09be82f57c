"""Where the failures of a workflow go: a queue, where an alarm calls a person (H6, H9)."""

from __future__ import annotations

from typing import cast

from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.events.event_route import EventRoute
from best_practice_constructs.events.existing_event_bus import ExistingEventBus
from best_practice_constructs.workflows.definition_states import JSONATA, JsonObject

TELL_FAILURE = "TellFailure"
FAIL = "FailWithItsCause"
_UNFINISHED = ("FAILED", "TIMED_OUT", "ABORTED")


def route_failed_executions(
    scope: Construct, id: str, *, state_machine_arn: str, failures_queue: sqs.IQueue
) -> EventRoute:
    """Let EventBridge tell the queue of every execution of a standard workflow that did not succeed.

    The event names the execution, its status, error and cause, and its input up to 248 KiB. It comes of what the
    definition cannot catch, too: a time-out of the whole, a stop by hand, a definition that does not work.
    """
    bus = ExistingEventBus.default(scope, id)
    return bus.route(
        {
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": {"status": list(_UNFINISHED), "stateMachineArn": [state_machine_arn]},
        },
        to=failures_queue,
        id="OnUnfinished",
    )


def failure_states(queue_placeholder: str, *, language: str) -> dict[str, JsonObject]:
    """Give the states that an express workflow ends with when something failed: the queue is told, then it fails.

    EventBridge hears nothing of express workflows.

    :param queue_placeholder: the substitution that stands for the queue.
    """
    told: JsonObject = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "TimeoutSeconds": 10,
        "Next": FAIL,
    }
    body: JsonObject
    if language == JSONATA:
        body = {
            "execution": "{% $states.context.Execution.Id %}",
            "state": "{% $states.input.State %}",
            "error": "{% $states.input.Error %}",
            "cause": "{% $states.input.Cause %}",
            "input": "{% $states.context.Execution.Input %}",
        }
        told["Arguments"] = {"QueueUrl": f"${{{queue_placeholder}}}", "MessageBody": body}
        told["Output"] = "{% $states.input %}"
        failed: JsonObject = {
            "Type": "Fail",
            "Error": "{% $states.input.Error %}",
            "Cause": "{% $states.input.Cause %}",
        }
    else:
        body = {
            "execution.$": "$$.Execution.Id",
            "failure.$": "$",
            "input.$": "$$.Execution.Input",
        }
        told["Parameters"] = {"QueueUrl": f"${{{queue_placeholder}}}", "MessageBody": body}
        told["ResultPath"] = None
        failed = {"Type": "Fail", "ErrorPath": "$.Error", "CausePath": "$.Cause"}
    return {TELL_FAILURE: told, FAIL: failed}


def add_failure_states(definition: JsonObject, states: dict[str, JsonObject]) -> None:
    """Put the states into a definition, at its end."""
    cast("dict[str, JsonObject]", definition["States"]).update(states)
