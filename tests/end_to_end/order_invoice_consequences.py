"""What follows from each invoice and credit note: the sales figures, a notice, the digest of the document."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from examples.order_invoice.running_system import RunningSystem
from invoices.invoice import CREDIT_NOTE, INVOICE, CreditNote, Invoice
from invoices.sales import Sales
from notices.notice import Notice

Digest = tuple[str, str, int]
"""A document's key, its SHA-256, its size."""


@dataclass(frozen=True, kw_only=True)
class Consequences:
    """What there is, or should be: figures, the text of each notice by its document's number, digests."""

    figures: Sequence[Sales]
    notices: Counter[tuple[str, str, str]]
    digests: Counter[Digest]


def assert_everything_followed(system: RunningSystem, *, seconds: float = 90) -> None:
    """Assert that each invoice and credit note was counted, told and recorded once, when it had the time for it.

    What Lambda gave up of the asynchronous events is handed back once more, as a person would.
    """
    expected = expected_consequences(system)
    until = time.monotonic() + seconds
    while (actual := actual_consequences(system)) != expected and time.monotonic() < until:
        hand_back_documents(system)
        time.sleep(0.5)
    assert actual.figures == expected.figures
    assert actual.notices == expected.notices
    assert actual.digests == expected.digests


def expected_consequences(system: RunningSystem) -> Consequences:
    """Compute what must follow, from what the invoice table and the bucket hold."""
    facts = system.invoice_facts()
    invoices = [fact.content(Invoice) for fact in facts if fact.fact == INVOICE]
    notes = [fact.content(CreditNote) for fact in facts if fact.fact == CREDIT_NOTE]
    documents = [invoice.document_key for invoice in invoices] + [note.document_key for note in notes]
    told = [Notice.of_invoice(invoice.issued()) for invoice in invoices]
    told += [Notice.of_credit_note(note.issued()) for note in notes]
    sales = [Sales.of_invoice(invoice) for invoice in invoices] + [Sales.of_credit_note(note) for note in notes]
    return Consequences(
        figures=added_up(sales),
        notices=Counter((notice.order_id, notice.document_number, notice.text) for notice in told),
        digests=Counter(_digest(system, key) for key in documents),
    )


def actual_consequences(system: RunningSystem) -> Consequences:
    """Read what is there."""
    return Consequences(
        figures=system.sales_figures(),
        notices=Counter(
            (item["order_id"]["S"], item["document_number"]["S"], item["text"]["S"])
            for item in system.items(system.notices_table)
        ),
        digests=Counter(
            (item["document"]["S"], item["sha256"]["S"], int(item["size"]["N"]))
            for item in system.items(system.document_digests_table)
        ),
    )


def added_up(sales: Sequence[Sales]) -> Sequence[Sales]:
    """Add up by day and currency."""
    sums: dict[tuple[date, str], Sales] = {}
    for each in sales:
        before = sums.get((each.day, each.currency))
        sums[each.day, each.currency] = (
            each
            if before is None
            else replace(
                before,
                invoices=before.invoices + each.invoices,
                credit_notes=before.credit_notes + each.credit_notes,
                net=before.net + each.net,
                tax=before.tax + each.tax,
                total=before.total + each.total,
            )
        )
    return [sums[key] for key in sorted(sums)]


def hand_back_documents(system: RunningSystem) -> int:
    """Give what Lambda gave up of the documents' events to the function once more; say how many there were."""
    sqs, queue_url, handed = system.stage.client("sqs"), system.failures_url("RecordDocument"), 0
    while messages := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            event = json.loads(message["Body"])["requestPayload"]
            answer = system.stage.client("lambda").invoke(
                FunctionName=system.function_name("RecordDocument"), Payload=json.dumps(event).encode()
            )
            # Else it is visible again later: the record of the worker that died holds for as long as it might work.
            if "FunctionError" not in answer:
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                handed += 1
    return handed


def _digest(system: RunningSystem, key: str) -> Digest:
    content = system.stage.client("s3").get_object(Bucket=system.documents_bucket, Key=key)["Body"].read()
    return key, hashlib.sha256(content).hexdigest(), len(content)
