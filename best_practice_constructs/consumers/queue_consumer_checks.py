"""What a queue consumer cannot be, beside what its contract says (H2, H4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import jmespath
from aws_cdk import Annotations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from jmespath.exceptions import JMESPathError

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.consumers.filter_patterns import filter_patterns
from best_practice_constructs.consumers.idempotency_model import IdempotencyModel
from best_practice_constructs.errors import InvalidArgumentError

_MAXIMUM_FILTERS = 10
_REPORTS_FAILURES = ("queue_consumer", "partial_response", "batchItemFailures")


def check_idempotency_key(scope: Construct, idempotency_key: str) -> None:
    """Refuse a key that no message could have."""
    try:
        jmespath.compile(idempotency_key)
    except JMESPathError as error:
        raise InvalidArgumentError(
            scope,
            given=f"idempotency_key={idempotency_key!r}",
            reason=f"it is no JMESPath expression ({str(error).splitlines()[0].rstrip('.')}), so two messages could "
            "not be told apart (H2)",
            remedy="name what makes an effect unique, such as 'detail.data.order_id'",
        ) from error


def check_environment(scope: Construct, environment: Mapping[str, str] | None, *, own: Mapping[str, str]) -> None:
    """Refuse variables that would contradict what the construct sets."""
    if taken := sorted(own.keys() & (environment or {}).keys()):
        raise InvalidArgumentError(
            scope,
            given=f"environment with {taken[0]!r}",
            reason="the consumer sets it from its own parameters, and the two would disagree",
            remedy="use the parameter, such as idempotency_key=",
        )


def check_table(scope: Construct, table: dynamodb.ITable | None) -> None:
    """Refuse a table that the runtime could not keep its records in, as far as it is known."""
    if isinstance(table, dynamodb.Table):
        key = table.schema().partition_key
        if key is not None and (key.name, key.type) != ("id", dynamodb.AttributeType.STRING):
            raise InvalidArgumentError(
                scope,
                given=f"idempotency_table with the partition key {key.name!r}",
                reason="the runtime keeps its records under 'id', a string",
                remedy="give the table the partition key 'id' of type STRING, and the TTL attribute 'expiration'",
            )


def warn_of_plain_handler(scope: Construct, *, entry: str | None, handler: str) -> None:
    """Warn of a handler that says nothing of what failed: Lambda would delete every message, handled or not."""
    if entry is None:
        return
    module = handler.rpartition(".")[0].replace(".", "/")
    file = Path(entry, f"{module}.py")
    if file.is_file() and not any(word in file.read_text("utf-8") for word in _REPORTS_FAILURES):
        Annotations.of(scope).add_warning_v2(
            "best-practice-constructs:plain-queue-handler",
            f"{path_of(scope)}: nothing in {module}.py reports which messages failed, so all of them would be "
            "deleted, handled or not. Decorate the handler with best_practice_constructs.runtime.queue_consumer; if it "
            "does report batchItemFailures, acknowledge this warning.",
        )


def check_model(scope: Construct, model: object) -> None:
    """Refuse what is no model, such as its name."""
    if not isinstance(model, IdempotencyModel):
        raise InvalidArgumentError(
            scope,
            given=f"idempotency_model={model!r}",
            reason="it is no IdempotencyModel",
            remedy="write IdempotencyModel.RECORD or IdempotencyModel.TRANSACTION",
        )


def check_filters(scope: Construct, filters: Sequence[Mapping[str, object]] | None) -> None:
    """Refuse filters that say nothing, and more than a mapping takes."""
    filter_patterns(scope, filters or (), source="queue")
    if filters and len(filters) > _MAXIMUM_FILTERS:
        raise InvalidArgumentError(
            scope,
            given=f"{len(filters)} filters",
            reason=f"a mapping takes {_MAXIMUM_FILTERS} at most (5 unless the account's quota was raised)",
            remedy="put several values into one pattern",
        )


def check_kinds(
    scope: Construct, *, fifo: bool, dead_letter_queue: sqs.IQueue | None, content_based_deduplication: bool
) -> None:
    """Refuse FIFO and standard mixed."""
    if dead_letter_queue is not None and dead_letter_queue.fifo != fifo:
        raise InvalidArgumentError(
            scope,
            given="a dead_letter_queue of the other kind",
            reason="a FIFO queue takes a FIFO dead-letter queue, a standard queue a standard one",
            remedy="make both FIFO or both standard",
        )
    if content_based_deduplication and not fifo:
        raise InvalidArgumentError(
            scope,
            given="content_based_deduplication=True on a standard queue",
            reason="only FIFO queues deduplicate",
            remedy="add fifo=True",
        )
