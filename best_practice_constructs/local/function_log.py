"""Reads the log lines of a function from the emulator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import FunctionConfigurationResponseTypeDef, FunctionConfigurationTypeDef
    from mypy_boto3_logs import CloudWatchLogsClient


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """A line that a function (or the platform about it) logged.

    :param at: when its invocation ended, which is when the emulator takes the lines over.
    :param message: the line.
    """

    at: datetime
    message: str


def read_function_log(
    *, configurations: LambdaClient, logs: CloudWatchLogsClient, function_name: str, contains: str = ""
) -> tuple[LogLine, ...]:
    """Return the log lines of a function, the oldest first.

    :param configurations: the client that knows in which group the function logs.
    :param logs: the client that reads it.
    :param function_name: the physical name of the function.
    :param contains: only lines that contain this text.
    """
    group = log_group_of(configurations.get_function_configuration(FunctionName=function_name))
    lines = [line for line in _lines(logs, group) if contains in line.message]
    return tuple(sorted(lines, key=lambda line: line.at))


def log_group_of(configuration: FunctionConfigurationTypeDef | FunctionConfigurationResponseTypeDef) -> str:
    """Return the log group of a function.

    :param configuration: the function's configuration, as Lambda tells it.
    """
    chosen = configuration.get("LoggingConfig", {}).get("LogGroup")
    return chosen or f"/aws/lambda/{configuration.get('FunctionName', '')}"


def _lines(logs: CloudWatchLogsClient, group: str) -> list[LogLine]:
    from botocore.exceptions import ClientError

    try:
        pages = list(logs.get_paginator("filter_log_events").paginate(logGroupName=group))
    except ClientError as error:
        # The group of a function that was never invoked does not exist yet.
        if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
            return []
        raise
    return [
        LogLine(
            at=datetime.fromtimestamp(event.get("timestamp", 0) / 1000, tz=UTC),
            message=event.get("message", ""),
        )
        for page in pages
        for event in page["events"]
    ]
