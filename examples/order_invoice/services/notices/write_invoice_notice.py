"""InvoiceIssued, from the topic of customer notices: writes what the customer is told of the invoice."""

from __future__ import annotations

from best_practice_constructs.runtime import queue_consumer
from notices.notice import Notice
from notices.notice_table import insert_notice
from shop.events import InvoiceIssued


@queue_consumer(event=InvoiceIssued)
def handler(issued: InvoiceIssued) -> None:
    insert_notice(Notice.of_invoice(issued))
