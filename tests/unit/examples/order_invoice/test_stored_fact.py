from __future__ import annotations

from shop.events import OrderPlaced
from shop.stored_fact import StoredFact
from tests.unit.examples.order_invoice.samples import ORDER_ID, PLACED_AT, placed


def _fact(**changes: str) -> StoredFact:
    identity = {"order_id": ORDER_ID, "fact": "ORDER"} | changes
    return StoredFact.of(
        placed(),
        order_id=identity["order_id"],
        fact=identity["fact"],
        occurred_at=PLACED_AT,
        correlation_id="c",
        causation_id="d",
    )


def test_a_fact_is_read_back_from_its_item_as_it_was() -> None:
    assert StoredFact.from_item(_fact().to_item()) == _fact()
    assert _fact().content(OrderPlaced) == placed()


def test_what_no_event_caused_has_no_causation() -> None:
    fact = StoredFact.of(placed(), order_id=ORDER_ID, fact="ORDER", occurred_at=PLACED_AT, correlation_id="c")
    assert "causation_id" not in fact.to_item()
    assert StoredFact.from_item(fact.to_item()).causation_id is None


def test_the_event_id_is_the_facts() -> None:
    assert _fact().event_id == _fact().event_id
    assert len({_fact().event_id, _fact(fact="CANCELLATION").event_id, _fact(order_id="other").event_id}) == 3
