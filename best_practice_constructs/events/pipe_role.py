"""The role of a pipe from a table's stream to a bus (C2)."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.consumers.consumed_stream import ConsumedStream
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.permissions import events as events_permissions
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions import logs as logs_permissions
from best_practice_constructs.permissions import sqs as sqs_permissions
from best_practice_constructs.policy_document import policy_document
from best_practice_constructs.roles.service_role import create_service_role


def create_pipe_role(
    scope: Construct,
    id: str,
    *,
    source: ConsumedStream,
    event_bus: events.IEventBus,
    failures_queue: sqs.IQueue,
    log_group: logs.ILogGroup,
    defaults: ServiceDefaults,
    role_path: str | None,
    permissions_boundary: iam.IManagedPolicy | None,
) -> iam.Role:
    """Create a role for pipes of this account and region, that may do what one pipe does and nothing more."""
    permissions = [
        *source.permissions(),
        events_permissions.put_events(event_bus),
        sqs_permissions.send_message(failures_queue),
        logs_permissions.write(log_group),
    ]
    if failures_queue.encryption_master_key:
        permissions.append(kms_permissions.encrypt_messages(failures_queue.encryption_master_key))
    return create_service_role(
        scope,
        id,
        assumed_by=iam.ServicePrincipal(
            "pipes.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                # Not by name: CloudFormation gives it after the role is there, and a pipe must have a new one whenever
                # its table gets a new stream.
                "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:pipes:{Aws.REGION}:{Aws.ACCOUNT_ID}:pipe/*"},
            },
        ),
        defaults=defaults,
        role_path=role_path,
        permissions_boundary=permissions_boundary,
        inline_policies={"Tell": policy_document(permissions)},
    )
