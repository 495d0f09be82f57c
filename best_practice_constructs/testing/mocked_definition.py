"""A workflow's definition whose tasks ask a test what to answer, and call nothing (S4, W1)."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import cast

from best_practice_constructs.workflows.definition_states import (
    ARGUMENTS,
    JSONATA,
    JsonObject,
    StateAt,
    states_of,
)

_ASK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
_SOON = 1


def mocked_definition(
    definition: Mapping[str, object], *, queue_url: str, unanswered: Collection[str] = ()
) -> JsonObject:
    """Give the definition with each task replaced by a message to a queue, whose answer is the task's.

    Retries, catchers, timeouts, expressions and all that is no task stay as they are.

    :param queue_url: of the queue.
    :param unanswered: the tasks, by path, that are never answered: they time out after a second.
    """
    mocked = copy.deepcopy(dict(definition))
    for state in states_of(mocked):
        if state.type == "Task":
            _mock(state, queue_url)
            if state.path in unanswered:
                state.state.pop("TimeoutSecondsPath", None)
                state.state["TimeoutSeconds"] = _SOON
        # Items of express executions could not wait for an answer.
        processor = cast("JsonObject", state.state.get("ItemProcessor") or {})
        config = cast("JsonObject", processor.get("ProcessorConfig") or {})
        if config.get("ExecutionType") == "EXPRESS":
            config["ExecutionType"] = "STANDARD"
    return mocked


def task_paths(definition: Mapping[str, object]) -> list[str]:
    """Give the paths of all tasks of a definition."""
    return [state.path for state in states_of(cast("JsonObject", definition)) if state.type == "Task"]


def _mock(state: StateAt, queue_url: str) -> None:
    given = state.arguments
    asked: JsonObject = {"state": state.path}
    if state.language == JSONATA:
        asked |= {"token": "{% $states.context.Task.Token %}"}
        asked["arguments"] = "{% $states.input %}" if given is None else given
    else:
        asked["token.$"] = "$$.Task.Token"
        asked["arguments" if given is not None else "arguments.$"] = "$" if given is None else given
    state.state["Resource"] = _ASK
    state.state[ARGUMENTS[state.language]] = {"QueueUrl": queue_url, "MessageBody": asked}
    for key in ("HeartbeatSeconds", "HeartbeatSecondsPath", "Credentials"):
        state.state.pop(key, None)
