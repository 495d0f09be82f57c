"""The tables, bucket and environment of the services, in moto; and what Lambda would call the handlers with."""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest
from botocore.loaders import create_loader
from moto import mock_aws

import examples.order_invoice  # noqa: F401 -- it makes the services importable  # pyright: ignore[reportUnusedImport]
from best_practice_constructs.runtime import clients, event_declaration, telemetry
from shop.stored_fact import StoredFact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_LOADER_OF_PATHS = functools.cache(create_loader)
CALLER = "arn:aws:iam::123456789012:user/ada"
FAILURES_URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/failures"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "test",
    "SERVICE_STAGE": "test",
    "APPLICATION_VERSION": "1",
    "EVENT_BUS_NAME": "bus",
    "IDEMPOTENCY_TABLE_NAME": "idempotency",
    "IDEMPOTENCY_KEY": "detail.metadata.event_id",
    "IDEMPOTENCY_EXPIRES_AFTER_SECONDS": "3600",
    "MAX_RECEIVE_COUNT": "5",
    "QUEUE_IS_FIFO": "false",
    "ORDERS_TABLE_NAME": "orders",
    "INVOICES_TABLE_NAME": "invoices",
    "SERIES_TABLE_NAME": "series",
    "DOCUMENTS_BUCKET_NAME": "documents",
    "FIGURES_TABLE_NAME": "figures",
    "COUNTED_FACTS_TABLE_NAME": "counted-facts",
    "DOCUMENT_DIGESTS_TABLE_NAME": "document-digests",
    "NOTICES_TABLE_NAME": "notices",
    "STREAM_FAILURES_QUEUE_URL": FAILURES_URL,
    "ASYNC_FAILURES_QUEUE_URL": FAILURES_URL,
}


@dataclass(frozen=True, kw_only=True)
class Context:
    """Lambda's context."""

    function_name: str = "function"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:function"
    aws_request_id: str = "request"

    def get_remaining_time_in_millis(self) -> int:
        return 5000


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the API answers."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, object] = field(default_factory=dict)


class FakeCloud:
    """The services' tables and bucket and a queue for failures, empty."""

    def __init__(self) -> None:
        self.dynamodb = clients.client("dynamodb")
        self.s3 = clients.client("s3")
        self._create_table("orders", "order_id", "fact")
        self._create_table("invoices", "order_id", "fact")
        self._create_table("series", "series", None)
        self._create_table("idempotency", "id", None)
        self._create_table("figures", "day", "currency")
        self._create_table("counted-facts", "id", None)
        self._create_table("document-digests", "document", "sha256")
        self._create_table("notices", "order_id", "document_number")
        self.sqs = clients.client("sqs")
        self.sqs.create_queue(QueueName="failures")
        self.s3.create_bucket(Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        self.published: list[Mapping[str, object]] = []
        clients.use("events", self)

    def put_events(self, *, Entries: Sequence[Mapping[str, object]]) -> Mapping[str, object]:  # noqa: N803 -- boto3's name
        self.published.extend(Entries)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in Entries]}

    def facts(self, table: str) -> list[StoredFact]:
        return [StoredFact.from_item(item) for item in self.items(table)]

    def items(self, table: str) -> list[dict[str, AttributeValueTypeDef]]:
        return self.dynamodb.scan(TableName=table)["Items"]

    def documents(self) -> list[str]:
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket="documents").get("Contents", [])]

    def request(
        self,
        module: str,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        order_id: str | None = None,
        caller: str = CALLER,
    ) -> Answer:
        event = {
            "httpMethod": "POST",
            "path": "/orders",
            "headers": {"Content-Type": "application/json", **(headers or {})},
            "pathParameters": {"order_id": order_id} if order_id else None,
            "requestContext": {"requestId": "request", "identity": {"userArn": caller}},
            "body": body if isinstance(body, str) else json.dumps(body),
        }
        answer = _handler(module)(event, Context())
        return Answer(
            status=cast("int", answer["statusCode"]),
            headers=cast("Mapping[str, str]", answer["headers"]),
            body=json.loads(str(answer["body"])),
        )

    def deliver(self, module: str, *facts_and_contents: tuple[StoredFact, object]) -> list[str]:
        """Deliver events to a consumer as EventBridge and SQS would, and give the ids of those that failed."""
        records = [message(index, fact, content) for index, (fact, content) in enumerate(facts_and_contents)]
        response = _handler(module)({"Records": records}, Context())
        failures = cast("Sequence[Mapping[str, str]]", response["batchItemFailures"])
        return [failure["itemIdentifier"] for failure in failures]

    def stream(self, module: str, facts: Sequence[StoredFact], *, event_name: str = "INSERT") -> list[str]:
        """Deliver changes to a publisher as a table's stream would, and give where it is to start again."""
        records = [stream_record(fact, event_name=event_name) for fact in facts]
        response = _handler(module)({"Records": records}, Context())
        failures = cast("Sequence[Mapping[str, str]]", response["batchItemFailures"])
        return [failure["itemIdentifier"] for failure in failures]

    def _create_table(self, name: str, partition_key: str, sort_key: str | None) -> None:
        keys = [partition_key] + ([sort_key] if sort_key else [])
        self.dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": key, "KeyType": "RANGE" if key == sort_key else "HASH"} for key in keys],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            BillingMode="PAY_PER_REQUEST",
        )


@contextmanager
def fake_cloud(monkeypatch: pytest.MonkeyPatch, *, idempotency_model: str) -> Generator[FakeCloud]:
    """Run handlers against moto, with the environment that the constructs would give them."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("IDEMPOTENCY_MODEL", idempotency_model)
    # Each client has a session of its own, which would read the services' descriptions again, for every test.
    monkeypatch.setattr("botocore.session.create_loader", _LOADER_OF_PATHS)
    clients.forget()
    telemetry.forget()
    with mock_aws():
        try:
            yield FakeCloud()
        finally:
            clients.forget()
            telemetry.forget()


def _handler(module: str) -> Callable[[Mapping[str, object], Context], Mapping[str, object]]:
    return cast(
        "Callable[[Mapping[str, object], Context], Mapping[str, object]]", importlib.import_module(module).handler
    )


def stream_record(fact: StoredFact, *, event_name: str = "INSERT") -> dict[str, object]:
    """Return the record of a fact's change as Lambda gives it; its sequence number is the fact's kind."""
    image = "OldImage" if event_name == "REMOVE" else "NewImage"
    return {
        "eventID": f"change-of-{fact.event_id}",
        "eventName": event_name,
        "eventSource": "aws:dynamodb",
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/facts/stream/1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_767_225_600,
            "Keys": {"order_id": {"S": fact.order_id}, "fact": {"S": fact.fact}},
            "SequenceNumber": fact.fact,
            image: fact.to_item(),
        },
    }


def message(index: int, fact: StoredFact, content: object) -> Mapping[str, object]:
    declaration = event_declaration(type(content))
    body = {
        "id": f"delivery-{index}",
        "source": declaration.source,
        "detail-type": declaration.detail_type,
        "detail": {
            "metadata": {
                "event_id": fact.event_id,
                "service": "test",
                "stage": "test",
                "application_version": "1",
                "correlation_id": fact.correlation_id,
                "schema_version": declaration.version,
                "occurred_at": fact.occurred_at.isoformat(),
                "changed": [],
            },
            "data": json.loads(
                StoredFact.of(content, order_id="", fact="", occurred_at=fact.occurred_at, correlation_id="").data
            ),
        },
    }
    return {
        "messageId": f"message-{index}",
        "receiptHandle": "handle",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:queue",
        "awsRegion": "eu-central-1",
    }
