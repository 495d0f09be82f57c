"""CreditNoteIssued, from the topic of customer notices: writes what the customer is told of the credit note."""

from __future__ import annotations

from best_practice_constructs.runtime import queue_consumer
from notices.notice import Notice
from notices.notice_table import insert_notice
from shop.events import CreditNoteIssued


@queue_consumer(event=CreditNoteIssued)
def handler(issued: CreditNoteIssued) -> None:
    insert_notice(Notice.of_credit_note(issued))
