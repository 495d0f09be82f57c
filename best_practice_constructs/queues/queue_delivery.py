"""What an AWS service needs to send into a queue: a policy and a key that it may use (C2, H6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from aws_cdk import Annotations, Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable

from best_practice_constructs.construct_place import path_of, stack_of
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.service_principal import service_principal

_UNKNOWN_KEY_POLICY = "best-practice-constructs:imported-key-policy"
_UNKNOWN_POLICY = "best-practice-constructs:imported-queue-policy"


def let_service_send(
    scope: Construct, queue: sqs.IQueue, *, service: str, source_arn: str, source_account: str = Aws.ACCOUNT_ID
) -> IDependable | None:
    """Let a service send into ``queue`` for one source, and for no other (C2), with the queue's key too.

    The policies of an imported queue and of an imported key are another's: there a warning says which statement they
    need, for without it every message would be lost silently.

    :param service: the service's principal, such as ``"sns.amazonaws.com"``.
    :param source_arn: what it sends for: a rule, a bus, a topic.
    :param source_account: the account of that source.
    :return: the queue's policy, for what must not send before it is there; ``None`` where it is another's.
    :raises InvalidArgumentError: the queue's key is SQS's own in KMS, which no service may use.
    """
    check_service_key(scope, queue, service=service)
    key = queue.encryption_master_key
    if key is not None:
        # By account and not by source: the source may depend on the queue, and the queue depends on the key.
        added = key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[service_principal(service)],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": source_account}},
            )
        )
        if not added.statement_added:
            Annotations.of(scope).add_warning_v2(
                _UNKNOWN_KEY_POLICY,
                f"{path_of(scope)} sends into the queue {path_of(queue)}, whose imported key cannot be changed from "
                f"here. See to it that its policy allows kms:Decrypt and kms:GenerateDataKey to {service}, else "
                "messages are lost; then acknowledge this warning.",
            )
    result = queue.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[service_principal(service)],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": source_arn}},
        )
    )
    if not result.statement_added:
        Annotations.of(scope).add_warning_v2(
            _UNKNOWN_POLICY,
            f"{path_of(scope)} sends into the imported queue {path_of(queue)}, whose policy cannot be changed from "
            f"here. See to it that it allows sqs:SendMessage to {service} where aws:SourceArn is "
            f"{_readable_arn(scope, source_arn)}, else messages are lost; then acknowledge this warning.",
        )
    return result.policy_dependable


def _readable_arn(scope: Construct, arn: str) -> str:
    if not is_deploy_time_value(arn):
        return arn
    resolved: object = stack_of(scope).resolve(arn)
    if isinstance(resolved, Mapping) and len(resolved) == 1:
        ((function, argument),) = cast("Mapping[str, object]", resolved).items()
        if function in ("Ref", "Fn::GetAtt"):
            resource = argument if isinstance(argument, str) else cast("list[str]", argument)[0]
            return f"the ARN of {resource} in {stack_of(scope).stack_name}, which its deployment tells"
    return "that of the sender, which its deployment tells"


def check_service_key(scope: Construct, queue: sqs.IQueue, *, service: str) -> None:
    """Refuse a queue whose key no service may use.

    :raises InvalidArgumentError: the key is SQS's own in KMS.
    """
    if queue.encryption_type == sqs.QueueEncryption.KMS_MANAGED:
        raise InvalidArgumentError(
            scope,
            given=f"the queue {path_of(queue)}, encrypted with the AWS-managed KMS key",
            reason=f"{service} may not use that key, and every message would be lost silently (H6)",
            remedy=f"use QueueEncryption.SQS_MANAGED, or a key of yours whose policy lets {service} use it",
        )
