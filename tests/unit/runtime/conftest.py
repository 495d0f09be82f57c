"""What the runtime's tests share: an AWS in memory, the environment of a function, Lambda's context."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from best_practice_constructs.runtime import clients, telemetry
from tests.unit.runtime.claim_check_support import DEAD_LETTERS, BucketInMemory, bucket_in_memory
from tests.unit.runtime.stream_support import QueueInMemory, queue_in_memory
from tests.unit.runtime.support import FakeContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")

_CONSUMER_ENVIRONMENT = {
    "POWERTOOLS_SERVICE_NAME": "invoices",
    "POWERTOOLS_METRICS_NAMESPACE": "Shop",
    "SERVICE_STAGE": "test",
    "APPLICATION_VERSION": "1.2.3",
    "IDEMPOTENCY_TABLE_NAME": "records",
    "IDEMPOTENCY_KEY": "detail.metadata.event_id",
    "IDEMPOTENCY_EXPIRES_AFTER_SECONDS": "86400",
    "IDEMPOTENCY_MODEL": "record",
    "MAX_RECEIVE_COUNT": "5",
    "QUEUE_IS_FIFO": "false",
}


@pytest.fixture(autouse=True)
def fresh_runtime(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Let nothing of one test's clients, loggers and metrics reach the next."""
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    clients.forget()
    telemetry.forget()
    yield
    clients.forget()
    telemetry.metrics().clear_metrics()
    telemetry.forget()


@pytest.fixture
def context() -> FakeContext:
    return FakeContext()


@pytest.fixture
def aws() -> Generator[None]:
    """Provide an AWS in memory."""
    with mock_aws():
        yield


@pytest.fixture
def consumer_environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set the environment of a queue consumer with the model record and without a dead-letter queue."""
    for name, value in _CONSUMER_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DEAD_LETTER_QUEUE_URL", raising=False)
    return dict(_CONSUMER_ENVIRONMENT)


@pytest.fixture
def dynamodb(aws: None) -> DynamoDBClient:
    """Provide tables of idempotency records and of invoices."""
    client = clients.client("dynamodb")
    for name, key in (("records", "id"), ("invoices", "order_id")):
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    return client


@pytest.fixture
def sqs(aws: None) -> SQSClient:
    return clients.client("sqs")


@pytest.fixture
def dead_letter_queue_url(sqs: SQSClient, consumer_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Provide a dead-letter queue that the environment names."""
    url = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", url)
    return url


@pytest.fixture
def queue(
    dynamodb: DynamoDBClient, consumer_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Generator[QueueInMemory]:
    """Provide the dead letters of consumers of every kind, in memory."""
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", DEAD_LETTERS)
    monkeypatch.setenv("ASYNC_FAILURES_QUEUE_URL", DEAD_LETTERS)
    monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", DEAD_LETTERS)
    with queue_in_memory() as queue:
        clients.use("dynamodb", dynamodb)
        yield queue


@pytest.fixture
def bucket(queue: QueueInMemory) -> BucketInMemory:
    """Provide the bucket of a claim check store, in memory."""
    return bucket_in_memory()
