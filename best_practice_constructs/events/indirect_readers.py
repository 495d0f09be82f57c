"""Lets consumers behind a topic, a queue or a second bus read what was put aside of events (C2, E7)."""

from __future__ import annotations

from typing import cast

from aws_cdk import Annotations
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.consumers.async_function_consumer import AsyncFunctionConsumer
from best_practice_constructs.consumers.claim_check_warning import UNREADABLE
from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.consumers.message_readers import MessageReader, MessageReaders
from best_practice_constructs.consumers.topic_consumer import TopicConsumer
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.bus_connections import BusConnections, RouteOfBus
from best_practice_constructs.events.claim_check_access import ClaimCheckAccess
from best_practice_constructs.events.event_function import EventFunction
from best_practice_constructs.events.pattern_overlap import Overlap
from best_practice_constructs.events.route_target import has_attribute
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction

READERS = (IdempotentQueueConsumer, AsyncFunctionConsumer, SinglePurposeFunction)


def allow_indirect_readers(connections: BusConnections, route: RouteOfBus) -> None:
    """Let whoever gets large events by ``route``, and by a bus before or behind it, read them whole.

    Where a store cannot be reached from a consumer, a warning says so: its small events are handled all the same.
    """
    if not _may_be_thin(route):
        return
    for before in connections.before(route):
        if _may_be_thin(before) and route.overlap_of(before) is not Overlap.NONE and before.bus.claim_check is not None:
            _allow(before.bus.claim_check, route)
    if route.bus.claim_check is not None:
        _allow(route.bus.claim_check, route)
        for after in connections.after(route):
            if _may_be_thin(after) and after.overlap_of(route) is not Overlap.NONE:
                _allow(route.bus.claim_check, after)


def _may_be_thin(route: RouteOfBus) -> bool:
    return route.event is None or bool(route.event.claim_check)


def _allow(store: ClaimCheckAccess, route: RouteOfBus) -> None:
    target = route.target
    if isinstance(target, READERS):
        _allow_one(store, target, route=route)
        return

    def visit(reader: MessageReader) -> None:
        if _wants(reader, route):
            _allow_one(store, reader, route=route)

    readers = MessageReaders.used_in(route.bus)
    if has_attribute(target, "topic_arn"):
        readers.visit(cast("sns.ITopic", target).topic_arn, visit)
    elif has_attribute(target, "queue_arn"):
        readers.visit(cast("sqs.IQueue", target).queue_arn, visit)


def _wants(reader: MessageReader, route: RouteOfBus) -> bool:
    event = reader.messages.event if isinstance(reader, TopicConsumer) and reader.messages is not None else None
    routed = route.event
    if event is None or routed is None:
        return True
    return (event.source, event.detail_type) == (routed.source, routed.detail_type)


def _allow_one(store: ClaimCheckAccess, reader: EventFunction, *, route: RouteOfBus) -> None:
    try:
        store.allow_consumer(reader)
    except InvalidArgumentError as error:
        consumer = cast("IConstruct", reader)
        Annotations.of(consumer).add_warning_v2(
            UNREADABLE,
            f"{path_of(consumer)} gets {route.events} of {path_of(route.bus)}, whose large fields may be put aside "
            f"(claim_check), and may not read them: a large one would be a dead letter. {error}",
        )
