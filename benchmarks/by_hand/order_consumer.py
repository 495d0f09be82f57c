"""A consumer of plain orders by hand: Powertools' batch processing and idempotency as its documentation shows them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.typing import LambdaContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


Handler = Callable[[dict[str, Any], LambdaContext], object]


def create_handler(dynamodb: DynamoDBClient, *, telemetry: tuple[Logger, Metrics] | None) -> Handler:
    """Make the handler as the documentation shows it for functions: what is idempotent takes the order.

    What is a module's in Lambda is a function's here, so that it can be given a client.

    :param telemetry: with these it writes a log line and a metric for each message, as the library does.
    """
    processor = BatchProcessor(event_type=EventType.SQS)
    persistence = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE_NAME"], boto3_client=dynamodb)
    config = IdempotencyConfig(event_key_jmespath="order_id")

    @idempotent_function(data_keyword_argument="order", config=config, persistence_store=persistence)  # type: ignore[untyped-decorator]  # Powertools says Any
    def process_order(order: dict[str, str]) -> None:
        _put_order(dynamodb, order)

    def record_handler(record: SQSRecord) -> None:
        process_order(order=json.loads(record.body))
        if telemetry:
            logger, metrics = telemetry
            logger.info("Message handled", extra={"message_id": record.message_id, "outcome": "processed"})
            metrics.add_metric(name="MessagesProcessed", unit=MetricUnit.Count, value=1)

    def handler(event: dict[str, Any], context: LambdaContext) -> object:
        config.register_lambda_context(context)
        return process_partial_response(
            event=event, record_handler=record_handler, processor=processor, context=context
        )

    if telemetry is None:
        return handler
    logger, metrics = telemetry
    return logger.inject_lambda_context(metrics.log_metrics(handler))


def create_record_handler(dynamodb: DynamoDBClient) -> Handler:
    """Make the handler as the documentation shows it for batches: what is idempotent takes the record."""
    processor = BatchProcessor(event_type=EventType.SQS)
    persistence = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE_NAME"], boto3_client=dynamodb)
    config = IdempotencyConfig(event_key_jmespath="powertools_json(body).order_id")

    @idempotent_function(data_keyword_argument="record", config=config, persistence_store=persistence)  # type: ignore[untyped-decorator]  # Powertools says Any
    def record_handler(record: SQSRecord) -> None:
        _put_order(dynamodb, json.loads(record.body))

    def handler(event: dict[str, Any], context: LambdaContext) -> object:
        config.register_lambda_context(context)
        return process_partial_response(
            event=event, record_handler=record_handler, processor=processor, context=context
        )

    return handler


def _put_order(dynamodb: DynamoDBClient, order: dict[str, str]) -> None:
    dynamodb.put_item(TableName="orders", Item={"order_id": {"S": order["order_id"]}, "total": {"N": order["total"]}})
