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
import math
import os
import subprocess
import sys
import threading
import time
import urllib.parse
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
    _report_what_invocations_took()
    _let_workflows_use_versions()
    _end_what_was_stopped()
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


def _report_what_invocations_took() -> None:
    """Let the tail of a log, which who invokes may ask for, end with Lambda's report: the emulator leaves it out."""
    from ministack.core import lambda_runtime  # pyright: ignore[reportMissingImports] -- only in its environment
    from ministack.services import lambda_svc  # pyright: ignore[reportMissingImports] -- only in its environment

    # By request: how long it took altogether, and how much of it was the start of its process.
    took: dict[str, list[float]] = {}
    current: contextvars.ContextVar[list[float] | None] = contextvars.ContextVar("current", default=None)

    def spawn_timed(worker: object) -> None:
        start = time.monotonic()
        spawn(worker)
        times = current.get()
        if times is not None:
            times[1] = time.monotonic() - start

    def invoke_timed(worker: object, event: object, request_id: str, **others: object) -> object:
        times = took[request_id] = [0.0, 0.0]
        token, start = current.set(times), time.monotonic()
        try:
            return invoke(worker, event, request_id, **others)
        finally:
            times[0] = time.monotonic() - start
            current.reset(token)

    def dispatch_with_report(
        function: object, configuration: dict[str, object], event: object, request_id: str, started: float
    ) -> object:
        result = dispatch(function, configuration, event, request_id, started)
        total, init = took.pop(request_id, (time.time() - started, 0.0))
        if isinstance(result, dict):
            used = lambda_svc._probe_peak_memory_mb(function)  # noqa: SLF001 -- as above
            report = _report(configuration, request_id, duration=(total - init) * 1000, init=init * 1000, used=used)
            result["log"] = f"{result.get('log') or ''}\n{report}\n"
        return result

    spawn, invoke = lambda_runtime.Worker._spawn, lambda_runtime.Worker.invoke  # noqa: SLF001 -- as above
    dispatch = lambda_svc._execute_function_dispatch  # noqa: SLF001 -- as above
    lambda_runtime.Worker._spawn, lambda_runtime.Worker.invoke = spawn_timed, invoke_timed  # noqa: SLF001 -- as above
    lambda_svc._execute_function_dispatch = dispatch_with_report  # noqa: SLF001 -- as above


def _report(configuration: dict[str, object], request_id: str, *, duration: float, init: float, used: object) -> str:
    # As Lambda bills it since August 2025: with the initialization, in whole milliseconds.
    billed, memory = math.ceil(duration + init), configuration.get("MemorySize", 128)
    logging = configuration.get("LoggingConfig")
    if isinstance(logging, dict) and logging.get("LogFormat") == "JSON":
        metrics = {
            "durationMs": round(duration, 3),
            "billedDurationMs": billed,
            "memorySizeMB": memory,
            "maxMemoryUsedMB": used,
            **({"initDurationMs": round(init, 3)} if init else {}),
        }
        record = {"requestId": request_id, "metrics": metrics}
        return json.dumps({"type": "platform.report", "record": record})
    return (
        f"END RequestId: {request_id}\nREPORT RequestId: {request_id}\tDuration: {duration:.2f} ms\t"
        f"Billed Duration: {billed} ms\tMemory Size: {memory} MB\tMax Memory Used: {used} MB"
        + (f"\tInit Duration: {init:.2f} ms" if init else "")
    )


# The calls of Lambda that the emulator's workflows do not know: method, what follows the function's name in the path.
_CALLS_OF_WORKFLOWS = {
    "publishVersion": ("POST", "/versions"),
    "listVersionsByFunction": ("GET", "/versions"),
    "deleteFunction": ("DELETE", ""),
    "invoke": ("POST", "/invocations"),
}


def _let_workflows_use_versions() -> None:
    """Let the tasks of workflows publish, list, invoke and delete versions of functions through Lambda's API."""
    from ministack import app  # pyright: ignore[reportMissingImports] -- only in its environment
    from ministack.core import responses  # pyright: ignore[reportMissingImports] -- only in its environment
    from ministack.services import stepfunctions  # pyright: ignore[reportMissingImports] -- only in its environment

    def call(service: object, name: str, action: str, arguments: dict[str, object]) -> object:
        action = action[:1].lower() + action[1:]
        if action not in _CALLS_OF_WORKFLOWS:
            return call_known(service, name, action, arguments)
        method, path = _CALLS_OF_WORKFLOWS[action]
        given = dict(arguments or {})
        function = urllib.parse.quote(str(given.pop("FunctionName", "")), safe=":")
        query = {key: str(given.pop(key)) for key in ("Qualifier", "Marker", "MaxItems") if key in given}
        account, region = responses.get_account_id(), responses.get_region()
        headers = {
            "content-type": "application/json",
            "host": f"lambda.{region}.amazonaws.com",
            "authorization": f"AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/lambda/aws4_request",
            "x-amz-log-type": str(given.pop("LogType", "None")),
            "x-amz-invocation-type": str(given.pop("InvocationType", "RequestResponse")),
        }
        body = given.get("Payload", {}) if action == "invoke" else given
        status, told, answer = app.call_service_handler_sync(
            app.SERVICE_HANDLERS["lambda"],
            method,
            f"/2015-03-31/functions/{function}{path}",
            headers,
            b"" if method in {"GET", "DELETE"} else json.dumps(body).encode(),
            query,
        )
        text = answer.decode() if isinstance(answer, bytes) else answer
        if status >= 400:
            error = json.loads(text)
            code = stepfunctions._prefix_sdk_error("lambda", error.get("__type") or "ServiceException")  # noqa: SLF001 -- as above
            raise stepfunctions._ExecutionError(code, error.get("message") or error.get("Message") or text)  # noqa: SLF001 -- as above
        if action == "invoke":
            return _invoked(status, told, text)
        return stepfunctions._convert_keys_to_sfn_convention(json.loads(text)) if text else {}  # noqa: SLF001 -- as above

    call_known = stepfunctions._dispatch_aws_sdk_lambda_rest  # noqa: SLF001 -- as above
    stepfunctions._dispatch_aws_sdk_lambda_rest = call  # noqa: SLF001 -- as above


def _end_what_was_stopped() -> None:
    """Let an execution that was stopped call nothing any more: within a map, the emulator would go on to its end."""
    from ministack.services import stepfunctions  # pyright: ignore[reportMissingImports] -- only in its environment

    def execute(state: object, given: object, execution: dict[str, str], context: object) -> object:
        if execution["status"] == "ABORTED":
            raise stepfunctions._ExecutionError("States.Runtime", "the execution was stopped")  # noqa: SLF001 -- as above
        return execute_task(state, given, execution, context)

    execute_task = stepfunctions._execute_task  # noqa: SLF001 -- as above
    stepfunctions._execute_task = execute  # noqa: SLF001 -- as above


def _invoked(status: int, headers: dict[str, str], payload: str) -> dict[str, object]:
    result: dict[str, object] = {"StatusCode": status, "Payload": payload}
    for header, name in (("X-Amz-Function-Error", "FunctionError"), ("X-Amz-Executed-Version", "ExecutedVersion")):
        if header in headers:
            result[name] = headers[header]
    if "X-Amz-Log-Result" in headers:
        # The tail may begin within a character.
        tail = base64.b64decode(headers["X-Amz-Log-Result"]).decode("utf-8", errors="ignore")
        result["LogResult"] = base64.b64encode(tail.encode()).decode()
    return result


if __name__ == "__main__":
    main()
