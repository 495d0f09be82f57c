"""What EventBridge needs to send into a queue: a policy, a key that it may use, and the right kind of queue (H6)."""

from __future__ import annotations

from aws_cdk import Annotations, Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError

_UNKNOWN_KEY_POLICY = "best-practice-constructs:imported-key-policy"
_UNKNOWN_POLICY = "best-practice-constructs:imported-queue-policy"


def let_events_send(scope: Construct, queue: sqs.IQueue, *, source_arn: str) -> None:
    """Let EventBridge send into ``queue`` for one rule or bus, and for no other (C2), with the queue's key too.

    The policies of an imported queue and of an imported key are another's: there a warning says which statement they
    need, for without it every event would be lost silently.
    """
    key = queue.encryption_master_key
    if key is not None:
        # By account and not by rule: the rule depends on the queue, and the queue on the key.
        added = key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        if not added.statement_added:
            Annotations.of(scope).add_warning_v2(
                _UNKNOWN_KEY_POLICY,
                f"{scope.node.path} sends into the queue {queue.node.path}, whose imported key cannot be changed from "
                "here. See to it that its policy allows kms:Decrypt and kms:GenerateDataKey to events.amazonaws.com, "
                "else events are lost; then acknowledge this warning.",
            )
    result = queue.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": source_arn}},
        )
    )
    if not result.statement_added:
        Annotations.of(scope).add_warning_v2(
            _UNKNOWN_POLICY,
            f"{scope.node.path} sends into the imported queue {queue.node.path}, whose policy cannot be changed from "
            "here. See to it that it allows sqs:SendMessage to events.amazonaws.com where aws:SourceArn is this rule "
            "or bus, else events are lost; then acknowledge this warning.",
        )


def check_encryption(scope: Construct, queue: sqs.IQueue) -> None:
    """Refuse a queue that EventBridge cannot write into because of its key.

    :raises InvalidArgumentError: the key is SQS's own in KMS.
    """
    if queue.encryption_type == sqs.QueueEncryption.KMS_MANAGED:
        raise InvalidArgumentError(
            scope,
            given="a queue encrypted with the AWS-managed KMS key",
            reason="EventBridge may not use that key, and every event would be lost silently (H6)",
            remedy="use QueueEncryption.SQS_MANAGED, or a key of yours whose policy lets events.amazonaws.com use it",
        )


def check_dead_letter_queue(scope: Construct, queue: sqs.IQueue) -> None:
    """Refuse a queue that EventBridge cannot use for dead letters.

    :raises InvalidArgumentError: a FIFO queue, or one whose key EventBridge may not use.
    """
    if queue.fifo:
        raise InvalidArgumentError(
            scope,
            given=f"the FIFO queue {queue.node.path} as dead_letter_queue",
            reason="EventBridge sends dead letters to standard queues only",
            remedy="pass a standard queue, or leave it out: one is made",
        )
    check_encryption(scope, queue)
