"""Permissions on SNS topics, one function per operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_sns as sns


def _topic_arn(topic: sns.ITopic | str) -> str:
    return arn_of(topic, "topic_arn", service="sns", example="eu-west-1:111122223333:notices")


def publish(topic: sns.ITopic | str) -> Permission:
    """Allow ``Publish``, in batches too, on the topic (an ``ITopic`` or its ARN).

    A topic with a key of yours takes ``kms.encrypt_messages(key)`` beside.
    """
    return Permission(actions=("sns:Publish",), resources=(_topic_arn(topic),))


def subscribe(topic: sns.ITopic | str) -> Permission:
    """Allow ``Subscribe`` on the topic (an ``ITopic`` or its ARN)."""
    return Permission(actions=("sns:Subscribe",), resources=(_topic_arn(topic),))


def list_subscriptions_by_topic(topic: sns.ITopic | str) -> Permission:
    """Allow ``ListSubscriptionsByTopic`` on the topic (an ``ITopic`` or its ARN)."""
    return Permission(actions=("sns:ListSubscriptionsByTopic",), resources=(_topic_arn(topic),))


def get_topic_attributes(topic: sns.ITopic | str) -> Permission:
    """Allow ``GetTopicAttributes`` on the topic (an ``ITopic`` or its ARN)."""
    return Permission(actions=("sns:GetTopicAttributes",), resources=(_topic_arn(topic),))
