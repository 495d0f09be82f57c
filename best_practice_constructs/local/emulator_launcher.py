"""Runs MiniStack inside its own environment; a program of its own that imports nothing of this package.

Arguments: the interpreter for handlers, the stage's working directory, and the address that runs integrations with
services. Standard input is a pipe whose other end
only the parent holds: when the parent is gone, however it went (``kill -9`` too), the pipe ends, and the whole process
group and the working directory go with it.
"""

from __future__ import annotations

import asyncio
import base64
import contextvars
import json
import os
import subprocess
import sys
import threading
import urllib.request
from typing import TypedDict, cast

# The group cannot clean up after itself once it is killed, so a process outside of it does.
_CLEAN_UP = """
import os, shutil, signal, sys, time
group, directory = int(sys.argv[1]), sys.argv[2]
for _ in range(3):  # what was being started during the first round is hit by the next
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        break
    time.sleep(0.05)
shutil.rmtree(directory, ignore_errors=True)
"""


def _end_with_parent(python: str, working_directory: str) -> None:
    while os.read(0, 4096):
        pass
    subprocess.Popen(
        [python, "-I", "-c", _CLEAN_UP, str(os.getpgid(0)), working_directory],
        start_new_session=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
    )


def main() -> None:
    """Run the emulator until its parent ends or it is stopped."""
    handler_python, working_directory, gateway_url = sys.argv[1:4]
    del sys.argv[1:]
    threading.Thread(target=_end_with_parent, args=(sys.executable, working_directory), daemon=True).start()
    # MiniStack starts its workers with sys.executable. Handlers get an environment that holds what Lambda's runtime
    # holds: the emulator's own packages would hide a dependency that a function forgot.
    sys.executable = handler_python
    _take_loopback_for_tls()
    _tell_what_was_raised()
    _retry_what_buses_invoke()
    _queue_asynchronous_invocations()
    _hand_over_service_integrations(gateway_url)
    from ministack.app import main as run_emulator  # pyright: ignore[reportMissingImports] -- only in its environment

    run_emulator()


def _take_loopback_for_tls() -> None:
    """Let policies that refuse calls without TLS pass: the emulator is reached over plain HTTP, on loopback only."""
    from ministack.core import iam_evaluator  # pyright: ignore[reportMissingImports] -- only in its environment

    resolve = iam_evaluator._resolve_condition_key  # noqa: SLF001 -- there is no setting, and the version is pinned

    def resolve_with_tls(key: str, context: object) -> object:
        return "true" if key.lower() == "aws:securetransport" else resolve(key, context)

    iam_evaluator._resolve_condition_key = resolve_with_tls  # noqa: SLF001 -- as above


# Within the program of a Python worker: what is raised when the handler's module is imported, and where in it.
_RAISED = """
        here = [frame for frame in traceback.extract_tb(e.__traceback__) if frame.filename.startswith(code_dir)]
        where = f" ({os.path.relpath(here[-1].filename, code_dir)}, line {here[-1].lineno})" if here else ""
        told = f"{type(e).__name__}: {e}{where}"
"""


def _tell_what_was_raised() -> None:
    """Let a failed import tell the exception's type and place too: of a KeyError the emulator tells the key alone."""
    from ministack.core import lambda_runtime  # pyright: ignore[reportMissingImports] -- only in its environment

    program = lambda_runtime._PYTHON_WORKER_SCRIPT  # noqa: SLF001 -- there is no setting, and the version is pinned
    catch = "    except Exception as e:\n"
    answer = '        _real_stdout.write(json.dumps({"status": "error", "error": %s}) + "\\n")\n'
    # A module that calls sys.exit is told as well.
    catch_all = catch.replace("Exception", "BaseException")
    told = program.replace(catch + answer % "str(e)", catch_all + _RAISED.lstrip("\n") + answer % "told", 1)
    lambda_runtime._PYTHON_WORKER_SCRIPT = told  # noqa: SLF001 -- as above


