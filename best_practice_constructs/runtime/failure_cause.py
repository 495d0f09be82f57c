"""The cause of a failure, as the attributes of the message that keeps what failed (H4, H6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from best_practice_constructs.runtime.attribute_text import attribute_text
from best_practice_constructs.runtime.invocation import LambdaContext

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef


def cause_attributes(
    error: BaseException, *, context: LambdaContext, more: Mapping[str, str | None]
) -> dict[str, MessageAttributeValueTypeDef]:
    """Give the attributes: the error's type and message, function, request and time.

    :param more: what else is known, by the attribute's name; what is ``None`` is left out.
    """
    texts = {
        "ErrorType": type(error).__name__,
        "ErrorMessage": attribute_text(str(error)),
        "FunctionName": context.function_name,
        "RequestId": context.aws_request_id,
        **more,
        "FailedAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    return {
        name: {"DataType": "String", "StringValue": text or "(none)"}
        for name, text in texts.items()
        if text is not None
    }
