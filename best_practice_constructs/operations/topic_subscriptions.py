"""The subscriptions of topics whose dead letters SNS sends to a queue (H4)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, cast

from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
from best_practice_constructs.operations.queue_address import service_of

_SNS = "sns.amazonaws.com"


class TopicsClient(Protocol):
    """What is called of botocore's client of ``sns``."""

    def list_subscriptions_by_topic(self, **request: str) -> Mapping[str, object]:
        """Call ``ListSubscriptionsByTopic``."""
        ...

    def get_subscription_attributes(self, **request: str) -> Mapping[str, Mapping[str, str]]:
        """Call ``GetSubscriptionAttributes``."""
        ...


class TopicSubscriptions:
    """The subscriptions that have a queue for their dead letters, as far as the queue's policy lets SNS send to it.

    :param queue: the dead-letter queue.
    :param topics: how SNS is asked.
    :ivar admitted: whether the queue's policy lets SNS send to it at all; where it does not, SNS is not asked.
    :ivar topic_arns: the topics that the policy names; patterns among them cannot be listed, and are left out.
    """

    def __init__(self, *, queue: DeadLetterQueue, topics: TopicsClient) -> None:
        self._queue = queue
        self._topics = topics
        statements = [each for each in _listed(queue.policy.get("Statement")) if _admits_sns(each)]
        self.admitted = bool(statements)
        self.topic_arns = tuple(
            dict.fromkeys(arn for each in statements for arn in _source_topics(each) if not set(arn) & set("*?"))
        )

    def endpoints(self, topic_arn: str | None = None) -> frozenset[str]:
        """Give the endpoints of the subscriptions whose dead letters come to the queue.

        :param topic_arn: only those of this topic; otherwise of all that the policy names.
        :raises botocore.exceptions.ClientError: SNS does not let them be read.
        """
        if not self.admitted:
            return frozenset()
        topics = (topic_arn,) if topic_arn else self.topic_arns
        return frozenset(endpoint for topic in topics for endpoint in self._endpoints_of(topic))

    def _endpoints_of(self, topic_arn: str) -> Iterator[str]:
        request = {"TopicArn": topic_arn}
        while True:
            page = self._topics.list_subscriptions_by_topic(**request)
            for subscription in cast("list[Mapping[str, str]]", page["Subscriptions"]):
                arn = subscription["SubscriptionArn"]
                # One that is not confirmed has no ARN yet, and gets nothing.
                if not arn.startswith("arn:"):
                    continue
                attributes = self._topics.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
                target = json.loads(attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn")
                if target == self._queue.arn:
                    yield subscription["Endpoint"]
            if not page.get("NextToken"):
                return
            request["NextToken"] = str(page["NextToken"])


def _admits_sns(statement: object) -> bool:
    if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
        return False
    principal = statement.get("Principal")
    services = _listed(principal.get("Service")) if isinstance(principal, Mapping) else []
    # Older policies let everybody in whom a topic sends.
    return _SNS in services or any(_source_topics(statement))


def _source_topics(statement: object) -> Iterator[str]:
    conditions = cast("Mapping[str, object]", statement).get("Condition") or {}
    for condition in cast("Mapping[str, Mapping[str, object]]", conditions).values():
        for key, arns in condition.items():
            if key.casefold() == "aws:sourcearn":
                yield from (str(arn) for arn in _listed(arns) if service_of(arn) == "sns")


def _listed(value: object) -> Sequence[object]:
    """Give the values of a policy's element, which stands without a list where it is one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
