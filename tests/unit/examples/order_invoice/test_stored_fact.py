from __future__ import annotations

import dataclasses

from best_practice_constructs.runtime.stream_record import change_of, position_of
from shop.events import OrderPlaced
from shop.stored_fact import StoredFact
from tests.unit.examples.order_invoice.fake_cloud import stream_record
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


def test_a_fact_is_read_from_the_change_that_inserted_it_and_from_no_other() -> None:
    for fact in (_fact(), dataclasses.replace(_fact(), causation_id=None)):
        record = stream_record(fact)
        change = change_of(record, position=position_of(record))
        assert StoredFact.inserted_by(change) == fact
        assert StoredFact.inserted_by(dataclasses.replace(change, event_name="MODIFY")) is None


def test_the_event_id_is_the_facts() -> None:
    assert _fact().event_id == _fact().event_id
    assert len({_fact().event_id, _fact(fact="CANCELLATION").event_id, _fact(order_id="other").event_id}) == 3
