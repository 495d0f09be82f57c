"""The idempotency model *transaction*: effect and record commit together."""

from __future__ import annotations

import enum
import os
import random
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from best_practice_constructs.runtime import clients
from best_practice_constructs.runtime.errors import (
    CancellationReason,
    MessageInProgressError,
    TransactionCancelledError,
    TransactionConflictError,
)

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_MAXIMUM_ITEMS = 100
_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.025
_LONGEST_PAUSE_SECONDS = 0.4

_IN_PROGRESS = "INPROGRESS"
_COMPLETED = "COMPLETED"
_FAILED_CONDITION = "ConditionalCheckFailed"
_OWN_FAULTS = frozenset({_FAILED_CONDITION, "ValidationError", "ItemCollectionSizeLimitExceeded"})
_CONFLICT_ERRORS = frozenset({"TransactionConflictException", "TransactionInProgressException"})


class TransactionState(enum.Enum):
    """What has become of a transaction."""

    OPEN = "open"
    WRITTEN = "written"
    REPLAYED = "replayed"
    EMPTY = "empty"


class IdempotentTransaction:
    """Writes the effect of a message and the record that it was handled in one DynamoDB transaction.

    There is no moment at which the one is there without the other: a worker that dies has done nothing or all, and a
    message that comes again changes nothing. A queue consumer in the model ``transaction`` gives it to its handler.

    :param table_name: the table of the idempotency records.
    :param record_id: the id of this message's record.
    :param expires_after_seconds: how long the record counts.

    ```python
    from types import SimpleNamespace

    from best_practice_constructs.runtime import IdempotentTransaction, clients

    clients.use("dynamodb", SimpleNamespace(transact_write_items=lambda **request: {}))
    transaction = IdempotentTransaction(table_name="records", record_id="invoices#1", expires_after_seconds=60)
    invoice = {"order_id": {"S": "1"}, "number": {"N": "17"}}
    assert transaction.write([{"Put": {"TableName": "invoices", "Item": invoice}}])
    clients.forget()
    ```
    """

    def __init__(self, *, table_name: str, record_id: str, expires_after_seconds: int) -> None:
        self._table_name = table_name
        self._record_id = record_id
        self._expires_after_seconds = expires_after_seconds
        self._state = TransactionState.OPEN

    @property
    def state(self) -> TransactionState:
        """What has become of the transaction."""
        return self._state

    def write(self, items: Sequence[Mapping[str, Mapping[str, object]]]) -> bool:
        """Write the items and the record, all or nothing.

        Conflicts with other requests and throttling are tried again with the same items, a few times, with full jitter.

        :param items: up to 99 operations as ``TransactWriteItems`` takes them: ``{"Put": {…}}``, ``{"Update": {…}}``,
            ``{"Delete": {…}}``, ``{"ConditionCheck": {…}}``, on other items than the record.

        :returns: ``True`` when this call wrote, ``False`` when the message was handled before (a replay); nothing is
            written then, and the message counts as done.

        :raises TransactionCancelledError: a condition of one of the items failed; the reasons tell which. The handler
            may read again and write again.
        :raises TransactionConflictError: the conflicts did not end.
        :raises MessageInProgressError: another worker, in the model ``record``, is at this message.
        """
        if self._state is not TransactionState.OPEN:
            raise RuntimeError("The transaction was written already; a message has one: give all items in one call.")
        if not 1 <= len(items) < _MAXIMUM_ITEMS:
            raise ValueError(
                f"{len(items)} items cannot be written: a transaction holds 1 to {_MAXIMUM_ITEMS - 1} beside the "
                "record. Where there is nothing to write, call transaction.nothing_to_write()."
            )
        for attempt in range(1, _ATTEMPTS):
            try:
                return self._write_once(items)
            except TransactionConflictError:
                longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
                time.sleep(random.uniform(0, longest))  # noqa: S311 -- jitter, no secret
        return self._write_once(items)

    def nothing_to_write(self) -> None:
        """Say that the message needs no effect; it counts as done, and no record is kept."""
        if self._state is not TransactionState.OPEN:
            raise RuntimeError("The transaction was written already.")
        self._state = TransactionState.EMPTY

    def was_written_before(self) -> bool:
        """Tell whether the message was handled before, where its effect cannot be written now; it writes nothing.

        It asks by a put whose condition nothing fulfils: the function needs no other permission than to put.
        """
        from botocore.exceptions import ClientError

        try:
            clients.client("dynamodb").put_item(
                TableName=self._table_name,
                Item={"id": {"S": self._record_id}},
                ConditionExpression="#expiration < :never",
                ExpressionAttributeNames={"#expiration": "expiration"},
                ExpressionAttributeValues={":never": {"N": "0"}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            record = cast("Mapping[str, Mapping[str, str]]", error.response.get("Item") or {})
            is_there = record.get("status") == {"S": _COMPLETED}
            return is_there and int(record.get("expiration", {}).get("N", "0")) > time.time()
        return False

    def _write_once(self, items: Sequence[Mapping[str, Mapping[str, object]]]) -> bool:
        from botocore.exceptions import ClientError

        try:
            clients.client("dynamodb").transact_write_items(
                TransactItems=cast("list[TransactWriteItemTypeDef]", [self._put_record(), *items]),
                # A token of its own for each call: botocore's retries of the call share it and find their own success,
                # while a token derived from the message would let a replay within ten minutes pass as a success of its
                # own.
                ClientRequestToken=os.urandom(16).hex(),
            )
        except ClientError as error:
            return self._understand(error)
        self._state = TransactionState.WRITTEN
        return True

    def _put_record(self) -> dict[str, dict[str, object]]:
        now = time.time()
        return {
            "Put": {
                "TableName": self._table_name,
                "Item": {
                    "id": {"S": self._record_id},
                    "expiration": {"N": str(int(now) + self._expires_after_seconds)},
                    "status": {"S": _COMPLETED},
                },
                # DynamoDB deletes expired items days later. The last clause is for a table that was used with the other
                # model before: a lock whose holder is dead does not count.
                "ConditionExpression": (
                    "attribute_not_exists(#id) OR #expiration < :now OR (#status = :in_progress AND #lock < :now_ms)"
                ),
                "ExpressionAttributeNames": {
                    "#id": "id",
                    "#expiration": "expiration",
                    "#status": "status",
                    "#lock": "in_progress_expiration",
                },
                "ExpressionAttributeValues": {
                    ":now": {"N": str(int(now))},
                    ":now_ms": {"N": str(int(now * 1000))},
                    ":in_progress": {"S": _IN_PROGRESS},
                },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _understand(self, error: ClientError) -> bool:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _CONFLICT_ERRORS:
            raise TransactionConflictError(str(error)) from error
        if code != "TransactionCanceledException":
            raise error
        reasons = [_reason(index, each) for index, each in enumerate(_cancellation_reasons(error), start=-1)]
        of_record, of_items = reasons[0] if reasons else None, reasons[1:]
        if of_record is not None and of_record.code == _FAILED_CONDITION:
            if of_record.item and of_record.item.get("status") == {"S": _IN_PROGRESS}:
                raise MessageInProgressError("Another worker is handling this message.") from error
            self._state = TransactionState.REPLAYED
            return False
        # While the record itself is contended, a failed condition of the handler's may be the effect of this very
        # message.
        if of_record is not None and of_record.code == "TransactionConflict":
            raise TransactionConflictError(str(error)) from error
        if not reasons or any(reason.code in _OWN_FAULTS for reason in reasons):
            raise TransactionCancelledError(of_items) from error
        raise TransactionConflictError(str(error)) from error


def _cancellation_reasons(error: ClientError) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", error.response.get("CancellationReasons") or [])


def _reason(index: int, reason: Mapping[str, object]) -> CancellationReason:
    return CancellationReason(
        index=index,
        code=str(reason.get("Code") or "None"),
        message=cast("str | None", reason.get("Message")),
        item=cast("dict[str, object] | None", reason.get("Item")),
    )
