"""A task that asks somebody else and waits for the answer, no longer than it is told (S4)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration

from best_practice_constructs.durations import whole_seconds
from best_practice_constructs.workflows.definition_states import JsonObject

TASK_TOKEN = "{% $states.context.Task.Token %}"  # noqa: S105 -- where the token is found
_YEAR = 31_536_000


def callback_task(
    message: Mapping[str, object],
    *,
    queue: str,
    timeout: Duration,
    heartbeat: Duration | None = None,
    next: str | None = None,
) -> JsonObject:
    """Give a task, in JSONata, that sends a message with its token to a queue and waits for the token to come back.

    Who gets the message answers with ``SendTaskSuccess`` or ``SendTaskFailure`` (``permissions.stepfunctions``'s
    ``send_task_result``), and tells with ``SendTaskHeartbeat`` that it is still at it. A message that comes twice has
    one token: the second answer is refused with ``TaskTimedOut`` or ``InvalidToken``, which counts as done.

    :param message: what is asked, expressions allowed; ``token`` is added.
    :param queue: the name of the substitution that stands for the queue.
    :param timeout: how long the answer may take; then the task fails with ``States.Timeout``.
    :param heartbeat: how long nothing may be heard; default: as long as ``timeout``.
    :param next: the state that follows; default: none, the end.
    :raises ValueError: a message that has a token already, or times that cannot be.

    ```python
    from aws_cdk import Duration
    from best_practice_constructs import callback_task

    ask = callback_task({"order_id": "{% $states.input.order_id %}"}, queue="Approvals", timeout=Duration.hours(24))
    assert ask["TimeoutSeconds"] == 86_400
    ```
    """
    if "token" in message:
        raise ValueError("The message has a 'token' already, where the task's own stands: give it another name.")
    seconds = whole_seconds(timeout)
    beats = whole_seconds(heartbeat) if heartbeat is not None else None
    if not 1 <= seconds <= _YEAR or (beats is not None and not 1 <= beats < seconds):
        raise ValueError(
            f"timeout={seconds} s with heartbeat={beats} s cannot work: a task waits a second to a year, and its "
            "heartbeat is shorter than its timeout."
        )
    state: JsonObject = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": f"${{{queue}}}", "MessageBody": {**message, "token": TASK_TOKEN}},
        "TimeoutSeconds": seconds,
    }
    if beats is not None:
        state["HeartbeatSeconds"] = beats
    return state | ({"Next": next} if next is not None else {"End": True})
