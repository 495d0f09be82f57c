"""The filter policy of a subscription: what SNS compares, counted as SNS counts it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import pytest
from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs import EventSource, InvalidArgumentError, TopicConsumer
from best_practice_constructs.consumers.topic_filter import topic_filter
from best_practice_constructs.runtime.event_type import Event
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import only_resource

shipping = EventSource("com.example.shipping")


@dataclass(frozen=True, kw_only=True)
class Price:
    """A field that holds others."""

    amount: Decimal
    currency: str


@shipping.event
class OrderShipped(Event):
    """An event to filter."""

    order_id: str
    country: str
    weight: Decimal = Decimal(0)
    parcels: int = 1
    price: Price | None = None


def _consumer(stack: Stack, filter_policy: object, **options: str) -> TopicConsumer:
    return TopicConsumer(
        stack,
        "C",
        topic=sns.Topic(stack, "Topic"),
        filter_policy=filter_policy,  # type: ignore[arg-type] # what is wrong is tested too
        entry=ENTRY,
        handler=HANDLER,
        **options,  # type: ignore[arg-type] # the idempotency key
    )


_EXISTS = sns.SubscriptionFilter.exists_filter()


class _Scope:
    """All that a refusal reads of a construct."""

    class node:  # noqa: N801 -- the name that constructs have
        path = "C"


@pytest.mark.parametrize(
    ("given_filter", "policy"),
    [
        (OrderShipped, {"source": ["com.example.shipping"], "detail-type": ["OrderShipped"]}),
        (
            OrderShipped.where(country=["AT", "DE"], weight__gte=2),
            {
                "source": ["com.example.shipping"],
                "detail-type": ["OrderShipped"],
                "detail": {
                    "data": {"country": ["AT", "DE"]},
                    "numbers": {"weight": [{"numeric": [">=", 2]}]},
                },
            },
        ),
        ({"kind": [{"prefix": "letter"}, 1]}, {"kind": [{"prefix": "letter"}, 1]}),
        ({"kind": [{"prefix": "letter"}, None]}, '{"kind": [{"prefix": "letter"}, null]}'),
        ({"$or": [{"a": [1]}, {"b": [{"exists": False}]}]}, {"$or": [{"a": [1]}, {"b": [{"exists": False}]}]}),
    ],
)
def test_it_matches_the_messages_body(stack: Stack, given_filter: object, policy: object) -> None:
    _consumer(stack, given_filter)
    subscription = only_resource(Template.from_stack(stack), "AWS::SNS::Subscription")
    assert (subscription["FilterPolicy"], subscription["FilterPolicyScope"]) == (policy, "MessageBody")


@pytest.mark.parametrize(
    "given_filter",
    [
        OrderShipped.where(order_id__prefix="A"),
        OrderShipped.where(order_id__suffix="A"),
        OrderShipped.where(country__equals_ignore_case="de"),
        OrderShipped.where(country__anything_but=["US", "CA"]),
        OrderShipped.where(country__exists=True),
        OrderShipped.where(parcels__gt=1, parcels__lt=999_999_999),
        OrderShipped.where(weight=Decimal("1.00005")),
        {"ip": [{"cidr": "10.0.0.0/24"}], "kind": [{"anything-but": {"prefix": "a"}}, None, True]},
    ],
)
def test_what_sns_compares_goes_through(stack: Stack, given_filter: object) -> None:
    _consumer(stack, given_filter)


@pytest.mark.parametrize(
    ("given_filter", "message"),
    [
        (OrderShipped.where(order_id__wildcard="A*Z"), "SNS knows no wildcards"),
        ({"kind": [{"anything-but": {"wildcard": "a*"}}]}, "wildcard at kind of the filter policy"),
        (OrderShipped.where(parcels=1_000_000_000), "between -1,000,000,000 and 1,000,000,000"),
        (OrderShipped.where(weight=Decimal("1.000005")), "5 decimal places"),
        ({"amount": [1e-6]}, "1e-06 at amount"),
        ({"kind": [{"prefx": "A"}]}, "the operator 'prefx' at kind"),
        ({"detail": {"kind": [{"prefx": "A"}]}}, "Write 'prefix'"),
        ({"kind": [{"contains": "A"}]}, "SNS knows anything-but, cidr, equals-ignore-case, exists"),
        ({"kind": [{"prefix": "A", "suffix": "Z"}]}, "each object of the list holds one operator"),
        ({"kind": [{}]}, "each object of the list holds one operator"),
        ({"kind": [{"anything-but": {"cidr": "a"}}]}, "the operator 'cidr' at kind"),
        ({"kind": [{"anything-but": ["a", 1]}]}, "a list of only texts or only numbers"),
        ({"kind": [{"anything-but": []}]}, "anything-but: [] at kind"),
        ({"kind": [{"exists": "yes"}]}, "exists takes true or false"),
        ({"kind": [{"prefix": 1}]}, "Write {'prefix': 'A'}"),
        ({"amount": [{"numeric": [">", 1, "<"]}]}, "one or two comparisons"),
        ({"amount": [{"numeric": ["==", 1]}]}, "one or two comparisons"),
        ({"amount": [{"numeric": [">", "1"]}]}, "one or two comparisons"),
        ({"amount": [{"numeric": [">", 1_000_000_000]}]}, "between -1,000,000,000 and 1,000,000,000"),
        (OrderShipped.where(country=["AT"] * 5, order_id=["1"] * 5), "225 combinations"),
        ({}, "a filter policy with 0 keys"),
        ({str(n): [1] for n in range(6)}, "a filter policy with 6 keys"),
        ({"kind": []}, "an empty list at kind"),
        ({"detail": {"kind": "letter"}}, "Write ['letter']"),
        ({"detail": {}}, "List a value"),
        (int, "the class int cannot work: it is not declared as an event"),
        ("OrderShipped", "an event is named by its class"),
        ({"ip": [{"cidr": "here"}]}, "cidr takes a range of addresses"),
        ({"amount": [{"numeric": ["<", 5, ">", 1]}]}, "of two the lower bound first"),
        (
            {"kind": sns.SubscriptionFilter.string_filter(allowlist=["a"], match_prefixes=["b"])},
            "Write filter_policy={'kind': ['a', {'prefix': 'b'}]}",
        ),
        (
            {"kind": sns.SubscriptionFilter.exists_filter()},
            "aws-cdk-lib's filters ask of message attributes unless it is told otherwise",
        ),
        (sns.SubscriptionFilter.string_filter(allowlist=["a"]), "Write filter_policy={'kind': ['a']}"),
        (
            {
                "detail": sns.FilterOrPolicy.policy(
                    {"x": sns.FilterOrPolicy.filter(sns.SubscriptionFilter.exists_filter())}
                )
            },
            "Write filter_policy={'x': [{'exists': True}]}",
        ),
    ],
)
def test_what_it_does_not_take_is_refused(stack: Stack, given_filter: object, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^Stack/C: ") as error:
        _consumer(stack, given_filter)
    assert message in str(error.value)


@settings(deadline=None)
@given(counts=st.lists(st.integers(1, 6), min_size=1, max_size=5), depth=st.integers(0, 3))
def test_combinations_are_counted_as_sns_counts_them(counts: list[int], depth: int) -> None:
    leaves: dict[str, object] = {f"k{n}": list(map(str, range(count))) for n, count in enumerate(counts)}
    policy, combinations = leaves, 1
    for _ in range(depth):
        policy = {"in": policy}
    for count in counts:
        combinations *= count * (depth + 1)
    scope = cast("Stack", _Scope())
    if combinations <= 150:
        assert topic_filter(scope, policy).policy == policy
    else:
        with pytest.raises(InvalidArgumentError, match=f"{combinations} combinations"):
            topic_filter(scope, policy)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("order_id", "Write idempotency_key='detail.data.order_id'"),
        ("detail.data.orderid", "did you mean 'order_id'"),
        ("detail.data.orderid", "Write idempotency_key='detail.data.order_id'"),
        ("orderid", "Write idempotency_key='detail.data.order_id'"),
        ("detail.order_id", "Write idempotency_key='detail.data.order_id'"),
        ("data.order_id", "Write idempotency_key='detail.data.order_id'"),
        (
            "invoice_number",
            "Name a field of OrderShipped, as in idempotency_key='detail.data.order_id': it has order_id",
        ),
        ("currency", "Write idempotency_key='detail.data.price.currency'"),
        ("detail.data.currency", "Write idempotency_key='detail.data.price.currency'"),
    ],
)
def test_a_key_that_no_event_has_is_refused(stack: Stack, key: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        _consumer(stack, OrderShipped, idempotency_key=key)
    assert message in str(error.value)


@pytest.mark.parametrize("key", ["detail.data.order_id", "id", "[source, detail.data.order_id]"])
def test_a_key_that_they_have_is_kept(stack: Stack, key: str) -> None:
    assert _consumer(stack, OrderShipped, idempotency_key=key).consumer.idempotency_key == key


def test_what_is_known_at_deployment_only_is_left_to_sns(stack: Stack) -> None:
    limit = CfnParameter(stack, "Limit", type="Number").value_as_number
    network = CfnParameter(stack, "Network").value_as_string
    consumer = _consumer(stack, {"ip": [{"cidr": network}], "total": [{"numeric": [">=", limit]}, limit]})
    subscription = only_resource(Template.from_stack(stack), "AWS::SNS::Subscription")
    assert consumer.subscription is not None
    assert subscription["FilterPolicy"] == {
        "ip": [{"cidr": {"Ref": "Network"}}],
        "total": [{"numeric": [">=", {"Ref": "Limit"}]}, {"Ref": "Limit"}],
    }