def _retry_what_buses_invoke() -> None:
    """Let buses invoke functions as everything else does asynchronously: with retries and a destination of failures."""
    from ministack.services import (  # pyright: ignore[reportMissingImports] -- only in its environment
        eventbridge,
        lambda_svc,
    )

    def dispatch(arn: str, payload: str) -> None:
        function, configuration, _ = lambda_svc._get_func_record_for_ref(arn)  # noqa: SLF001 -- as above
        if not function or not configuration:
            dispatch_once(arn, payload)
            return
        try:
            event = json.loads(payload)
        except ValueError:
            # What an input transformer made of it.
            event = {"body": payload}
        record = lambda_svc._execution_record_for_config(function, configuration)  # noqa: SLF001 -- as above
        lambda_svc.invoke_async_with_retry(record, event)

    dispatch_once = eventbridge._dispatch_to_lambda  # noqa: SLF001 -- there is no setting, and the version is pinned
    eventbridge._dispatch_to_lambda = dispatch  # noqa: SLF001 -- as above


_ASYNCHRONOUS_INVOCATIONS = max(2, os.cpu_count() or 1)


def _queue_asynchronous_invocations() -> None:
    """Let a few asynchronous invocations of a function run at once, and the others wait as in Lambda's own queue.

    The emulator would start a process for each event of a burst, all at the same moment.
    """
    from ministack.services import lambda_svc  # pyright: ignore[reportMissingImports] -- only in its environment

    waits = contextvars.ContextVar("waits", default=False)
    places: dict[str, threading.Semaphore] = {}

    def invoke_in_turn(function: object, event: object) -> None:
        # The emulator's thread takes over the context of its caller.
        token = waits.set(True)
        try:
            invoke(function, event)
        finally:
            waits.reset(token)

    def execute_in_turn(function: dict[str, dict[str, str]], event: object) -> object:
        if not waits.get():
            return execute(function, event)
        arn = function["config"]["FunctionArn"]
        with places.setdefault(arn, threading.Semaphore(_ASYNCHRONOUS_INVOCATIONS)):
            # What is called from here on has its place.
            token = waits.set(False)
            try:
                return execute(function, event)
            finally:
                waits.reset(token)

    invoke, execute = lambda_svc.invoke_async_with_retry, lambda_svc._execute_function  # noqa: SLF001 -- as above
    lambda_svc.invoke_async_with_retry = invoke_in_turn
    lambda_svc._execute_function = execute_in_turn  # noqa: SLF001 -- as above


def _hand_over_service_integrations(gateway_url: str) -> None:
    """Let the stage run the integrations with services: the emulator runs few of them, and little of Velocity.

    It has matched, authorized and validated the request by then.
    """
    from ministack.services import apigateway_v1 as api  # pyright: ignore[reportMissingImports] -- as above

    def ask(told: dict[str, object]) -> _Answer:
        data = json.dumps(told, default=str).encode()
        request = urllib.request.Request(gateway_url, data=data)  # noqa: S310 -- the stage's own address
        with connection.open(request) as response:
            answer: _Answer = json.loads(response.read())
            return answer

    async def hand_over(*given: dict[str, object], owner_account_id: str, **known: object) -> object:
        integration, _, _, stage, _, _, _, header, body, querystring, path = given
        event = api._build_lambda_event_v1(  # noqa: SLF001 -- there is no setting, and the version is pinned
            *given[1:],
            authorizer_context=known.get("authorizer_context"),
            caller_identity=known.get("caller_identity"),
        )
        request = {
            "account": owner_account_id,
            "header": _last_values(header),
            "querystring": _last_values(querystring or {}),
            "path": path or {},
            "body": base64.b64encode(cast("bytes", body or b"")).decode(),
            "context": event["requestContext"],
            "stageVariables": stage.get("variables") or {},
        }
        answer = await asyncio.to_thread(ask, {"integration": integration, "request": request})
        if "error" in answer:
            return api._gw_error(answer["error"], answer["message"])  # noqa: SLF001 -- as above
        request_id = {"x-amzn-requestid": event["requestContext"]["requestId"]}
        return answer["status"], {**answer["header"], **request_id}, base64.b64decode(answer["body"])

    # A proxy of the user's environment cannot reach this machine's loopback interface.
    connection = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    api._invoke_lambda_custom_v1 = api._invoke_sqs_v1 = hand_over  # noqa: SLF001 -- as above


class _Answer(TypedDict, total=False):
    status: int
    header: dict[str, str]
    body: str
    error: str
    message: str


def _last_values(values: dict[str, object]) -> dict[str, object]:
    return {name: value[-1] if isinstance(value, list) and value else value for name, value in values.items()}


if __name__ == "__main__":
    main()
