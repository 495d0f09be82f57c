"""The notices, each written once."""

from __future__ import annotations

import os

from botocore.exceptions import ClientError

from best_practice_constructs.runtime.clients import client
from notices.environment import NOTICES_TABLE_NAME
from notices.notice import Notice


def insert_notice(notice: Notice) -> None:
    """Insert a notice; it is the same however often it is told."""
    try:
        client("dynamodb").put_item(
            TableName=os.environ[NOTICES_TABLE_NAME],
            Item={
                "order_id": {"S": notice.order_id},
                "document_number": {"S": notice.document_number},
                "text": {"S": notice.text},
                "issued_at": {"S": notice.issued_at.isoformat()},
            },
            ConditionExpression="attribute_not_exists(order_id)",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
