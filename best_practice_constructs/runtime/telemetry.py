"""Logger, metrics and tracer, set up from what the constructs put into the environment (H7, H11, H12)."""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TextIO, TypeVar, cast

from aws_lambda_powertools import Logger, Metrics

from best_practice_constructs.runtime import environment
from best_practice_constructs.runtime.invocation import LambdaContext, invoked
from best_practice_constructs.runtime.log_line import log_line, parsed_message

if TYPE_CHECKING:
    from aws_lambda_powertools import Tracer
    from aws_lambda_powertools.utilities.typing import LambdaContext as PowertoolsLambdaContext

EventT = TypeVar("EventT")
ResultT = TypeVar("ResultT")
P = ParamSpec("P")

_TRUE = ("1", "y", "yes", "t", "true", "on")


@functools.cache
def logger() -> Logger:
    """Return Powertools' logger of this service: JSON lines, times in UTC and RFC 3339."""
    # The formatter writes the traceback once as text; as a structure beside, it would double the cost of each error.
    return Logger(
        utc=True,
        use_rfc3339=True,
        serialize_stacktrace=False,
        logger_handler=_standard_output(),
        # Where developers read the lines, Powertools indents them.
        json_serializer=None if os.environ.get(environment.POWERTOOLS_DEV, "").lower() in _TRUE else log_line,
        json_deserializer=parsed_message,
    )


@functools.cache
def metrics() -> Metrics:
    """Return Powertools' metrics of this service; what is added is written when the invocation ends."""
    return Metrics(namespace=namespace())


def namespace() -> str:
    """Return the namespace of the metrics; without one, the service's name."""
    return (
        os.environ.get(environment.METRICS_NAMESPACE) or os.environ.get(environment.SERVICE_NAME) or "service_undefined"
    )


class TraceRecorder:
    """Records subsegments and annotations while the invocation is traced, and costs nothing while it is not.

    The X-Ray SDK is loaded only where traces are collected.
    """

    def capture_method(self, method: Callable[P, ResultT]) -> Callable[P, ResultT]:
        """Record each call of a function as a subsegment."""

        @functools.wraps(method)
        def captured(*args: P.args, **kwargs: P.kwargs) -> ResultT:
            if not is_traced():
                return method(*args, **kwargs)
            return _powertools_tracer().capture_method(capture_response=False)(method)(*args, **kwargs)

        return captured

    def put_annotation(self, key: str, value: str | float) -> None:
        """Add a value to the current subsegment that traces can be searched by."""
        if is_traced():
            _powertools_tracer().put_annotation(key, cast("str", value))

    def put_metadata(self, key: str, value: object) -> None:
        """Add a value to the current subsegment that is shown with it."""
        if is_traced():
            _powertools_tracer().put_metadata(key, value)


@functools.cache
def tracer() -> TraceRecorder:
    """Return the recorder of traces."""
    return TraceRecorder()


def is_traced() -> bool:
    """Tell whether the current invocation is traced: Lambda gave it a trace header that is sampled."""
    return "Sampled=1" in os.environ.get("_X_AMZN_TRACE_ID", "") and not _tracing_is_disabled()


def load_tracer() -> None:
    """Load the X-Ray SDK now, where traces are collected.

    While a function starts it has a whole processor, later a share of one.
    """
    if "AWS_XRAY_DAEMON_ADDRESS" in os.environ and not _tracing_is_disabled():
        _powertools_tracer()


def instrumented(
    handler: Callable[[EventT, LambdaContext], ResultT], *, name: str
) -> Callable[[EventT, LambdaContext], ResultT]:
    """Wrap a Lambda handler: context in the log lines, metrics written at the end, a trace, a count of cold starts."""

    def run(event: EventT, context: LambdaContext) -> ResultT:
        with invoked(context), _metrics_written(context):
            return handler(event, context)

    run.__name__ = run.__qualname__ = name
    load_tracer()

    @functools.wraps(run)
    def traced(event: EventT, context: LambdaContext) -> ResultT:
        if not is_traced():
            return run(event, context)
        result: ResultT = _powertools_tracer().capture_lambda_handler(run, capture_response=False)(event, context)
        return result

    return logger().inject_lambda_context(traced, clear_state=True)


def forget() -> None:
    """Forget logger, metrics and tracer, so that the next ones are set up from the environment as it is then."""
    for accessor in (logger, metrics, tracer, _powertools_tracer):
        accessor.cache_clear()


class _StandardOutput(logging.StreamHandler[TextIO]):
    """Writes to the standard output as it is at that moment, so that tests can capture it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # an attribute there, which nobody sets here
        return sys.stdout


@functools.cache
def _standard_output() -> _StandardOutput:
    return _StandardOutput()


_is_first_invocation = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "provisioned-concurrency"


@contextmanager
def _metrics_written(context: LambdaContext) -> Generator[None]:
    global _is_first_invocation  # noqa: PLW0603 -- a cold start is a fact of the process
    provider = metrics().provider
    if _is_first_invocation:
        _is_first_invocation = False
        provider.add_cold_start_metric(cast("PowertoolsLambdaContext", context))
    try:
        yield
    finally:
        # Powertools' own decorator warns at each invocation that has no metrics, which is no fault.
        if provider.metric_set:
            provider.flush_metrics()


@functools.cache
def _powertools_tracer() -> Tracer:
    from aws_lambda_powertools import Tracer

    # All modules that can be patched would be imported; the calls to AWS are what every function has.
    return Tracer(patch_modules=["botocore"])


def _tracing_is_disabled() -> bool:
    return os.environ.get(environment.TRACE_DISABLED, "").lower() in _TRUE
