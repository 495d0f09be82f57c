"""Runs a workflow's definition with mocked tasks, on the embedded stage or in an account (S4, W1)."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeAlias, cast

from best_practice_constructs.testing.mocked_definition import mocked_definition, task_paths

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

_ANY_ROLE = "arn:aws:iam::000000000000:role/mocked-workflow"
_ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


class TaskError(Exception):
    """The error that a mocked task fails with.

    :param error: its name, as retriers and catchers have it: ``"DynamoDB.ConditionalCheckFailedException"``.
    :param cause: what happened.
    """

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}" if cause else error)
        self.error = error
        self.cause = cause


class _NoAnswer:
    def __repr__(self) -> str:
        return "NO_ANSWER"


NO_ANSWER: Final = _NoAnswer()
"""As an outcome: the task is not answered, and times out (after a second in tests)."""

TaskMock: TypeAlias = Callable[[object], object] | Sequence[object]
"""What a mocked task does: a function of its arguments, which may raise :class:`TaskError`, or an outcome for each
attempt, of which the last stands for all that follow: a result, a :class:`TaskError`, or :data:`NO_ANSWER`."""


@dataclass(frozen=True, kw_only=True)
class TaskCall:
    """One attempt of a task.

    :param state: the path of its state, such as ``"Charge"`` or ``"EachOrder/Charge"``.
    :param arguments: what it would have given to the service, expressions evaluated, placeholders as they are.
    """

    state: str
    arguments: object


@dataclass(frozen=True, kw_only=True)
class WorkflowRun:
    """What became of one execution.

    :param status: ``"SUCCEEDED"``, ``"FAILED"``, ``"TIMED_OUT"`` or ``"ABORTED"``.
    :param output: of one that succeeded; else ``None``.
    :param error: of one that failed; else ``None``.
    :param cause: of one that failed; else ``None``.
    :param states: the outermost states in the order in which they were entered.
    :param calls: every attempt of every task, in order.
    """

    status: str
    output: object
    error: str | None
    cause: str | None
    states: tuple[str, ...]
    calls: tuple[TaskCall, ...]

    def attempts(self, state: str) -> int:
        """Count the attempts of a task."""
        return sum(call.state == state for call in self.calls)


class MockedWorkflow:
    """A workflow whose tasks call nothing and are answered by a test; all else of it runs as it is.

    A context manager: entering makes a state machine and a queue, leaving removes both. With
    ``LocalStage(emulator_settings={"SFN_WAIT_SCALE": "0"})`` no retry and no ``Wait`` state is waited for.

    :param definition: of the workflow, such as ``ServiceWorkflow.definition``; its placeholders stay texts.
    :param tasks: by the state's path (or its name), what each task does.
    :param client: gives clients of boto3 for ``"stepfunctions"`` and ``"sqs"``: ``LocalStage.client``, or
        ``boto3.client`` for an account.
    :param role_arn: of a role that may send to queues; the embedded stage needs none.
    :raises ValueError: a task has no mock, or a mock no task.

    ```python
    from best_practice_constructs.local import LocalStage
    from best_practice_constructs.testing import MockedWorkflow, TaskError

    charge = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "${Charge}", "Payload": "{% $states.input %}"},
        "Output": "{% $states.result.Payload %}",
        "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2}],
        "End": True,
    }
    definition = {"QueryLanguage": "JSONata", "StartAt": "Charge", "States": {"Charge": charge}}
    outcomes = [TaskError("Lambda.TooManyRequestsException"), {"Payload": {"charged": True}}]
    with LocalStage(emulator_settings={"SFN_WAIT_SCALE": "0"}) as stage:
        with MockedWorkflow(definition, tasks={"Charge": outcomes}, client=stage.client) as workflow:
            run = workflow.run({"order_id": "17"})
    assert (run.output, run.attempts("Charge")) == ({"charged": True}, 2)
    ```
    """

    def __init__(
        self,
        definition: Mapping[str, object],
        *,
        tasks: Mapping[str, TaskMock],
        client: Callable[[str], object],
        role_arn: str = _ANY_ROLE,
    ) -> None:
        self._definition = definition
        self._mocks = _by_path(definition, tasks)
        self._workflows = cast("SFNClient", client("stepfunctions"))
        self._queues = cast("SQSClient", client("sqs"))
        self._role_arn = role_arn
        self._queue_url: str | None = None
        self._state_machine_arn: str | None = None

    def __enter__(self) -> Self:
        name = f"mocked-{uuid.uuid4().hex}"
        self._queue_url = self._queues.create_queue(QueueName=name)["QueueUrl"]
        unanswered = [path for path, mock in self._mocks.items() if not callable(mock) and NO_ANSWER in mock]
        mocked = mocked_definition(self._definition, queue_url=self._queue_url, unanswered=unanswered)
        try:
            self._state_machine_arn = self._workflows.create_state_machine(
                name=name, definition=json.dumps(mocked), roleArn=self._role_arn
            )["stateMachineArn"]
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._remove()

    def run(self, given: object = None, *, seconds: float = 60) -> WorkflowRun:
        """Run one execution to its end.

        :param given: its input.
        :param seconds: after which it counts as stuck.
        :raises RuntimeError: it was not entered.
        :raises TimeoutError: it is stuck; the message says in which state.
        """
        if self._state_machine_arn is None:
            raise RuntimeError("Run it inside of a with statement: with MockedWorkflow(…) as workflow: workflow.run(…)")
        execution = self._workflows.start_execution(
            stateMachineArn=self._state_machine_arn, input=json.dumps({} if given is None else given)
        )["executionArn"]
        calls: list[TaskCall] = []
        attempts: Counter[str] = Counter()
        until = time.monotonic() + seconds
        while True:
            self._answer(calls, attempts)
            found = self._workflows.describe_execution(executionArn=execution)
            if found["status"] in _ENDED:
                break
            if time.monotonic() > until:
                self._workflows.stop_execution(executionArn=execution)
                raise TimeoutError(
                    f"The execution did not end within {seconds:g} s; it went through "
                    f"{' → '.join(self._entered(execution))}."
                )
        succeeded = found["status"] == "SUCCEEDED"
        return WorkflowRun(
            status=found["status"],
            output=json.loads(found["output"]) if succeeded else None,
            error=None if succeeded else found.get("error"),
            cause=None if succeeded else found.get("cause"),
            states=tuple(self._entered(execution)),
            calls=tuple(calls),
        )

    def _answer(self, calls: list[TaskCall], attempts: Counter[str]) -> None:
        queue_url = self._queue_url or ""
        received = self._queues.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        messages = received.get("Messages", [])
        if not messages:
            time.sleep(0.02)
        for message in messages:
            self._queues.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            asked = json.loads(message["Body"])
            path = str(asked["state"])
            calls.append(TaskCall(state=path, arguments=asked["arguments"]))
            outcome = _outcome(self._mocks[path], asked["arguments"], attempt=attempts[path])
            attempts[path] += 1
            token = str(asked["token"])
            if isinstance(outcome, TaskError):
                self._workflows.send_task_failure(taskToken=token, error=outcome.error, cause=outcome.cause)
            elif outcome is not NO_ANSWER:
                self._workflows.send_task_success(taskToken=token, output=json.dumps(outcome))

    def _entered(self, execution: str) -> list[str]:
        names: list[str] = []
        pages = self._workflows.get_paginator("get_execution_history").paginate(executionArn=execution)
        for page in pages:
            for event in page["events"]:
                if details := event.get("stateEnteredEventDetails"):
                    names.append(details["name"])
        return names

    def _remove(self) -> None:
        if self._state_machine_arn is not None:
            self._workflows.delete_state_machine(stateMachineArn=self._state_machine_arn)
            self._state_machine_arn = None
        if self._queue_url is not None:
            self._queues.delete_queue(QueueUrl=self._queue_url)
            self._queue_url = None


def _by_path(definition: Mapping[str, object], tasks: Mapping[str, TaskMock]) -> dict[str, TaskMock]:
    paths = task_paths(definition)
    mocks: dict[str, TaskMock] = {}
    used: set[str] = set()
    for path in paths:
        key = path if path in tasks else path.rpartition("/")[2]
        if key not in tasks:
            raise ValueError(
                f"The task {path!r} has no mock: add tasks={{{path!r}: […]}}, an outcome for each attempt."
            )
        mocks[path] = tasks[key]
        used.add(key)
    for name in tasks.keys() - used:
        raise ValueError(f"The mock {name!r} belongs to no task; the tasks are {', '.join(paths) or 'none'}.")
    return mocks


def _outcome(mock: TaskMock, arguments: object, *, attempt: int) -> object:
    if not callable(mock):
        return mock[min(attempt, len(mock) - 1)]
    try:
        return mock(arguments)
    except TaskError as error:
        return error
