"""An object came into the documents' bucket: records its SHA-256, as evidence of what was sent to the customer.

A document that is written again with the same bytes is the same evidence; other bytes are one more item, which tells.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from best_practice_constructs.runtime import ObjectCreated, async_event_consumer
from best_practice_constructs.runtime.clients import client
from invoices.environment import DOCUMENT_DIGESTS_TABLE_NAME

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef


@async_event_consumer
def handler(created: ObjectCreated) -> None:
    request: GetObjectRequestTypeDef = {"Bucket": created.bucket, "Key": created.key}
    if created.version_id is not None:
        # What this event tells of, even when the document was written over since.
        request["VersionId"] = created.version_id
    answer = client("s3").get_object(**request)
    content = answer["Body"].read()
    item: dict[str, AttributeValueTypeDef] = {
        "document": {"S": created.key},
        "sha256": {"S": hashlib.sha256(content).hexdigest()},
        "size": {"N": str(len(content))},
        "written_at": {"S": answer["LastModified"].isoformat()},
    }
    if created.version_id is not None:
        item["version_id"] = {"S": created.version_id}
    _insert(item)


def _insert(item: dict[str, AttributeValueTypeDef]) -> None:
    try:
        client("dynamodb").put_item(
            TableName=os.environ[DOCUMENT_DIGESTS_TABLE_NAME],
            Item=item,
            ConditionExpression="attribute_not_exists(document)",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
