"""What the linters of policies find and what is right nevertheless: all of it, with the reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict


class Found(TypedDict):
    """What a linter says."""

    linter: str
    stack: str
    resource: str
    finding: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """Findings that are accepted for one reason.

    :param finding: the linter's name for it.
    :param resource: a pattern of the resources' logical ids.
    :param detail: a pattern of what it is about.
    :param reason: why it is right as it is.
    """

    finding: str
    resource: str
    detail: str
    reason: str

    def fits(self, found: Found) -> bool:
        """Tell whether it is about a finding."""
        return (
            found["finding"] == self.finding
            and re.search(self.resource, found["resource"]) is not None
            and re.search(self.detail, found["detail"]) is not None
        )


ACCEPTED = (
    Accepted(
        finding="RESOURCE_MISMATCH",
        resource=r"Role|^Pipe",
        detail=r"^dynamodb:ListStreams$",
        reason="IAM's data name no resource for it, while Lambda asks for it on the stream when a mapping is made: its "
        "error says 'GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream', and the "
        "DynamoDB developer guide allows the four on one stream. A star would list every stream of the account.",
    ),
    Accepted(
        finding="UNKNOWN_CONDITION_FOR_ACTION",
        resource=r"Policy",
        detail=r"^Unknown condition s3:TlsVersion for action s3:(InitiateReplication|PutAccessPointPublicAccessBlock)$",
        reason="aws-cdk-lib denies every action of S3 over an old TLS; two of them, which no bucket's policy is asked "
        "about, do not know the version.",
    ),
    Accepted(
        finding="S3ObjectVersioningRule",
        resource=r"^Documents",
        detail=r"object versioning",
        reason="These templates are of development, where nothing is kept; production has versions of the documents. "
        "Access logs are never written over.",
    ),
    Accepted(
        finding="S3LifecycleConfigurationRule",
        resource=r"^(Documents|Photos)",
        detail=r"LifecycleConfiguration",
        reason="Invoices and credit notes must not expire, nor who accessed them; the photos are the reader's own.",
    ),
    Accepted(
        finding="S3ObjectVersioningRule",
        resource=r"^(ClaimChecks|Photos)",
        detail=r"object versioning",
        reason="A claim check is written once under a key of its own and expires; the photos are the reader's own.",
    ),
    Accepted(
        finding="WildcardResourceRule",
        resource=r"^(BookRoom|FulfilOrder|Express|Standard|Tuning)(Starter)?(Starting|Restoring)?RoleDefaultPolicy",
        detail=r'for "logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe(ResourcePolicies|LogGroups))"$',
        reason="CloudWatch Logs knows no resource for the delivery of logs, which Step Functions sets up with the role "
        "of each workflow that logs.",
    ),
    Accepted(
        finding="PERMISSIONS_MANAGEMENT_ACTIONS",
        resource=r"^(BookRoom|FulfilOrder|Express|Standard|Tuning)(Starter)?(Starting|Restoring)?RoleDefaultPolicy",
        detail=r"^$",
        reason="Step Functions asks for logs:PutResourcePolicy, by which it lets the delivery of logs write.",
    ),
    Accepted(
        finding="RESOURCE_MISMATCH",
        resource=r"^StandardOwnItems",
        detail=r"^states:DescribeExecution$",
        reason="The executions of a distributed map's items have the map's label between the workflow's name and "
        "their own, which IAM's data do not show.",
    ),
)

STARS: Mapping[str, str] = {
    "logs:CreateLogDelivery": "CloudWatch Logs knows no resource for the delivery of logs.",
    "logs:DeleteLogDelivery": "CloudWatch Logs knows no resource for the delivery of logs.",
    "logs:DescribeLogGroups": "Step Functions looks for the log groups of the account.",
    "logs:DescribeResourcePolicies": "CloudWatch Logs knows no resource for its policies.",
    "logs:GetLogDelivery": "CloudWatch Logs knows no resource for the delivery of logs.",
    "logs:ListLogDeliveries": "CloudWatch Logs knows no resource for the delivery of logs.",
    "logs:PutResourcePolicy": "CloudWatch Logs knows no resource for its policies.",
    "logs:UpdateLogDelivery": "CloudWatch Logs knows no resource for the delivery of logs.",
    "xray:GetSamplingRules": "X-Ray knows no resource for what a workflow samples by.",
    "xray:GetSamplingTargets": "X-Ray knows no resource for what a workflow samples by.",
    "xray:PutTraceSegments": "X-Ray knows no resource for it.",
    "xray:PutTelemetryRecords": "X-Ray knows no resource for it.",
}
"""Actions that a role is allowed on every resource."""
