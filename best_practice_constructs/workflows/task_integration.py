"""What a task calls: the service, its operation, and how the task waits for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_INTEGRATION = re.compile(
    r"arn:(?:[\w-]+|\$\{[^}]+\}):states:::(?P<sdk>aws-sdk:)?(?P<service>[\w-]+):(?P<operation>\w+)"
    r"(?P<pattern>\.sync(?::2)?|\.waitForTaskToken)?"
)
_FUNCTION = re.compile(r"arn:(?:[\w-]+|\$\{[^}]+\}):lambda:.+")
_ACTIVITY = re.compile(r"arn:[\w-]+:states:[^:]*:[^:]*:activity:.+")


@dataclass(frozen=True, kw_only=True)
class TaskIntegration:
    """What a task calls.

    :param service: ``"dynamodb"``; of an SDK integration the service's name there, such as ``"sfn"``.
    :param operation: ``"putItem"``.
    :param is_sdk: whether it is one of the SDK integrations, whose names of errors are others.
    :param waits_for: ``"job"`` (``.sync``), ``"token"`` (``.waitForTaskToken``), ``"worker"`` (an activity) or
        ``None``, for the answer alone.
    """

    service: str
    operation: str
    is_sdk: bool = False
    waits_for: str | None = None

    def __str__(self) -> str:
        """Give it as people know it: ``dynamodb:putItem``."""
        return f"{'aws-sdk:' if self.is_sdk else ''}{self.service}:{self.operation}"


def task_integration(resource: str) -> TaskIntegration | None:
    """Read the ``Resource`` of a task; ``None`` for one that is not known here, such as a substitution."""
    found = _INTEGRATION.fullmatch(resource)
    if found is None:
        if _FUNCTION.fullmatch(resource):
            return TaskIntegration(service="lambda", operation="invoke")
        if _ACTIVITY.fullmatch(resource):
            return TaskIntegration(service="states", operation="activity", waits_for="worker")
        return None
    pattern = found["pattern"] or ""
    waits_for = "token" if pattern == ".waitForTaskToken" else "job" if pattern else None
    return TaskIntegration(
        service=found["service"], operation=found["operation"], is_sdk=bool(found["sdk"]), waits_for=waits_for
    )
