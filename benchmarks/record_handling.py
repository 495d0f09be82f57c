"""Handles batches of orders: run as a process of its own, it prints what a message costs.

``python -m benchmarks.record_handling in-transaction --kilobytes 0.3 --batches 200`` prints microseconds of CPU,
persistence stubbed; with ``--count-calls`` requests to DynamoDB, counted where botocore would send them.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from benchmarks.payloads import order_messages
from best_practice_constructs.testing import FakeLambdaContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SIDES = ("in-transaction", "around-record", "by-hand", "by-hand-with-log-lines", "by-hand-by-record")
"""Ours in both idempotency models, and three ways by hand."""
_MESSAGES = 10
_WARM_UP_BATCHES = 20
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "POWERTOOLS_SERVICE_NAME": "invoices",
    "POWERTOOLS_METRICS_NAMESPACE": "shop",
    "IDEMPOTENCY_TABLE_NAME": "records",
    "IDEMPOTENCY_KEY": "order_id",
    "IDEMPOTENCY_EXPIRES_AFTER_SECONDS": "3600",
}


def main() -> None:
    """Handle the batches, and print what one message cost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record_handling", description=__doc__)
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("--kilobytes", type=float, default=0.3)
    parser.add_argument("--batches", type=int, default=1)
    parser.add_argument("--count-calls", action="store_true")
    arguments = parser.parse_args()
    os.environ.update(_ENVIRONMENT)
    calls: list[str] = []
    warm_up = 0 if arguments.count_calls else _WARM_UP_BATCHES
    events = [
        order_messages(count=_MESSAGES, kilobytes=arguments.kilobytes, batch=number)
        for number in range(warm_up + arguments.batches)
    ]
    # Log lines and metrics are written, as in Lambda, but nobody reads them.
    printed, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 -- until the end
    handler = _handler(arguments.side, _counting_client(calls) if arguments.count_calls else _stub())
    for event in events[:warm_up]:
        _handle(handler, event)
    start = time.process_time()
    for event in events[warm_up:]:
        _handle(handler, event)
    seconds = time.process_time() - start
    messages = arguments.batches * _MESSAGES
    print(json.dumps({"microseconds": seconds / messages * 1e6, "calls": len(calls) / messages}), file=printed)


def _handle(handler: Callable[[Any, Any], object], event: Mapping[str, object]) -> None:
    response = handler(event, FakeLambdaContext())
    if response != {"batchItemFailures": []}:
        raise RuntimeError(f"A message failed: {response}")


def _handler(side: str, dynamodb: DynamoDBClient) -> Callable[[Any, Any], object]:
    if side.startswith("by-hand"):
        from aws_lambda_powertools import Logger, Metrics

        from benchmarks.by_hand.order_consumer import create_handler, create_record_handler

        if side == "by-hand-by-record":
            return create_record_handler(dynamodb)
        telemetry = None if side == "by-hand" else (Logger(), Metrics())
        return create_handler(dynamodb, telemetry=telemetry)
    os.environ["IDEMPOTENCY_MODEL"] = "record" if side == "around-record" else "transaction"
    from benchmarks import order_consumers
    from best_practice_constructs.runtime import clients

    clients.use("dynamodb", dynamodb)
    return order_consumers.around_record if side == "around-record" else order_consumers.in_transaction


def _stub() -> DynamoDBClient:
    def answer(**_: object) -> dict[str, object]:
        return {}

    methods = ("put_item", "update_item", "delete_item", "get_item", "transact_write_items")
    return cast("DynamoDBClient", SimpleNamespace(**dict.fromkeys(methods, answer)))


def _counting_client(calls: list[str]) -> DynamoDBClient:
    """Give a client of botocore's own whose requests are signed, counted and answered instead of sent."""
    client = botocore.session.get_session().create_client("dynamodb")

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        calls.append(str(request.headers["X-Amz-Target"]))
        return AWSResponse(request.url, 200, HTTPHeaders(), cast("Any", _Body(b"{}")))

    # The stubs say that a hook answers nothing; this one's answer is taken for the service's.
    client.meta.events.register("before-send.dynamodb", cast("Callable[..., None]", answer))
    return cast("DynamoDBClient", client)


class _Body(io.BytesIO):
    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


if __name__ == "__main__":
    main()
