"""The order table's stream: tells the other services what happened to orders."""

from __future__ import annotations

from best_practice_constructs.runtime import EventPublisher
from orders.order_state import CANCELLATION, ORDER
from shop.events import OrderCancelled, OrderPlaced
from shop.fact_stream import StreamEvent, new_facts, stream_handler

_EVENT_OF_FACT: dict[str, type[OrderPlaced | OrderCancelled]] = {ORDER: OrderPlaced, CANCELLATION: OrderCancelled}

publisher = EventPublisher()


@stream_handler
def handler(event: StreamEvent) -> None:
    # All or nothing: a part that fails raises, and the stream brings the batch again. A repeat has the same event ids.
    publisher.publish_all(
        [
            fact.event(fact.content(_EVENT_OF_FACT[fact.fact]))
            for fact in new_facts(event)
            if fact.fact in _EVENT_OF_FACT
        ]
    )
