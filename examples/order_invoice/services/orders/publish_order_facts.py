"""The order table's stream: tells the other services what happened to orders."""

from __future__ import annotations

from best_practice_constructs.runtime import Change, OutgoingEvent, change_publisher
from orders.order_state import CANCELLATION, ORDER
from shop.events import OrderCancelled, OrderPlaced
from shop.stored_fact import StoredFact

_EVENT_OF_FACT: dict[str, type[OrderPlaced | OrderCancelled]] = {ORDER: OrderPlaced, CANCELLATION: OrderCancelled}


@change_publisher
def handler(change: Change) -> OutgoingEvent | None:
    fact = StoredFact.inserted_by(change)
    if fact is None or fact.fact not in _EVENT_OF_FACT:
        return None
    return fact.event(fact.content(_EVENT_OF_FACT[fact.fact]))
