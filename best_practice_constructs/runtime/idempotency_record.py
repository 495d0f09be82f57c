"""The idempotency model *record*: Powertools keeps a record around the handler's work."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError

from best_practice_constructs.runtime import clients
from best_practice_constructs.runtime.errors import MessageInProgressError
from best_practice_constructs.runtime.invocation import LambdaContext

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext as PowertoolsLambdaContext


class Handled(enum.Enum):
    """Whether this delivery of a message did the work."""

    NOW = "processed"
    BEFORE = "replayed"


@dataclass
class _Work:
    do: Callable[[], object]
    handled: Handled = Handled.BEFORE


class IdempotencyRecords:
    """Keeps the records of one consumer.

    :param table_name: the table, with the partition key ``id`` and the TTL attribute ``expiration``.
    :param expires_after_seconds: how long a record counts.
    """

    def __init__(self, *, table_name: str, expires_after_seconds: int) -> None:
        self._config = IdempotencyConfig(
            expires_after_seconds=expires_after_seconds, hash_function="sha256", raise_on_no_idempotency_key=True
        )
        # Powertools reads a record only where botocore is too old to give it with the failed condition.
        # sdk-calls: dynamodb:DeleteItem, dynamodb:PutItem, dynamodb:UpdateItem on IDEMPOTENCY_TABLE_NAME
        self._store = DynamoDBPersistenceLayer(table_name=table_name, boto3_client=clients.client("dynamodb"))
        self._run_of: dict[str, Callable[..., object]] = {}

    def once(self, work: Callable[[], object], *, key: object, context: LambdaContext) -> Handled:
        """Do the work unless the record of ``key`` says that it is done.

        :raises MessageInProgressError: another worker is at it, or died less than a timeout ago.
        """
        # Without it a worker that dies would lock the key until the record expires: for days.
        self._config.register_lambda_context(cast("PowertoolsLambdaContext", context))
        run = self._run_of.get(context.function_name) or self._idempotent(context.function_name)
        this = _Work(work)
        try:
            run(key=key, work=this)
        except IdempotencyAlreadyInProgressError as error:
            raise MessageInProgressError("Another worker is handling this message.") from error
        return this.handled

    def _idempotent(self, function_name: str) -> Callable[..., object]:
        run: Callable[..., object] = idempotent_function(
            _run,
            data_keyword_argument="key",
            persistence_store=self._store,
            config=self._config,
            key_prefix=function_name,
        )
        self._run_of[function_name] = run
        return run


# Powertools gets the key alone: it would copy the whole message, which costs most of its time.
def _run(*, key: object, work: _Work) -> None:  # noqa: ARG001 -- Powertools reads it
    work.handled = Handled.NOW
    work.do()
