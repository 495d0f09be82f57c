"""Lambda's poller of a stream, as the Lambda developer guide describes it.

The embedded emulator neither splits batches, nor counts attempts, nor reads partial responses of streams; so the poller
is modelled here: a batch that fails starts again at the sequence number that the function returned; what fails at its
first record is split where splitting is on, which costs no attempt; what has failed too often is named in the
on-failure queue, and the shard goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from tests.unit.runtime.support import FakeContext, batch

Record = dict[str, object]
Function = Callable[[Mapping[str, object], FakeContext], Mapping[str, object]]


class Kill(BaseException):
    """The end of the process, as far as Python can play it: out of memory, out of time."""


def number_of(record: Record) -> str:
    content = cast("Mapping[str, object]", record.get("kinesis") or record["dynamodb"])
    return str(content.get("sequenceNumber") or content["SequenceNumber"])


@dataclass
class Poller:
    """Lambda's poller of one shard.

    :param function: what is invoked.
    :param bisect: whether a batch that fails is split.
    :param retry_attempts: how often a batch that failed is tried again.
    :ivar given_up: the first and last sequence number of each batch that was given up, as the destination gets them.
    :ivar invocations: how often the function was invoked.
    """

    function: Function
    bisect: bool
    retry_attempts: int
    given_up: list[tuple[str, str]] = field(default_factory=list)
    invocations: int = 0

    def run(self, shard: Sequence[Record], *, batch_size: int) -> None:
        for start in range(0, len(shard), batch_size):
            self._handle(list(shard[start : start + batch_size]))

    def _handle(self, records: list[Record]) -> None:
        attempts = 0
        while records:
            failed = self._invoke(records)
            if failed is None:
                return
            if failed > 0:
                # The checkpoint moves; the rest is a batch of its own.
                records, attempts = records[failed:], 0
                continue
            if self.bisect and len(records) > 1:
                middle = len(records) // 2
                self._handle(records[:middle])
                records, attempts = records[middle:], 0
                continue
            if attempts == self.retry_attempts:
                self.given_up.append((number_of(records[0]), number_of(records[-1])))
                return
            attempts += 1

    def _invoke(self, records: list[Record]) -> int | None:
        """Invoke the function; return the index of the record to start again at, or ``None`` when all is done."""
        self.invocations += 1
        try:
            response = self.function(batch(records), FakeContext())
        except Kill:
            return 0
        failures = response["batchItemFailures"]
        assert isinstance(failures, list)
        if not failures:
            return None
        numbers = [number_of(record) for record in records]
        return min(numbers.index(each["itemIdentifier"]) for each in failures)
