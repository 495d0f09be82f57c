"""Which IAM actions an operation of the SDK takes.

Most have the operation's name, under the name that the request is signed for. The exceptions are named here. Where
AWS's service authorization data know no action of that name either, the action is unknown: ``unknown_actions.txt``
lists these operations, a tenth of botocore's, most of them newer than the data. The source of each exception is
the service's page in AWS's *Service Authorization Reference*, and for S3 *Required permissions for Amazon S3 API
operations*.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from best_practice_constructs.audit.sdk_calls.argument_actions import all_argument_actions
from best_practice_constructs.audit.sdk_calls.service_model import http_method, services, signing_name

# Where actions have another name than requests are signed for.
_PREFIXES = {
    "cloudcontrol": "cloudformation",
    "cloudwatch": "cloudwatch",
    "iot-data": "iot",
    "iot-jobs-data": "iotjobsdata",
    "iotsecuretunneling": "iot",
    "mturk": "mechanicalturk",
    "partnercentral-account": "partnercentral",
    "partnercentral-benefits": "partnercentral",
    "partnercentral-channel": "partnercentral",
    "partnercentral-selling": "partnercentral",
    "resourcegroupstaggingapi": "tag",
}

# Of services with another name than their actions: what their requests are signed for, which their data say.
_SIGNED_AS = {
    "apigatewaymanagementapi": "execute-api",
    "appconfigdata": "appconfig",
    "emr": "elasticmapreduce",
    "efs": "elasticfilesystem",
    "sesv2": "ses",
    "stepfunctions": "states",
}

_ACTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "apigatewaymanagementapi": {
        "DeleteConnection": ("ManageConnections",),
        "GetConnection": ("ManageConnections",),
        "PostToConnection": ("ManageConnections",),
    },
    "bedrock-runtime": {
        "Converse": ("InvokeModel",),
        "ConverseStream": ("InvokeModelWithResponseStream",),
        "InvokeModelWithBidirectionalStream": ("InvokeModel",),
        "StartAsyncInvoke": ("InvokeModel",),
    },
    "kms": {"ReEncrypt": ("ReEncryptFrom", "ReEncryptTo")},
    "lambda": {
        "Invoke": ("InvokeFunction",),
        "InvokeWithResponseStream": ("InvokeFunction",),
        "GetLayerVersionByArn": ("GetLayerVersion",),
    },
    "s3": {
        "CompleteMultipartUpload": ("PutObject",),
        "CopyObject": ("GetObject", "PutObject"),
        "CreateMultipartUpload": ("PutObject",),
        "DeleteBucketAnalyticsConfiguration": ("PutAnalyticsConfiguration",),
        "DeleteBucketCors": ("PutBucketCORS",),
        "DeleteBucketEncryption": ("PutEncryptionConfiguration",),
        "DeleteBucketIntelligentTieringConfiguration": ("PutIntelligentTieringConfiguration",),
        "DeleteBucketInventoryConfiguration": ("PutInventoryConfiguration",),
        "DeleteBucketLifecycle": ("PutLifecycleConfiguration",),
        "DeleteBucketMetricsConfiguration": ("PutMetricsConfiguration",),
        "DeleteBucketOwnershipControls": ("PutBucketOwnershipControls",),
        "DeleteBucketReplication": ("PutReplicationConfiguration",),
        "DeleteBucketTagging": ("PutBucketTagging",),
        "DeleteObjects": ("DeleteObject",),
        "DeletePublicAccessBlock": ("PutBucketPublicAccessBlock",),
        "GetBucketAccelerateConfiguration": ("GetAccelerateConfiguration",),
        "GetBucketAnalyticsConfiguration": ("GetAnalyticsConfiguration",),
        "GetBucketEncryption": ("GetEncryptionConfiguration",),
        "GetBucketIntelligentTieringConfiguration": ("GetIntelligentTieringConfiguration",),
        "GetBucketInventoryConfiguration": ("GetInventoryConfiguration",),
        "GetBucketLifecycle": ("GetLifecycleConfiguration",),
        "GetBucketLifecycleConfiguration": ("GetLifecycleConfiguration",),
        "GetBucketMetricsConfiguration": ("GetMetricsConfiguration",),
        "GetBucketNotificationConfiguration": ("GetBucketNotification",),
        "GetBucketReplication": ("GetReplicationConfiguration",),
        "GetObjectLockConfiguration": ("GetBucketObjectLockConfiguration",),
        "GetPublicAccessBlock": ("GetBucketPublicAccessBlock",),
        "HeadBucket": ("ListBucket",),
        "HeadObject": ("GetObject",),
        "ListBucketAnalyticsConfigurations": ("GetAnalyticsConfiguration",),
        "ListBucketIntelligentTieringConfigurations": ("GetIntelligentTieringConfiguration",),
        "ListBucketInventoryConfigurations": ("GetInventoryConfiguration",),
        "ListBucketMetricsConfigurations": ("GetMetricsConfiguration",),
        "ListBuckets": ("ListAllMyBuckets",),
        "ListMultipartUploads": ("ListBucketMultipartUploads",),
        "ListObjectVersions": ("ListBucketVersions",),
        "ListObjects": ("ListBucket",),
        "ListObjectsV2": ("ListBucket",),
        "ListParts": ("ListMultipartUploadParts",),
        "PutBucketAccelerateConfiguration": ("PutAccelerateConfiguration",),
        "PutBucketAnalyticsConfiguration": ("PutAnalyticsConfiguration",),
        "PutBucketEncryption": ("PutEncryptionConfiguration",),
        "PutBucketIntelligentTieringConfiguration": ("PutIntelligentTieringConfiguration",),
        "PutBucketInventoryConfiguration": ("PutInventoryConfiguration",),
        "PutBucketLifecycle": ("PutLifecycleConfiguration",),
        "PutBucketLifecycleConfiguration": ("PutLifecycleConfiguration",),
        "PutBucketMetricsConfiguration": ("PutMetricsConfiguration",),
        "PutBucketNotificationConfiguration": ("PutBucketNotification",),
        "PutBucketReplication": ("PutReplicationConfiguration",),
        "PutObjectLockConfiguration": ("PutBucketObjectLockConfiguration",),
        "PutPublicAccessBlock": ("PutBucketPublicAccessBlock",),
        "SelectObjectContent": ("GetObject",),
        "UploadPart": ("PutObject",),
        "UploadPartCopy": ("GetObject", "PutObject"),
        "WriteGetObjectResponse": ("s3-object-lambda:WriteGetObjectResponse",),
    },
    "sns": {"PublishBatch": ("Publish",)},
    "sqs": {
        "ChangeMessageVisibilityBatch": ("ChangeMessageVisibility",),
        "DeleteMessageBatch": ("DeleteMessage",),
        "SendMessageBatch": ("SendMessage",),
    },
    "timestream-query": {"Query": ("Select",)},
}

# Their actions are the methods of HTTP, but for those of portals and routing rules.
_BY_METHOD = frozenset({"apigateway", "apigatewayv2"})
_NOT_BY_METHOD = re.compile(r"Portal|Product|RoutingRule")

# Operations on one version of an object have an action of their own, which the call's VersionId tells.
_OF_VERSION = {
    ("s3", "GetObject"): "s3:GetObjectVersion",
    ("s3", "HeadObject"): "s3:GetObjectVersion",
    ("s3", "DeleteObject"): "s3:DeleteObjectVersion",
    ("s3", "GetObjectTagging"): "s3:GetObjectVersionTagging",
    ("s3", "PutObjectTagging"): "s3:PutObjectVersionTagging",
    ("s3", "DeleteObjectTagging"): "s3:DeleteObjectVersionTagging",
    ("s3", "GetObjectAcl"): "s3:GetObjectVersionAcl",
    ("s3", "PutObjectAcl"): "s3:PutObjectVersionAcl",
    ("s3", "GetObjectAttributes"): "s3:GetObjectVersionAttributes",
    ("s3", "DeleteObjects"): "s3:DeleteObjectVersion",
    # Of what is copied; what is written has an action of its own.
    ("s3", "CopyObject"): "s3:GetObjectVersion",
    ("s3", "UploadPartCopy"): "s3:GetObjectVersion",
}
# Beside the one of the operation's name.
_ALSO = {("s3", "GetObjectAttributes"): ("s3:GetObject",)}

# No IAM policy is asked for these.
_WITHOUT_ACTION = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}

_OF_DYNAMODB_ITEMS = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}
_TRANSACTIONS = {
    ("dynamodb", "TransactWriteItems"): ("ConditionCheck", "Delete", "Put", "Update"),
    ("dynamodb", "TransactGetItems"): ("Get",),
}
_STATEMENTS = {
    ("dynamodb", "ExecuteStatement"),
    ("dynamodb", "BatchExecuteStatement"),
    ("dynamodb", "ExecuteTransaction"),
}


def actions_of(service: str, operation: str) -> tuple[str, ...]:
    """Give the IAM actions that an operation takes, all of them; none where they are not known."""
    if (service, operation) in _WITHOUT_ACTION or has_unknown_action(service, operation):
        return ()
    return (*_derived_actions(service, operation), *_ALSO.get((service, operation), ()))


def services_with_prefix(prefix: str) -> list[str]:
    """Give the services whose actions have a prefix, as far as their names tell: ``bedrock-runtime`` of ``bedrock``."""
    named = {service for service, other in {**_PREFIXES, **_SIGNED_AS}.items() if other == prefix}
    return sorted(
        service
        for service in services()
        if service in named or (service not in _PREFIXES and (service == prefix or service.startswith(f"{prefix}-")))
    )


def has_unknown_action(service: str, operation: str) -> bool:
    """Tell whether AWS's data know no action that the operation could take."""
    return operation in _unknown_actions().get(service, ())


