"""Find a queue by its address, ARN or name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from best_practice_constructs.operations.command import CommandError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_ADDRESS = re.compile(r"https?://(?:sqs\.(?P<region>[a-z0-9-]+)\.|(?P<old_region>[a-z0-9-]+)\.queue\.)?")


class RedriveError(CommandError):
    """Something cannot be done; the message says why, and what to do instead."""


def region_in(text: str) -> str | None:
    """Give the region that an address or ARN names; ``None`` for others."""
    if text.startswith("arn:"):
        return text.split(":")[3] if text.count(":") >= 5 else None
    found = _ADDRESS.match(text)
    return (found["region"] or found["old_region"]) if found else None


def queue_url(text: str, *, sqs: SQSClient) -> str:
    """Give the address of a queue.

    :param text: its address, ARN or name.
    :raises RedriveError: there is none where the client looks.
    """
    if text.startswith(("http://", "https://")):
        return text
    request = {"QueueName": text}
    if text.startswith("arn:"):
        parts = text.split(":")
        if len(parts) != 6 or parts[2] != "sqs":
            raise RedriveError(f"{text} is no queue: pass the address, the ARN or the name of one.")
        request = {"QueueName": parts[5], "QueueOwnerAWSAccountId": parts[4]}
    try:
        return sqs.get_queue_url(**request)["QueueUrl"]
    except ClientError as error:
        if not is_missing_queue(error):
            raise
        raise RedriveError(
            f"There is no queue {request['QueueName']} in {sqs.meta.region_name} ({sqs.meta.endpoint_url}): set "
            "AWS_REGION, AWS_PROFILE or AWS_ENDPOINT_URL, or pass the queue's address or ARN."
        ) from error


def queue_name(address: str) -> str:
    """Give the name of a queue from its address or ARN."""
    return re.split("[/:]", address)[-1]


def service_of(arn: object) -> str:
    """Give the service that an ARN is of; an empty text for what is no ARN."""
    parts = str(arn).split(":")
    return parts[2] if len(parts) >= 6 and parts[0] == "arn" else ""


def is_missing_queue(error: ClientError) -> bool:
    """Whether SQS says that there is no such queue, in whichever of its protocols."""
    return (
        "NonExistentQueue" in error.response["Error"]["Code"] or "QueueDoesNotExist" in error.response["Error"]["Code"]
    )


def reason_of(error: Exception) -> str:
    """Give what an error of botocore says, in one line."""
    if isinstance(error, ClientError):
        details = error.response["Error"]
        return f"{details.get('Code', 'unknown')}: {details.get('Message', '')}".strip()
    return f"{type(error).__name__}: {error}"
