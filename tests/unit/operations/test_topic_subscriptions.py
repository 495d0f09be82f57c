"""The subscription that what SNS could not deliver belongs to, where that can be known."""

from __future__ import annotations

import json

import pytest

from best_practice_constructs.operations.queue_address import RedriveError
from tests.unit.operations.redrive_support import (
    FUNCTION_ARN,
    RULE_ARN,
    TOPIC_ARN,
    FakeAws,
    arn_of,
    attributes_of,
    find,
    send,
    undelivered_notification,
)
from tests.unit.runtime.support import order_placed

ORDER = order_placed()


class TestSubscriptions:
    """What SNS could not deliver: the message as it was (raw), or in SNS's envelope; neither with a cause."""

    def dead_letters(self, aws: FakeAws, *, is_raw: bool = True, policy: object = TOPIC_ARN) -> str:
        admitted: dict[str, object] = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
        if policy is not None:
            admitted["Condition"] = {"ArnEquals": {"aws:SourceArn": policy}}
        deny = {
            "Effect": "Deny",
            "Principal": "*",
            "Condition": {
                "Bool": {"aws:SecureTransport": "false"},
                "ArnEquals": {"aws:SourceArn": f"{TOPIC_ARN}-not"},
            },
        }
        dead = aws.queue("undelivered", Policy=json.dumps({"Statement": [deny, admitted]}))
        if is_raw:
            send(aws, dead, attributes_of(Tenant="t1"), body=ORDER)
        else:
            aws.sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(undelivered_notification()))
        return dead

    def subscriptions(self, aws: FakeAws, *endpoints: str, dead: str, protocol: str = "sqs") -> None:
        stub = aws.stub("sns")
        pending = {"SubscriptionArn": "PendingConfirmation", "Protocol": "sqs", "Endpoint": "x"}
        answer = {"Subscriptions": [pending], "NextToken": "2"}
        stub.add_response("list_subscriptions_by_topic", answer, {"TopicArn": TOPIC_ARN})
        found = [
            {"SubscriptionArn": f"{TOPIC_ARN}:{number}", "Protocol": protocol, "Endpoint": endpoint}
            for number, endpoint in enumerate([*endpoints, "arn:aws:sqs:us-east-1:123456789012:another"])
        ]
        request = {"TopicArn": TOPIC_ARN, "NextToken": "2"}
        stub.add_response("list_subscriptions_by_topic", {"Subscriptions": found}, request)
        policy = json.dumps({"deadLetterTargetArn": arn_of(dead)})
        for subscription in found[:-1]:
            request = {"SubscriptionArn": subscription["SubscriptionArn"]}
            stub.add_response("get_subscription_attributes", {"Attributes": {"RedrivePolicy": policy}}, request)
        stub.add_response("get_subscription_attributes", {"Attributes": {}})

    @pytest.mark.parametrize("policy", [TOPIC_ARN, [TOPIC_ARN]])
    def test_with_raw_delivery_the_queue_of_the_subscription_gets_the_message_as_it_was(
        self, fake_aws: FakeAws, policy: object
    ) -> None:
        orders = fake_aws.queue("orders")
        dead = self.dead_letters(fake_aws, policy=policy)
        self.subscriptions(fake_aws, arn_of(orders), dead=dead)
        assert fake_aws.run(dead, "--move", "--yes").status == 0
        (moved,) = fake_aws.take(orders)
        assert json.loads(moved.get("Body", "")) == ORDER
        assert moved.get("MessageAttributes", {}).keys() == {"Tenant"}

    def test_without_raw_delivery_the_queue_gets_snss_envelope_as_it_was(self, fake_aws: FakeAws) -> None:
        orders = fake_aws.queue("orders")
        dead = self.dead_letters(fake_aws, is_raw=False)
        self.subscriptions(fake_aws, arn_of(orders), dead=dead)
        assert fake_aws.run(dead, "--move", "--yes").status == 0
        (moved,) = fake_aws.take(orders)
        assert json.loads(moved.get("Body", "")) == undelivered_notification()

    @pytest.mark.parametrize("policy", [None, f"{TOPIC_ARN}*"])
    def test_the_envelope_names_the_topic_where_the_policy_names_none(self, fake_aws: FakeAws, policy: object) -> None:
        orders = fake_aws.queue("orders")
        dead = self.dead_letters(fake_aws, is_raw=False, policy=policy)
        self.subscriptions(fake_aws, arn_of(orders), dead=dead)
        assert find(fake_aws, dead).label == "the queue orders"

    @pytest.mark.parametrize("policy", [None, f"{TOPIC_ARN}*"])
    def test_where_neither_names_the_topic_none_is_guessed(self, fake_aws: FakeAws, policy: object) -> None:
        dead = self.dead_letters(fake_aws, policy=policy)
        with pytest.raises(RedriveError, match="nor does a subscription that is known: say where with --to"):
            find(fake_aws, dead)

    @pytest.mark.parametrize(
        ("protocol", "endpoint"), [("lambda", FUNCTION_ARN), ("https", "https://example.com/notices")]
    )
    def test_what_gets_more_than_the_dead_letter_holds_is_not_served(
        self, fake_aws: FakeAws, protocol: str, endpoint: str
    ) -> None:
        dead = self.dead_letters(fake_aws, is_raw=False)
        self.subscriptions(fake_aws, endpoint, dead=dead, protocol=protocol)
        with pytest.raises(RedriveError, match=f"endpoint is {endpoint}, which SNS gives more than .* publish"):
            find(fake_aws, dead)

    def test_of_several_subscriptions_none(self, fake_aws: FakeAws) -> None:
        dead = self.dead_letters(fake_aws)
        self.subscriptions(fake_aws, arn_of("a"), arn_of("b"), dead=dead)
        with pytest.raises(RedriveError, match="it may be of any of a, b: say which with --to"):
            find(fake_aws, dead)

    def test_of_a_queues_redrive_policy_and_a_subscription_none(self, fake_aws: FakeAws) -> None:
        dead = self.dead_letters(fake_aws)
        fake_aws.queue("returns", dead_letters=dead)
        self.subscriptions(fake_aws, arn_of("orders"), dead=dead)
        with pytest.raises(RedriveError, match="it may be of any of orders, returns: say which"):
            find(fake_aws, dead)

    @pytest.mark.parametrize(
        "policy",
        [
            None,
            {"Effect": "Deny", "Principal": {"Service": "sns.amazonaws.com"}},
            {"Effect": "Allow", "Principal": {"Service": ["events.amazonaws.com"]}},
            {"Effect": "Allow", "Principal": "*", "Condition": {"ArnEquals": {"aws:SourceArn": RULE_ARN}}},
        ],
    )
    def test_where_the_policy_does_not_admit_sns_it_is_not_asked(self, fake_aws: FakeAws, policy: object) -> None:
        attributes = {} if policy is None else {"Policy": json.dumps({"Statement": policy})}
        dead = fake_aws.queue("undelivered", **attributes)
        fake_aws.sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(undelivered_notification()))
        fake_aws.stub("sns")
        with pytest.raises(RedriveError, match="no queue names this one in its redrive policy: say where with --to"):
            find(fake_aws, dead)

    def test_a_policy_that_lets_everybody_in_whom_a_topic_sends_admits_sns(self, fake_aws: FakeAws) -> None:
        orders = fake_aws.queue("orders")
        allow = {"Effect": "Allow", "Principal": "*", "Condition": {"ArnLike": {"AWS:SourceArn": TOPIC_ARN}}}
        dead = fake_aws.queue("undelivered", Policy=json.dumps({"Statement": allow}))
        send(fake_aws, dead, {})
        self.subscriptions(fake_aws, arn_of(orders), dead=dead)
        assert find(fake_aws, dead).label == "the queue orders"

    def test_a_topic_that_cannot_be_read_is_told(self, fake_aws: FakeAws) -> None:
        dead = self.dead_letters(fake_aws)
        fake_aws.stub("sns").add_client_error("list_subscriptions_by_topic", "AuthorizationError", "no")
        with pytest.raises(RedriveError, match=r"AuthorizationError: no\): allow sns:ListSubscriptionsByTopic"):
            find(fake_aws, dead)
