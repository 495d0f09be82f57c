"""The archive of a bus, under the key of the bus (H6)."""

from __future__ import annotations

from typing import cast

from aws_cdk import Annotations, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from best_practice_constructs.construct_place import path_of, stack_of

_EVENTBRIDGE = "events.amazonaws.com"
_UNKNOWN_KEY_POLICY = "best-practice-constructs:imported-key-policy"


def create_event_archive(
    scope: Construct, id: str, *, event_bus: events.EventBus, retention: Duration, kms_key: kms.IKey | None
) -> events.Archive:
    """Keep every event of a bus, from other accounts too; what a replay sends EventBridge itself keeps out.

    :param kms_key: the key of the bus, for the kept events too; the key's policy lets EventBridge use it for the events
        of this bus alone (C2).
    """
    archive = events.Archive(
        scope,
        id,
        source_event_bus=event_bus,
        event_pattern=events.EventPattern(source=events.Match.prefix("")),
        retention=retention,
    )
    if kms_key is not None:
        # Not by the L2's parameter: its statement names the bus by a reference, and the bus refers to the key.
        cast("events.CfnArchive", archive.node.default_child).kms_key_identifier = kms_key.key_arn
        _let_archive_use(archive, kms_key, event_bus=event_bus)
    return archive


def _let_archive_use(archive: events.Archive, key: kms.IKey, *, event_bus: events.EventBus) -> None:
    bus = cast("events.CfnEventBus", event_bus.node.default_child)
    bus_arn = stack_of(event_bus).format_arn(service="events", resource="event-bus", resource_name=bus.name)
    principals = [iam.ServicePrincipal(_EVENTBRIDGE)]
    statements = [
        iam.PolicyStatement(
            principals=principals,
            actions=["kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
            resources=["*"],
            conditions={"StringEquals": {"kms:EncryptionContext:aws:events:event-bus:arn": bus_arn}},
        ),
        # It tells what kind of key it is, encrypts nothing, and so has no encryption context to ask for.
        iam.PolicyStatement(principals=principals, actions=["kms:DescribeKey"], resources=["*"]),
    ]
    added = [key.add_to_resource_policy(statement).statement_added for statement in statements]
    if not all(added):
        Annotations.of(archive).add_warning_v2(
            _UNKNOWN_KEY_POLICY,
            f"{path_of(archive)} keeps events under an imported key, whose policy cannot be changed from here. See to "
            f"it that it allows kms:DescribeKey, kms:GenerateDataKey, kms:Decrypt and kms:ReEncrypt* to "
            f"{_EVENTBRIDGE}, else no event is kept; then acknowledge this warning.",
        )
