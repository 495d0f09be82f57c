"""The notices service: a topic of what customers are told of, and those who hear of it (E2, S5)."""

from __future__ import annotations

import dataclasses

from aws_cdk import Duration, Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from best_practice_constructs import EnrichedEventBus, ServiceDefaults, TopicConsumer
from best_practice_constructs.permissions import dynamodb
from examples.order_invoice import SERVICES
from examples.order_invoice.stacks.notice_data_stack import NoticeDataStack
from notices.environment import NOTICES_TABLE_NAME
from shop.events import CreditNoteIssued, InvoiceIssued

_ENTRY = str(SERVICES)


class NoticeServiceStack(Stack):
    """Writes to customers of invoices and credit notes.

    What they are told of goes through a topic: more may hear of it than this service's functions, people too, by email
    or SMS, and each takes what it asks for.

    :param data: the service's own data.
    :param bus: the bus between the services.

    :ivar topic: what customers are told of, from the bus.
    :ivar write_invoice_notice: the topic's consumer of ``InvoiceIssued``.
    :ivar write_credit_notice: the topic's consumer of ``CreditNoteIssued``.
    """

    def __init__(self, scope: Construct, id: str, *, data: NoticeDataStack, bus: EnrichedEventBus) -> None:
        super().__init__(scope, id, description="Order/invoice system: the notices service")
        dataclasses.replace(ServiceDefaults.of(self), service="notices").apply_to(self)
        self.topic = sns.Topic(self, "CustomerNotices", enforce_ssl=True)
        bus.route(InvoiceIssued, to=self.topic)
        bus.route(CreditNoteIssued, to=self.topic)
        self._data = data
        self.write_invoice_notice = self._consumer(
            "WriteInvoiceNotice", "notices.write_invoice_notice.handler", InvoiceIssued
        )
        self.write_credit_notice = self._consumer(
            "WriteCreditNotice", "notices.write_credit_notice.handler", CreditNoteIssued
        )

    def _consumer(self, id: str, handler: str, event: type) -> TopicConsumer:
        consumer = TopicConsumer(
            self,
            id,
            topic=self.topic,
            filter_policy=event,
            entry=_ENTRY,
            handler=handler,
            timeout=Duration.seconds(5),
            # Nobody waits for a notice as for an answer: a wave of orders becomes a longer queue, and not more workers.
            max_concurrency=2,
            environment={NOTICES_TABLE_NAME: self._data.notices.table_name},
        )
        consumer.allow(dynamodb.put_item(self._data.notices))
        return consumer
