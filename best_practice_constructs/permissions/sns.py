"""Permissions on SNS topics, one function per operation."""

from __future__ import annotations

from aws_cdk import aws_sns as sns

from best_practice_constructs.permissions.permission import Permission


def publish(topic: sns.ITopic | str) -> Permission:
    """Allow ``Publish``, in batches too, on the topic (an ``ITopic`` or its ARN).

    A topic with a key of yours takes ``kms.encrypt_messages(key)`` beside.
    """
    return Permission(actions=("sns:Publish",), resources=(topic if isinstance(topic, str) else topic.topic_arn,))
