"""The invoice service: what it hears, what it does once, and what it tells (H2, S5)."""

from __future__ import annotations

import dataclasses

from aws_cdk import CfnParameter, Duration, Stack, aws_s3
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from best_practice_constructs import (
    AsyncFunctionConsumer,
    ChangePublisher,
    EnrichedEventBus,
    IdempotencyModel,
    IdempotentQueueConsumer,
    ServiceDefaults,
    StreamConsumer,
)
from best_practice_constructs.compliance import acknowledge
from best_practice_constructs.permissions import dynamodb, s3
from examples.order_invoice import SERVICES
from examples.order_invoice.stacks.fact_table import new_facts
from examples.order_invoice.stacks.invoice_data_stack import InvoiceDataStack
from invoices.environment import (
    COUNTED_FACTS_TABLE_NAME,
    DOCUMENT_DIGESTS_TABLE_NAME,
    DOCUMENTS_BUCKET_NAME,
    FIGURES_TABLE_NAME,
    INVOICES_TABLE_NAME,
    SERIES_TABLE_NAME,
)
from invoices.invoice import CREDIT_NOTE, DOCUMENT_PREFIX, INVOICE
from shop.events import CreditNoteIssued, InvoiceIssued, OrderCancelled, OrderPlaced

_ENTRY = str(SERVICES)

_DOCUMENTS_PARAMETER = "DocumentsBucketName"

# All invoices of a year take their number from one counter. More workers would only overtake each other at it.
_WORKERS_AT_ONE_COUNTER = 2


class InvoiceServiceStack(Stack):
    """Issues one invoice for each order, and a credit note for a cancelled order that had its invoice.

    It also keeps the sales figures, and the evidence of what was written to customers.

    :param data: the service's own data.
    :param bus: the bus between the services.

    :ivar issue_invoice: the consumer of ``OrderPlaced``.
    :ivar issue_credit_note: the consumer of ``OrderCancelled``.
    :ivar publish_facts: writes the documents and tells of invoices and credit notes.
    :ivar count_sales: adds invoices and credit notes to the sales figures.
    :ivar record_document: records the digest of each document.
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
        _acknowledge_prefix(self.publish_facts.function.role)

        self.count_sales = self._count_sales(data)
        self.record_document = self._record_document(data, documents)

    def _count_sales(self, data: InvoiceDataStack) -> StreamConsumer:
        # The second reader of this stream, beside the publisher; DynamoDB allows two, and slows down more.
        consumer = StreamConsumer(
            self,
            "CountSales",
            stream=data.invoices,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            filters=[new_facts(INVOICE, CREDIT_NOTE)],
            entry=_ENTRY,
            handler="invoices.count_sales.handler",
            timeout=Duration.seconds(30),
            environment={
                FIGURES_TABLE_NAME: data.figures.table_name,
                COUNTED_FACTS_TABLE_NAME: data.counted_facts.table_name,
            },
        )
        consumer.allow(dynamodb.update_item(data.figures), dynamodb.put_item(data.counted_facts))
        return consumer

    def _record_document(self, data: InvoiceDataStack, documents: aws_s3.IBucket) -> AsyncFunctionConsumer:
        consumer = AsyncFunctionConsumer(
            self,
            "RecordDocument",
            entry=_ENTRY,
            handler="invoices.record_document.handler",
            timeout=Duration.seconds(5),
            environment={DOCUMENT_DIGESTS_TABLE_NAME: data.document_digests.table_name},
        )
        # The bucket itself, so that it sends its events; what is allowed names it by the parameter.
        consumer.on_object_created(data.documents, prefix=DOCUMENT_PREFIX)
        consumer.allow(
            s3.get_object(documents, prefix=DOCUMENT_PREFIX),
            s3.get_object_version(documents, prefix=DOCUMENT_PREFIX),
            dynamodb.put_item(data.document_digests),
        )
        _acknowledge_prefix(consumer.function.role)
        return consumer

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


def _acknowledge_prefix(role: IConstruct) -> None:
    documents = f"arn:<AWS::Partition>:s3:::<{_DOCUMENTS_PARAMETER}>/{DOCUMENT_PREFIX}*"
    acknowledge(
        role.node.find_child("DefaultPolicy"),
        reason="Documents are named by numbers that nobody knows beforehand; they all lie under this prefix.",
        findings=(f"AwsSolutions::AwsSolutions-IAM5[Resource::{documents}]",),
    )
