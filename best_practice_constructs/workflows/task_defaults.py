"""What a task gets that says nothing of it: retries with backoff and full jitter, a timeout, a catch path (H1, S4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.workflows.definition_states import JSONATA, JsonObject, StateAt
from best_practice_constructs.workflows.permanent_errors import permanent_errors
from best_practice_constructs.workflows.task_integration import TaskIntegration, task_integration

EVERY_ERROR = "States.ALL"
_TIMEOUTS = ("TimeoutSeconds", "TimeoutSecondsPath")
_CATCHING = ("Task", "Map", "Parallel")


@dataclass(frozen=True, kw_only=True)
class RetryDefaults:
    """How tasks are retried that do not say it.

    The wait before attempt n is a random time up to ``interval_seconds × backoff_rate ** (n - 1)``, at most
    ``max_delay_seconds`` (full jitter): those that failed together do not come back together.

    :param interval_seconds: before the first retry, in seconds.
    :param max_attempts: retries of a task; 0 for none.
    :param backoff_rate: how much longer each wait may be.
    :param max_delay_seconds: of one wait, in seconds.
    :param jitter_strategy: ``"FULL"`` or ``"NONE"``.
    """

    interval_seconds: int = 1
    max_attempts: int = 6
    backoff_rate: float = 2.0
    max_delay_seconds: int = 60
    jitter_strategy: str = "FULL"

    def retriers(self, integration: TaskIntegration | None, *, language: str) -> list[JsonObject]:
        """Give the ``Retry`` of a task: never what no attempt mends, all else with backoff and jitter.

        The first retrier that knows the error decides, so the permanent ones stand first. A task that waits for a token
        or a job is not begun again because its answer did not come in time.
        """
        passing = ["States.TaskFailed"]
        if integration is None or integration.waits_for is None:
            passing.append("States.Timeout")
        return [
            {"ErrorEquals": permanent_errors(integration, language=language), "MaxAttempts": 0},
            {
                "ErrorEquals": passing,
                "IntervalSeconds": self.interval_seconds,
                "MaxAttempts": self.max_attempts,
                "BackoffRate": self.backoff_rate,
                "MaxDelaySeconds": self.max_delay_seconds,
                "JitterStrategy": self.jitter_strategy,
            },
        ]


def integration_of(state: StateAt, functions: Mapping[str, object]) -> TaskIntegration | None:
    """Tell what a task calls.

    :param functions: the substitutions that stand for functions: as a task's ``Resource`` they are called directly.
    """
    resource = str(state.state.get("Resource", ""))
    if resource.startswith("${") and resource[2:-1] in functions:
        return TaskIntegration(service="lambda", operation="invoke")
    return task_integration(resource)


def add_retries(state: StateAt, defaults: RetryDefaults, integration: TaskIntegration | None) -> None:
    """Give a task its retries, unless it has some."""
    if state.type == "Task" and "Retry" not in state.state:
        state.state["Retry"] = defaults.retriers(integration, language=state.language)


def add_timeout(state: StateAt, seconds: int) -> None:
    """Give a task its timeout, unless it has one."""
    if state.type == "Task" and not any(key in state.state for key in _TIMEOUTS):
        state.state["TimeoutSeconds"] = seconds


def has_timeout(state: StateAt) -> bool:
    """Tell whether a task says how long it may take."""
    return any(key in state.state for key in _TIMEOUTS)


def add_catch(state: StateAt, failure_state: str) -> None:
    """Let a state hand its errors on to ``failure_state``, those that it catches itself left out.

    States inside of others are left as they are: what they do not catch, the outer one does.
    """
    if state.is_nested or state.type not in _CATCHING or state.name == failure_state:
        return
    catchers = cast("list[JsonObject]", state.state.setdefault("Catch", []))
    if any(EVERY_ERROR in cast("list[str]", catcher.get("ErrorEquals", [])) for catcher in catchers):
        return
    catcher: JsonObject = {"ErrorEquals": [EVERY_ERROR], "Next": failure_state}
    if state.language == JSONATA:
        catcher["Output"] = {
            "State": state.name,
            "Error": "{% $states.errorOutput.Error %}",
            # A task that timed out has no cause.
            "Cause": "{% $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '' %}",
        }
    catchers.append(catcher)


def reached_from(definition: JsonObject, start: str) -> set[str]:
    """Give the names of the states of the machine that can follow one, with itself."""
    states = cast("dict[str, JsonObject]", definition["States"])
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found or name not in states:
            continue
        found.add(name)
        state = states[name]
        followers = [state.get("Next"), state.get("Default")]
        for key in ("Catch", "Choices"):
            followers += [each.get("Next") for each in cast("list[JsonObject]", state.get(key, []))]
        waiting += [follower for follower in followers if isinstance(follower, str)]
    return found
