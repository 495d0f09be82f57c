"""A look into a deployed system: its address, what is stored, what went wrong."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.credentials import Credentials

from best_practice_constructs.local import Deployment, LocalStage, StackResult
from best_practice_constructs.runtime import event_declaration
from examples.order_invoice.order_client import OrderClient
from invoices.figures_table import sales_from_item
from invoices.sales import Sales
from shop.events import OrderPlaced
from shop.stored_fact import StoredFact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_ROUTES = {
    "RecordInvoice": "InvoiceIssued",
    "RecordCreditNote": "CreditNoteIssued",
    "IssueInvoice": "OrderPlaced",
    "IssueCreditNote": "OrderCancelled",
}
_PUBLISHERS = ("PublishOrderFacts", "PublishInvoiceFacts")
# The topic of customer notices, and what the bus brings to it; its consumers.
_TOPIC = "CustomerNotices"
_TOPIC_ROUTES = ("InvoiceIssued", "CreditNoteIssued")
_TOPIC_CONSUMERS = ("WriteInvoiceNotice", "WriteCreditNotice")
_OF_INVOICE_SERVICE = ("IssueInvoice", "IssueCreditNote", "PublishInvoiceFacts", "CountSales", "RecordDocument")
_OF_NOTICES_SERVICE = (_TOPIC, *_TOPIC_CONSUMERS)
_OUTCOMES = ("MessagesProcessed", "MessagesReplayed", "MessagesFailed", "MessagesDeadLettered")
# Dead letters are looked at, not taken: they are hidden for as long as one look takes.
_LOOK_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """What could not be handled, where it lies, and why."""

    queue: str
    cause: str
    body: str
    attributes: Mapping[str, str]


class RunningSystem:
    """One copy of the system on an embedded stage.

    :param stage: where it runs.
    :param deployment: what was deployed; the other copies on the same stage are not looked at.
    :param prefix: of the names of its stacks.
    """

    def __init__(self, stage: LocalStage, deployment: Deployment, *, prefix: str) -> None:
        self.stage = stage
        services = ("orders", "invoices", "notices", "partner", "shared")
        self._stacks = {name: deployment.stacks[f"{prefix}-{name}"] for name in services}
        order_data, invoice_data, notice_data = (
            deployment.stacks[f"{prefix}-{name}-data"] for name in ("order", "invoice", "notice")
        )
        self.api_url = stage.local_url(self._stacks["orders"].outputs["ApiUrl"])
        self.bus_name = self._stacks["shared"].physical_id("Bus/Bus")
        self.orders_table = order_data.physical_id("Orders")
        self.invoices_table = invoice_data.physical_id("Invoices")
        self.series_table = invoice_data.physical_id("Series")
        self.figures_table = invoice_data.physical_id("Figures")
        self.document_digests_table = invoice_data.physical_id("DocumentDigests")
        self.notices_table = notice_data.physical_id("Notices")
        self.topic_arn = self._stacks["notices"].physical_id(_TOPIC)
        self.documents_bucket = invoice_data.physical_id("Documents")

    def order_client(self) -> OrderClient:
        """Give a client of the system's API, for one thread."""
        variables = self.stage.environment_variables()
        credentials = Credentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])
        return OrderClient(self.api_url, credentials=credentials, region=variables["AWS_DEFAULT_REGION"])

    def publish_poison(self, data: Mapping[str, object]) -> None:
        """Put an ``OrderPlaced`` on the bus whose ``data`` no consumer understands."""
        metadata = {
            "event_id": str(uuid.uuid4()),
            "service": "nobody",
            "stage": "test",
            "application_version": "1",
            "correlation_id": "poison",
            "occurred_at": "2026-01-01T00:00:00Z",
        }
        declaration = event_declaration(OrderPlaced)
        self.stage.client("events").put_events(
            Entries=[
                {
                    "EventBusName": self.bus_name,
                    "Source": declaration.source,
                    "DetailType": declaration.detail_type,
                    "Detail": json.dumps({"metadata": metadata, "data": data}),
                }
            ]
        )

    def function_name(self, construct: str) -> str:
        """Give the physical name of a function by its construct, such as ``PlaceOrder``."""
        stack = self._stack_of(construct)
        path = f"{_consumer_inside(construct)}/Function/Function"
        try:
            return stack.physical_id(path)
        except KeyError:
            return stack.physical_id(f"{construct}/Function")

    def queue_url(self, consumer: str) -> str:
        """Give the address of a consumer's queue, such as ``IssueInvoice``."""
        return self._stack_of(consumer).physical_id(f"{_consumer_inside(consumer)}/Queue")

    def dead_letters_url(self, consumer: str) -> str:
        """Give the address of the dead-letter queue of a consumer of a queue."""
        return self._stack_of(consumer).physical_id(f"{_consumer_inside(consumer)}/DeadLetters")

    def failures_url(self, consumer: str) -> str:
        """Give the address of the failures queue of a consumer of a stream or of asynchronous events."""
        return self._stack_of(consumer).physical_id(f"{_consumer_inside(consumer)}/Failures")

    def order_facts(self) -> Sequence[StoredFact]:
        """Give all facts of the order service."""
        return [StoredFact.from_item(item) for item in self.items(self.orders_table)]

    def invoice_facts(self) -> Sequence[StoredFact]:
        """Give all facts of the invoice service."""
        return [StoredFact.from_item(item) for item in self.items(self.invoices_table)]

    def sales_figures(self) -> Sequence[Sales]:
        """Give the sales figures of each day and currency."""
        return sorted(
            map(sales_from_item, self.items(self.figures_table)), key=lambda sales: (sales.day, sales.currency)
        )

    def count_of_facts(self) -> Counter[str]:
        """Count the facts of the order and the invoice service, as ``orders/ORDER``, ``invoices/INVOICE`` and so on."""
        counts = Counter(f"orders/{fact}" for fact in self._fact_names(self.orders_table))
        counts.update(f"invoices/{fact}" for fact in self._fact_names(self.invoices_table))
        return counts

    def count_of_consequences(self) -> Counter[str]:
        """Count what follows from invoices and credit notes: ``counted``, ``notices`` and ``digests``."""
        counts = Counter(counted=sum(sales.invoices + sales.credit_notes for sales in self.sales_figures()))
        counts.update(notices=sum(1 for _ in self.items(self.notices_table)))
        counts.update(digests=sum(1 for _ in self.items(self.document_digests_table)))
        return counts

    def documents(self) -> frozenset[str]:
        """Give the keys of all documents."""
        pages = self.stage.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.documents_bucket)
        return frozenset(entry["Key"] for page in pages for entry in page.get("Contents", []))

    def waiting_messages(self) -> int:
        """Count what the consumers' queues still hold, in flight or not."""
        sqs = self.stage.client("sqs")
        total = 0
        for consumer in (*_ROUTES, *_TOPIC_CONSUMERS):
            attributes = sqs.get_queue_attributes(
                QueueUrl=self.queue_url(consumer),
                AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
            )["Attributes"]
            total += sum(int(count) for count in attributes.values())
        return total

    def dead_letters(self) -> Sequence[DeadLetter]:
        """Give everything that any queue for failures holds, with its cause."""
        return [letter for name, url in self._failure_queues() for letter in self._look(name, url)]

    def outcomes(self) -> Counter[str]:
        """Count what became of the messages of all consumers, as their metrics tell it."""
        counts: Counter[str] = Counter()
        for consumer in (*_ROUTES, *_TOPIC_CONSUMERS):
            for line in self.stage.logs(self.function_name(consumer), contains='"_aws"'):
                for name in _OUTCOMES:
                    counts[name] += _metric(line.message, name)
        return counts

    def wait_for(self, expected: Mapping[str, int], *, seconds: float) -> Counter[str]:
        """Wait until :meth:`count_of_facts` has reached what is expected, and give it; after ``seconds`` as it is."""
        until = time.monotonic() + seconds
        while True:
            counts = self.count_of_facts()
            if all(counts[name] >= count for name, count in expected.items()) or time.monotonic() > until:
                return counts
            time.sleep(0.5)

    def _stack_of(self, construct: str) -> StackResult:
        if construct in _OF_NOTICES_SERVICE:
            return self._stacks["notices"]
        return self._stacks["invoices" if construct in _OF_INVOICE_SERVICE else "orders"]

    def _failure_queues(self) -> Iterator[tuple[str, str]]:
        for consumer, event in _ROUTES.items():
            stack = self._stack_of(consumer)
            yield consumer, stack.physical_id(f"{consumer}/DeadLetters")
            yield f"{consumer} (route)", stack.physical_id(f"{consumer}/On{event}/DeadLetters")
        for consumer in (*_PUBLISHERS, "CountSales", "RecordDocument"):
            yield consumer, self.failures_url(consumer)
        notices = self._stack_of(_TOPIC)
        for consumer in _TOPIC_CONSUMERS:
            yield consumer, notices.physical_id(f"{_consumer_inside(consumer)}/DeadLetters")
            yield f"{consumer} (subscription)", notices.physical_id(f"{consumer}/Undelivered")
        for event in _TOPIC_ROUTES:
            yield f"{_TOPIC} (route)", notices.physical_id(f"{_TOPIC}/On{event}/DeadLetters")
        partner = self._stacks["partner"].physical_id("PartnerWebhook/OnInvoiceIssued/DeadLetters")
        yield "PartnerWebhook (route)", partner
        rule = "RecordDocument/OnDocumentsObjectCreated/DeadLetters"
        yield "RecordDocument (rule)", self._stack_of("RecordDocument").physical_id(rule)

    def _look(self, name: str, url: str) -> Iterator[DeadLetter]:
        sqs = self.stage.client("sqs")
        while messages := sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_LOOK_SECONDS,
            WaitTimeSeconds=0,
            MessageAttributeNames=["All"],
        ).get("Messages", []):
            for message in messages:
                attributes = {
                    key: value.get("StringValue", "") for key, value in message.get("MessageAttributes", {}).items()
                }
                cause = _cause(attributes, message["Body"])
                yield DeadLetter(queue=name, cause=cause, body=message["Body"], attributes=attributes)

    def items(self, table: str) -> Iterator[dict[str, AttributeValueTypeDef]]:
        """Give all items of a table, as of now."""
        pages = self.stage.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return (item for page in pages for item in page["Items"])

    def _fact_names(self, table: str) -> Iterator[str]:
        pages = (
            self.stage.client("dynamodb")
            .get_paginator("scan")
            .paginate(TableName=table, ProjectionExpression="fact", ConsistentRead=True)
        )
        return (item["fact"]["S"] for page in pages for item in page["Items"])


def _consumer_inside(construct: str) -> str:
    """Give the path of what consumes: a topic's consumer has one of a queue inside, a publisher one of a stream."""
    return f"{construct}/Consumer" if construct in (*_TOPIC_CONSUMERS, *_PUBLISHERS) else construct


def _cause(attributes: Mapping[str, str], body: str) -> str:
    if "ErrorType" in attributes:
        return f"{attributes['ErrorType']}: {attributes.get('ErrorMessage', '')}"
    # Of an asynchronous invocation that was given up, Lambda tells the cause in the body.
    error = cast("Mapping[str, Mapping[str, str]]", json.loads(body)).get("responsePayload") or {}
    return f"{error.get('errorType', 'unknown')}: {error.get('errorMessage', '')}"


def _metric(line: str, name: str) -> int:
    try:
        value = cast("Mapping[str, object]", json.loads(line)).get(name, 0)
    except ValueError:
        return 0
    return int(sum(value)) if isinstance(value, list) else int(cast("float", value))
