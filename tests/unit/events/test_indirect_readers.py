"""Who reads large events behind a topic, a queue or a second bus, and what is said where nobody may."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations, Match, Template

from best_practice_constructs import (
    ClaimCheckStore,
    EnrichedEventBus,
    ExistingEventBus,
    IdempotentQueueConsumer,
    TopicConsumer,
)
from best_practice_constructs.consumers.claim_check_warning import UNREADABLE
from best_practice_constructs.events.claim_check_access import ClaimCheckAccess
from tests.unit.events.claim_check_support import OrderCancelled, OrderPlaced, new_consumer, on_objects
from tests.unit.helpers.entries import ENTRY, HANDLER


def _bus(stack: Stack, id: str = "Bus", *, claim_check: ClaimCheckAccess | None = None) -> EnrichedEventBus:
    return EnrichedEventBus(stack, id, archive=False, log_errors=False, claim_check=claim_check)


def _topic_consumer(stack: Stack, topic: sns.ITopic, **options: object) -> TopicConsumer:
    return TopicConsumer(
        stack,
        "Letters",
        topic=topic,
        entry=ENTRY,
        handler=HANDLER,
        **options,  # type: ignore[arg-type] # the filter
    )


def _reads(stack: Stack, name: str) -> bool:
    return "s3:GetObject" in {action for action, _ in on_objects(Template.from_stack(stack), name)}


def _warnings(stack: Stack) -> list[str]:
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp(f".*{UNREADABLE}.*"))
    return [str(each.entry.data) for each in found]


@pytest.mark.parametrize("is_routed_first", [True, False])
@pytest.mark.parametrize("messages", [None, OrderPlaced])
def test_a_consumer_of_the_topic_may_read(stack: Stack, messages: type | None, *, is_routed_first: bool) -> None:
    bus, topic = _bus(stack, claim_check=ClaimCheckStore(stack, "Store")), sns.Topic(stack, "Topic")
    if is_routed_first:
        bus.route(OrderPlaced, to=topic)
    _topic_consumer(stack, topic, filter_policy=messages)
    if not is_routed_first:
        bus.route(OrderPlaced, to=topic)
    assert _reads(stack, "LettersConsumerFunctionRole")
    assert _warnings(stack) == []


def test_a_consumer_of_other_messages_of_the_topic_may_not(stack: Stack) -> None:
    bus, topic = _bus(stack, claim_check=ClaimCheckStore(stack, "Store")), sns.Topic(stack, "Topic")
    bus.route(OrderPlaced, to=topic)
    _topic_consumer(stack, topic, filter_policy=OrderCancelled)
    assert not _reads(stack, "LettersConsumerFunctionRole")
    assert _warnings(stack) == []


def test_small_events_need_no_grant(stack: Stack) -> None:
    bus, topic = _bus(stack, claim_check=ClaimCheckStore(stack, "Store")), sns.Topic(stack, "Topic")
    bus.route(OrderCancelled, to=topic)
    _topic_consumer(stack, topic)
    assert not _reads(stack, "LettersConsumerFunctionRole")


@pytest.mark.parametrize("is_routed_first", [True, False])
def test_a_consumer_of_a_queue_that_was_brought_may_read(stack: Stack, *, is_routed_first: bool) -> None:
    bus = _bus(stack, claim_check=ClaimCheckStore(stack, "Store"))
    dead_letters = sqs.DeadLetterQueue(
        max_receive_count=5, queue=sqs.Queue(stack, "Dead", retention_period=Duration.days(14))
    )
    queue = sqs.Queue(stack, "Q", dead_letter_queue=dead_letters, visibility_timeout=Duration.hours(1))
    if is_routed_first:
        bus.route(OrderPlaced, to=queue)
    IdempotentQueueConsumer(stack, "Consumer", queue=queue, entry=ENTRY, handler=HANDLER)
    if not is_routed_first:
        bus.route(OrderPlaced, to=queue)
    assert _reads(stack, "ConsumerFunctionRole")


@pytest.mark.parametrize("is_first_first", [True, False])
def test_a_consumer_of_the_second_bus_may_read(stack: Stack, *, is_first_first: bool) -> None:
    first, second = _bus(stack, claim_check=ClaimCheckStore(stack, "Store")), _bus(stack, "Second")
    if is_first_first:
        first.route(OrderPlaced, to=second)
    second.route(OrderPlaced, to=new_consumer(stack))
    second.route(OrderCancelled, to=new_consumer(stack, "OfSmall"))
    if not is_first_first:
        first.route(OrderPlaced, to=second)
    assert _reads(stack, "ConsumerFunctionRole")
    assert not _reads(stack, "OfSmallFunctionRole")
    assert _warnings(stack) == []


def test_a_topic_of_the_second_bus_too(stack: Stack) -> None:
    first, second = _bus(stack, claim_check=ClaimCheckStore(stack, "Store")), _bus(stack, "Second")
    topic = sns.Topic(stack, "Topic")
    second.route(OrderPlaced, to=topic)
    first.route(OrderPlaced, to=second)
    _topic_consumer(stack, topic)
    assert _reads(stack, "LettersConsumerFunctionRole")


def test_where_the_store_cannot_be_found_a_warning_says_what_to_write(app: App) -> None:
    shared, letters = Stack(app, "Shared"), Stack(app, "Letters")
    bus, topic = _bus(shared, claim_check=ClaimCheckStore(shared, "Store")), sns.Topic(shared, "Topic")
    bus.route(OrderPlaced, to=topic)
    _topic_consumer(letters, topic)
    (warning,) = _warnings(letters)
    assert "Letters/Letters gets OrderPlaced of Shared/Bus, whose large fields may be put aside" in warning
    assert "Give the store parameter_name='/development/shop/claim-checks'" in warning


def test_where_the_second_bus_is_elsewhere_its_small_events_are_handled(app: App) -> None:
    here = Stack(app, "Here", env=Environment(account="111122223333", region="eu-west-1"))
    there = Stack(app, "There", env=Environment(account="444455556666", region="eu-west-1"))
    first = _bus(here, claim_check=ClaimCheckStore(here, "Store"))
    second = EnrichedEventBus(there, "Bus", event_bus_name="second", archive=False, log_errors=False)
    second.route(OrderPlaced, to=new_consumer(there))
    first.route(OrderPlaced, to=second)
    (warning,) = _warnings(there)
    assert "Give that account and region a bus and a store of its own" in warning


def test_a_topic_whose_events_come_from_elsewhere_is_warned_of(stack: Stack) -> None:
    topic = sns.Topic(stack, "Topic")
    consumer = _topic_consumer(stack, topic, filter_policy=OrderPlaced)
    store = ClaimCheckStore(stack, "Store")
    (warning,) = _warnings(stack)
    assert "gets OrderPlaced, whose lines may be put aside (claim_check), and may not read them" in warning
    assert "call store.allow_consumer(…)" in warning
    store.allow_consumer(consumer)


def test_a_consumer_that_the_store_allows_is_not_warned_of(stack: Stack) -> None:
    consumer = _topic_consumer(stack, sns.Topic(stack, "Topic"), filter_policy=OrderPlaced)
    ClaimCheckStore(stack, "Store").allow_consumer(consumer)
    assert _warnings(stack) == []


@pytest.mark.parametrize("is_allowed", [True, False])
def test_an_existing_bus_without_the_store_is_warned_of(app: App, *, is_allowed: bool) -> None:
    stack = Stack(app, "Packing")
    bus = ExistingEventBus.from_parameter(stack, "Bus", parameter_name="/test/bus")
    consumer = new_consumer(stack)
    bus.route(OrderPlaced, to=consumer)
    if is_allowed:
        ClaimCheckStore(stack, "Store").allow_consumer(consumer)
        assert _warnings(stack) == []
    else:
        (warning,) = _warnings(stack)
        assert "Give Packing/Bus claim_check=, the bus's ClaimCheckStore or an ExistingClaimCheckStore" in warning
