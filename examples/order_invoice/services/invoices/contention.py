"""Workers that want the same number: one gets it, the others read again, after a pause that differs for each (H1)."""

from __future__ import annotations

from collections.abc import Sequence

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from best_practice_constructs.runtime import (
    IdempotentTransaction,
    TransactionCancelledError,
    TransactionConflictError,
    logger,
)
from invoices.invoice_table import TransactionItem


class OvertakenError(Exception):
    """Another worker was faster: what was read is no longer so."""


# Well under the function's timeout: what is not settled by then is the queue's to bring again.
retry_when_overtaken = retry(
    retry=retry_if_exception_type((OvertakenError, TransactionConflictError)),
    wait=wait_random_exponential(multiplier=0.02, max=0.4),
    stop=stop_after_delay(2),
    before_sleep=lambda _: logger().info("Overtaken; reading again"),
    reraise=True,
)


def write(transaction: IdempotentTransaction, items: Sequence[TransactionItem], *, settled_by: Sequence[int]) -> bool:
    """Write a transaction whose conditions say either that there is nothing to do any more or that somebody was faster.

    :param settled_by: the positions of the items whose failing condition means that there is nothing to do.
    :return: whether it was written.
    :raises OvertakenError: another condition failed; read again and try again.
    """
    try:
        return transaction.write(items)
    except TransactionCancelledError as error:
        if any(reason.code != "ConditionalCheckFailed" for reason in error.failed):
            raise
        if any(reason.index in settled_by for reason in error.failed):
            transaction.nothing_to_write()
            return False
        raise OvertakenError(str(error)) from error
