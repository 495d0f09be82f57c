"""Parts of events that may be put aside: as what a target gets, and as what makes an event itself."""

from __future__ import annotations

import pytest
from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations, Match

from best_practice_constructs import (
    ClaimCheckStore,
    EnrichedEventBus,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    SinglePurposeFunction,
)
from best_practice_constructs.events.route_input import INCOMPLETE
from best_practice_constructs.permissions.permission import Permission
from tests.unit.events.claim_check_support import OrderPlaced, new_function
from tests.unit.helpers.entries import ENTRY, HANDLER


@pytest.fixture
def bus(stack: Stack) -> EnrichedEventBus:
    store = ClaimCheckStore(stack, "Store")
    return EnrichedEventBus(stack, "Bus", archive=False, log_errors=False, claim_check=store)


@pytest.mark.parametrize("path", ["$.detail.data.lines", "$.detail.data.lines[0]", "$.detail.data['lines']"])
def test_what_may_be_put_aside_is_handed_on_to_nobody(stack: Stack, bus: EnrichedEventBus, path: str) -> None:
    queue = sqs.Queue(stack, "Q")
    with pytest.raises(InvalidArgumentError, match="'lines' is put aside when the event is large") as error:
        bus.route(OrderPlaced, to=queue, input_path=path)
    assert f"input_path={path!r} of OrderPlaced" in str(error.value)
    transformer = events.CfnRule.InputTransformerProperty(input_template="<it>", input_paths_map={"it": path})
    with pytest.raises(InvalidArgumentError, match="input_transformer with 'it': "):
        bus.route(OrderPlaced, to=queue, input_transformer=transformer)


@pytest.mark.parametrize(("path", "count"), [("$.detail.data", 1), ("$.detail.data.order_id", 0), ("$.detail", 0)])
def test_all_data_may_be_less_sometimes(stack: Stack, bus: EnrichedEventBus, path: str, count: int) -> None:
    bus.route(OrderPlaced, to=sqs.Queue(stack, "Q"), input_path=path)
    warnings = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp(f".*{INCOMPLETE}.*"))
    assert len(warnings) == count


@pytest.mark.parametrize("key", ["detail.data.lines", "detail.data.[order_id, lines]", "detail.data.lines[0]"])
def test_a_key_stays_in_the_event(stack: Stack, bus: EnrichedEventBus, key: str) -> None:
    consumer = IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER, idempotency_key=key)
    with pytest.raises(InvalidArgumentError, match="'lines' is put aside") as error:
        bus.route(OrderPlaced, to=consumer)
    assert "Name a field that stays in the event" in str(error.value)


def test_a_store_is_asked_for(stack: Stack) -> None:
    for given, named in ((True, "True"), (s3.Bucket(stack, "B"), "Stack/B, of type Bucket")):
        with pytest.raises(InvalidArgumentError, match=f"claim_check={named} cannot work") as error:
            EnrichedEventBus(stack, f"Bus{named[:1]}", claim_check=given)  # type: ignore[arg-type] # what is wrong
        assert "Write claim_check=ClaimCheckStore(self, 'ClaimChecks'" in str(error.value)


def test_constructs_are_named_by_their_paths(stack: Stack, bus: EnrichedEventBus) -> None:
    queue, function = sqs.Queue(stack, "Q"), new_function(stack)
    with pytest.raises(InvalidArgumentError, match=r"^Stack/Bus: Stack/Q, of type Queue, which is no function"):
        bus.add_publisher(queue)  # type: ignore[arg-type] # what is wrong
    with pytest.raises(InvalidArgumentError, match=r"allow\(Stack/Q, of type Queue\)"):
        function.allow(queue)  # type: ignore[arg-type] # what is wrong
    with pytest.raises(InvalidArgumentError, match="a route of Stack/Q, of type Queue"):
        bus.route(queue, to=queue)  # type: ignore[arg-type] # what is wrong
    assert isinstance(function, SinglePurposeFunction)
    function.allow(Permission(actions=("sqs:SendMessage",), resources=(queue.queue_arn,)))
