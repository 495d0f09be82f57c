"""The invoice service: what it hears, what it does once, and what it tells (H2, S5)."""

from __future__ import annotations

import dataclasses

from aws_cdk import CfnParameter, Duration, Stack, aws_s3
from constructs import Construct

from best_practice_constructs import (
    ChangePublisher,
    EnrichedEventBus,
    IdempotencyModel,
    IdempotentQueueConsumer,
    ServiceDefaults,
)
from best_practice_constructs.compliance import acknowledge
from best_practice_constructs.permissions import dynamodb, s3
from examples.order_invoice import BUNDLES
from examples.order_invoice.stacks.fact_table import new_facts
from examples.order_invoice.stacks.invoice_data_stack import InvoiceDataStack
from invoices.environment import DOCUMENTS_BUCKET_NAME, INVOICES_TABLE_NAME, SERIES_TABLE_NAME
from invoices.invoice import CREDIT_NOTE, DOCUMENT_PREFIX, INVOICE
from shop.events import CreditNoteIssued, InvoiceIssued, OrderCancelled, OrderPlaced

_ENTRY = str(BUNDLES / "invoices")

_DOCUMENTS_PARAMETER = "DocumentsBucketName"

# All invoices of a year take their number from one counter. More workers would only overtake each other at it.
_WORKERS_AT_ONE_COUNTER = 2


class InvoiceServiceStack(Stack):
    """Issues one invoice for each order, and a credit note for a cancelled order that had its invoice.

    :param data: the service's own data.
    :param bus: the bus between the services.

    :ivar issue_invoice: the consumer of ``OrderPlaced``.
    :ivar issue_credit_note: the consumer of ``OrderCancelled``.
    :ivar publish_facts: writes the documents and tells of invoices and credit notes.
    """

    def __init__(self, scope: Construct, id: str, *, data: InvoiceDataStack, bus: EnrichedEventBus) -> None:
        super().__init__(scope, id, description="Order/invoice system: the invoice service")
        dataclasses.replace(ServiceDefaults.of(self), service="invoices").apply_to(self)
        self._environment = {
            INVOICES_TABLE_NAME: data.invoices.table_name,
            SERIES_TABLE_NAME: data.series.table_name,
        }

        self.issue_invoice = self._consumer("IssueInvoice", "invoices.issue_invoice.handler")
        self.issue_credit_note = self._consumer("IssueCreditNote", "invoices.issue_credit_note.handler")
        for consumer in (self.issue_invoice, self.issue_credit_note):
            consumer.allow(
                dynamodb.get_item(data.series),
                dynamodb.update_item(data.series),
                dynamodb.put_item(data.invoices),
                dynamodb.condition_check_item(data.invoices),
            )
        self.issue_credit_note.allow(dynamodb.get_item(data.invoices))
        bus.route(OrderPlaced, to=self.issue_invoice)
        bus.route(OrderCancelled, to=self.issue_credit_note)

        # Through a parameter of the stack and not by a reference into the other one: what is allowed on it must be
        # acknowledged by an id, which would hold the stage's name.
        name = CfnParameter(
            self,
            _DOCUMENTS_PARAMETER,
            type="AWS::SSM::Parameter::Value<String>",
            default=data.documents_parameter,
            description="Where Parameter Store has the name of the documents' bucket",
        )
        documents = aws_s3.Bucket.from_bucket_name(self, "Documents", name.value_as_string)
        self.publish_facts = ChangePublisher(
            self,
            "PublishInvoiceFacts",
            entry=_ENTRY,
            handler="invoices.publish_invoice_facts.handler",
            table=data.invoices,
            bus=bus,
            events=(InvoiceIssued, CreditNoteIssued),
            filters=[new_facts(INVOICE, CREDIT_NOTE)],
            timeout=Duration.seconds(30),
            environment={DOCUMENTS_BUCKET_NAME: documents.bucket_name},
        )
        self.publish_facts.allow(s3.put_object(documents, prefix=DOCUMENT_PREFIX))
        written = f"arn:<AWS::Partition>:s3:::<{_DOCUMENTS_PARAMETER}>/{DOCUMENT_PREFIX}*"
        acknowledge(
            self.publish_facts.function.role.node.find_child("DefaultPolicy"),
            reason="Documents are named by numbers that nobody knows beforehand; they all lie under this prefix.",
            findings=(f"AwsSolutions::AwsSolutions-IAM5[Resource::{written}]",),
        )

    def _consumer(self, id: str, handler: str) -> IdempotentQueueConsumer:
        return IdempotentQueueConsumer(
            self,
            id,
            entry=_ENTRY,
            handler=handler,
            idempotency_model=IdempotencyModel.TRANSACTION,
            timeout=Duration.seconds(5),
            max_concurrency=_WORKERS_AT_ONE_COUNTER,
            environment=self._environment,
        )
