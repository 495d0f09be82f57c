"""The invoice consumer by hand, with Powertools as its documentation shows it.

Batch processing with partial responses, idempotency, logger, tracer and metrics; the invoice is one put into a table.
"""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
tracer = Tracer()
metrics = Metrics()

processor = BatchProcessor(event_type=EventType.SQS)
dynamodb = boto3.client("dynamodb")
persistence = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE_NAME"], boto3_client=dynamodb)
config = IdempotencyConfig(event_key_jmespath="powertools_json(body).detail.metadata.event_id")


@tracer.capture_method
@idempotent_function(data_keyword_argument="record", config=config, persistence_store=persistence)  # type: ignore[untyped-decorator]  # Powertools says Any
def record_handler(record: SQSRecord) -> None:
    """Issue the invoice of one order."""
    placed = json.loads(record.body)["detail"]["data"]
    dynamodb.put_item(
        TableName=os.environ["INVOICES_TABLE_NAME"],
        Item={"order_id": {"S": placed["order_id"]}, "total": {"N": placed["total"]}},
    )
    metrics.add_metric(name="InvoicesIssued", unit=MetricUnit.Count, value=1)


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> object:
    """Handle a batch."""
    config.register_lambda_context(context)
    return process_partial_response(event=event, record_handler=record_handler, processor=processor, context=context)
