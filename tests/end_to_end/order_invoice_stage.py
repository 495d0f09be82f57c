"""Deploys copies of the order/invoice system into an embedded stage, and what the tests ask of them."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from best_practice_constructs.local import LocalStage
from examples.order_invoice.order_client import Answer, OrderClient
from examples.order_invoice.running_system import RunningSystem
from invoices.invoice import CREDIT_NOTE, INVOICE, CreditNote, Invoice
from orders.order_state import CANCELLATION, ORDER
from shop.stored_fact import StoredFact
from tests.end_to_end.order_invoice_consequences import assert_everything_followed

REPOSITORY = Path(__file__).parent.parent.parent


# Where nobody listens, which is told at once.
_NOBODY = "http://127.0.0.1:9/"


def deploy_system(stage: LocalStage, name: str, *, partner_url: str = _NOBODY) -> RunningSystem:
    """Deploy one more copy of the system, of the stage ``name``; copies share nothing but the emulator.

    :param partner_url: the partner's webhook.
    """
    # The copies of earlier tests have no more to do, and each of their processes takes 40 MB as long as it lives.
    stage.kill_workers()
    assembly = stage.synthesize(REPOSITORY, context={"stage": name})
    parameters = {f"order-invoice-{name}-partner": {"WebhookUrl": partner_url}}
    return RunningSystem(stage, stage.deploy(assembly, parameters=parameters), prefix=f"order-invoice-{name}")


def new_order(**changes: object) -> dict[str, object]:
    order: dict[str, object] = {
        "customer": "Ada Lovelace",
        "country": "DE",
        "currency": "EUR",
        "lines": [{"sku": "LAMP-01", "quantity": 2}, {"sku": "PEN-BLUE", "quantity": 12}],
    }
    return order | changes


class _Clients(threading.local):
    """A client for each thread."""

    def __init__(self, system: RunningSystem) -> None:
        self._client = system.order_client()

    def current(self) -> OrderClient:
        return self._client

    def get(self, order_id: str) -> Answer:
        return self._client.get(order_id)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """The orders that were acknowledged, by their keys, and how often a client had to try again."""

    order_ids: Mapping[str, str]
    retries: int


def place_orders(
    system: RunningSystem, count: int, *, clients: int = 4, after_each: Callable[[], None] = lambda: None
) -> Placed:
    """Place orders from several clients at once, each with a key of its own; every one must be acknowledged."""
    keys = [str(uuid.uuid4()) for _ in range(count)]
    each_with_its_own = _Clients(system)

    def place(key: str) -> Answer:
        answer = each_with_its_own.current().place(new_order(), key=key)
        assert answer.status == 202, answer
        after_each()
        return answer

    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(place, keys))
    return Placed(
        order_ids={key: str(answer.body["order_id"]) for key, answer in zip(keys, answers, strict=True)},
        retries=sum(answer.attempts - 1 for answer in answers),
    )


def assert_each_order_has_exactly_one_invoice(system: RunningSystem, order_ids: Sequence[str]) -> None:
    """Assert the promise for ``order_ids`` in every place where it shows.

    Those are the order's own facts, the invoice table, the series, the documents and the public API; and what follows
    from an invoice: the sales figures, the notice to the customer and the document's digest.
    """
    expected = sorted(order_ids)
    assert len(set(expected)) == len(expected), "two requests were acknowledged as one order"
    order_facts, invoice_facts = system.order_facts(), system.invoice_facts()
    assert sorted(fact.order_id for fact in order_facts if fact.fact == ORDER) == expected

    invoices = [fact.content(Invoice) for fact in invoice_facts if fact.fact == INVOICE]
    assert sorted(invoice.order_id for invoice in invoices) == expected
    assert_series_has_neither_gap_nor_repeat([invoice.number for invoice in invoices])

    shown = {fact.order_id: json.loads(fact.data)["invoice_number"] for fact in order_facts if fact.fact == INVOICE}
    assert shown == {invoice.order_id: invoice.number for invoice in invoices}
    notes = [fact.content(CreditNote) for fact in invoice_facts if fact.fact == CREDIT_NOTE]
    issued: list[Invoice | CreditNote] = [*invoices, *notes]
    assert system.documents() == {document.document_key for document in issued}

    cancelled = {fact.order_id for fact in order_facts if fact.fact == CANCELLATION}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(_Clients(system).get, [invoice.order_id for invoice in invoices]))
    for invoice, answer in zip(invoices, answers, strict=True):
        assert answer.status == 200
        assert answer.body["state"] == ("CREDITED" if invoice.order_id in cancelled else "INVOICED")
        shown_invoice = answer.body["invoice"]
        assert isinstance(shown_invoice, dict)
        assert shown_invoice["number"] == invoice.number
    assert_everything_followed(system)


def assert_series_has_neither_gap_nor_repeat(numbers: Sequence[str]) -> None:
    """Assert that the numbers of each series count from one."""
    by_series: dict[str, list[int]] = {}
    for number in numbers:
        series, _, count = number.rpartition("-")
        by_series.setdefault(series, []).append(int(count))
    for series, counts in by_series.items():
        assert sorted(counts) == list(range(1, len(counts) + 1)), f"{series} has a gap or a repeat"


def tell_again(system: RunningSystem) -> None:
    """Give every stream record of both services to its publisher once more: each event is published again."""
    for function, facts in (
        ("PublishOrderFacts", system.order_facts()),
        ("PublishInvoiceFacts", system.invoice_facts()),
    ):
        records = [stream_record(fact, number=number) for number, fact in enumerate(facts, 1)]
        answer = system.stage.client("lambda").invoke(
            FunctionName=system.function_name(function), Payload=json.dumps({"Records": records}).encode()
        )
        assert "FunctionError" not in answer, answer["Payload"].read()


def stream_record(fact: StoredFact, *, number: int) -> dict[str, object]:
    """Give the record of a fact as a stream would bring it again, under another id."""
    return {
        "eventID": f"again-{number}",
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/facts/stream/again",
        "dynamodb": {
            "ApproximateCreationDateTime": time.time(),
            "Keys": {"order_id": {"S": fact.order_id}, "fact": {"S": fact.fact}},
            "SequenceNumber": str(number),
            "NewImage": fact.to_item(),
        },
    }


def wait_until_invoiced(system: RunningSystem, count: int, *, seconds: float) -> Counter[str]:
    """Wait until ``count`` orders show their invoice."""
    wanted = {"orders/ORDER": count, "invoices/INVOICE": count, "orders/INVOICE": count}
    return system.wait_for(wanted, seconds=seconds)


def fact_named(facts: Sequence[StoredFact], name: str) -> Sequence[StoredFact]:
    """Give the facts with that name."""
    return [fact for fact in facts if fact.fact == name]