def _derived_actions(service: str, operation: str) -> tuple[str, ...]:
    prefix = _PREFIXES.get(service) or signing_name(service).lower()
    if service in _BY_METHOD and not _NOT_BY_METHOD.search(operation):
        return (f"{prefix}:{http_method(service, operation)}",)
    names = _ACTIONS.get(service, {}).get(operation, (operation,))
    return tuple(name if ":" in name else f"{prefix}:{name}" for name in names)


@functools.cache
def _unknown_actions() -> Mapping[str, frozenset[str]]:
    lines = Path(__file__).with_name("unknown_actions.txt").read_text("utf-8").splitlines()
    parts = (line.partition(": ") for line in lines if not line.startswith("#"))
    return {service: frozenset(names.split()) for service, _, names in parts}


def further_actions() -> Iterator[str]:
    """Give the actions of which no operation has the name, and which a call's arguments tell."""
    yield from _OF_VERSION.values()
    yield from all_argument_actions()
    yield from _OF_DYNAMODB_ITEMS.values()
    yield from (f"dynamodb:PartiQL{name}" for name in ("Delete", "Insert", "Select", "Update"))


def version_action(service: str, operation: str) -> str | None:
    """Give the action that takes the place of an operation's own where one version of an object is named."""
    return _OF_VERSION.get((service, operation))


def version_actions(service: str, operation: str) -> tuple[str, ...]:
    """Give all actions of an operation where one version of an object is named."""
    kept = ("s3:PutObject",) if operation in ("CopyObject", "UploadPartCopy") else ()
    action = version_action(service, operation)
    return (action, *kept) if action else ()


def transaction_items(service: str, operation: str) -> Mapping[str, str]:
    """Give the action of each kind of item that a transaction holds; nothing where it is no transaction."""
    return {kind: _OF_DYNAMODB_ITEMS[kind] for kind in _TRANSACTIONS.get((service, operation), ())}


def depends_on_statement(service: str, operation: str) -> bool:
    """Tell whether the actions are those of a statement of PartiQL, whose text alone tells them."""
    return (service, operation) in _STATEMENTS
