"""The functions that have a queue for what Lambda discards of their asynchronous invocations (H4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def functions_with_dead_letter_queue(queue_arn: str, *, functions: LambdaClient) -> Iterator[str]:
    """Give the ARNs, with their versions, of the functions here whose dead-letter queue this is.

    Each version has a setting of its own, and any of them may have been invoked: all are looked at.

    :raises botocore.exceptions.ClientError: Lambda does not let them be listed.
    """
    for page in functions.get_paginator("list_functions").paginate(FunctionVersion="ALL"):
        for function in page["Functions"]:
            if function.get("DeadLetterConfig", {}).get("TargetArn") == queue_arn:
                yield function["FunctionArn"]
