"""Who publishes and who consumes which events, as the tree of constructs has it (E4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from constructs import IConstruct

from best_practice_constructs.construct_place import id_of, path_of, stack_of
from best_practice_constructs.consumers.topic_consumer import TopicConsumer
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.events.routed_event_bus import RoutedEventBus
from best_practice_constructs.runtime.event_type import EventDeclaration


@dataclass(frozen=True, kw_only=True)
class EventFlow:
    """That somebody publishes or consumes an event.

    :param name: the service and the construct, such as ``invoices: IssueInvoice``.
    :param is_published: whether it is published; otherwise it is consumed.
    :param only: the pattern of the data that a consumer asks for, when it does not take every event.
    """

    event: EventDeclaration
    name: str
    is_published: bool
    only: Mapping[str, object] | None = None

    @property
    def key(self) -> str:
        """What tells it from the other flows of its event, and sorts it among them."""
        return f"{self.name} {json.dumps(self.only, sort_keys=True)}"


def event_flows(scopes: Iterable[IConstruct]) -> Iterator[EventFlow]:
    """Give every flow of declared events at and below ``scopes``."""
    for scope in scopes:
        for construct in scope.node.find_all():
            if isinstance(construct, RoutedEventBus):
                yield from _of_bus(construct)
            elif isinstance(construct, TopicConsumer):
                yield from _of_topic_consumer(construct)


def _of_bus(bus: RoutedEventBus) -> Iterator[EventFlow]:
    for publication in bus.publications:
        yield EventFlow(event=publication.event, name=_name(publication.publisher), is_published=True)
    for route in bus.routes:
        if route.event is not None:
            only = _detail_of(route.pattern)
            yield EventFlow(event=route.event, name=_name(route.target), is_published=False, only=only)


def _of_topic_consumer(consumer: TopicConsumer) -> Iterator[EventFlow]:
    messages = consumer.messages
    if messages is not None and messages.event is not None:
        only = _detail_of(messages.policy)
        yield EventFlow(event=messages.event, name=_name(consumer), is_published=False, only=only)


def _detail_of(pattern: Mapping[str, object]) -> Mapping[str, object] | None:
    return cast("Mapping[str, object] | None", pattern.get("detail"))


def _name(construct: IConstruct) -> str:
    """Name a construct as people do: its service, and its path in the stack."""
    stack = stack_of(construct)
    service = ServiceDefaults.of(construct).service or id_of(stack)
    path = path_of(construct).removeprefix(f"{path_of(stack)}/")
    return f"{service}: {path.removesuffix('/Function')}"
