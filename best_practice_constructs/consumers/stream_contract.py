"""What stream, mapping and failures queue must agree on, in numbers (H1, H5, H6, L9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from best_practice_constructs.consumers.disagreement import Disagreement

LEAST_RETENTION = 86_400
"""Seconds: what DynamoDB streams keep, and Kinesis at least."""

MOST_RETRY_ATTEMPTS = 10_000
LONGEST_RECORD_AGE = 604_800
_LEAST_RECORD_AGE = 60
_LEAST_AGE_ALARM = 300


@dataclass(frozen=True, kw_only=True)
class StreamContract:
    """The settings of one stream consumer, durations in seconds; ``None`` is what the contract computes.

    :param reader: who reads the stream, as errors name it: Lambda, or Pipes.
    :param is_table: whether it is the stream of a DynamoDB table; otherwise it is of Kinesis.
    :param retention: of the stream, ``None`` where it is not known.
    :param max_record_age: half of the retention by default, so that what is given up can still be fetched for as long.
    :param starting_position: ``TRIM_HORIZON``, ``LATEST`` or ``AT_TIMESTAMP``.
    :param age_alarm_threshold: twice what one batch may take by default, five minutes at least.
    """

    is_table: bool
    retention: int | None
    timeout: int
    batch_size: int
    max_batching_window: int
    retry_attempts: int
    max_record_age: int | None
    parallelization_factor: int
    tumbling_window: int | None
    filters: int
    starting_position: str
    starting_position_timestamp: datetime | None
    reserved_concurrency: int | None
    age_alarm_threshold: int | None
    reader: str = "Lambda"

    @property
    def effective_record_age(self) -> int:
        """The one given, or half of what the stream keeps."""
        if self.max_record_age is not None:
            return self.max_record_age
        return min(LONGEST_RECORD_AGE, (self.retention or LEAST_RETENTION) // 2)

    @property
    def effective_age_alarm_threshold(self) -> int:
        """The one given, or twice what a batch may take, five minutes at least."""
        if self.age_alarm_threshold is not None:
            return self.age_alarm_threshold
        return max(_LEAST_AGE_ALARM, 2 * (self.timeout + self.max_batching_window))

    def disagreements(self) -> Iterator[Disagreement]:
        """Give all that cannot work, the gravest first."""
        yield from self._giving_up()
        yield from self._start()
        yield from self._batching()
        yield from self._concurrency()

    def _giving_up(self) -> Iterator[Disagreement]:
        if not 0 <= self.retry_attempts <= MOST_RETRY_ATTEMPTS:
            infinite = self.retry_attempts == -1
            yield Disagreement(
                given=f"retry_attempts={self.retry_attempts}",
                reason="retrying without an end lets one bad record hold up its shard until it expires, and be lost "
                "then (H1, H5)"
                if infinite
                else f"{self.reader} retries 0 to {MOST_RETRY_ATTEMPTS} times",
                remedy=f"pass 0 to {MOST_RETRY_ATTEMPTS}; the record's age ends the retries too",
            )
        age = self.effective_record_age
        if not _LEAST_RECORD_AGE <= age <= LONGEST_RECORD_AGE:
            yield Disagreement(
                given=f"max_record_age={age} s",
                reason=f"{self.reader} takes 60 s to 7 days",
                remedy="pass a duration within that, or leave it out for half of the stream's retention",
            )
        elif self.retention is not None and age > self.retention:
            yield Disagreement(
                given=f"max_record_age={age} s on a stream that keeps its records {self.retention} s",
                reason="a record would expire before it is given up, and be lost without a trace (H6)",
                remedy=f"leave it out for half of the retention, or pass at most Duration.seconds({self.retention})",
            )
        alarm = self.effective_age_alarm_threshold
        if alarm >= age:
            yield Disagreement(
                given=f"an iterator age alarm at {alarm} s with max_record_age={age} s",
                reason="records would be given up before anybody hears that they wait (H9)",
                remedy="pass an iterator_age_alarm_threshold below max_record_age, or a longer max_record_age",
            )

    def _start(self) -> Iterator[Disagreement]:
        at_timestamp, timestamp = self.starting_position == "AT_TIMESTAMP", self.starting_position_timestamp
        if at_timestamp and self.is_table:
            yield Disagreement(
                given="starting_position=AT_TIMESTAMP on a DynamoDB stream",
                reason="DynamoDB streams know no time to start at",
                remedy="pass StartingPosition.TRIM_HORIZON (from the oldest record) or LATEST",
            )
        elif at_timestamp and timestamp is None:
            yield Disagreement(
                given="starting_position=AT_TIMESTAMP without starting_position_timestamp",
                reason=f"{self.reader} does not know when to start",
                remedy="pass starting_position_timestamp=datetime(…, tzinfo=UTC)",
            )
        elif timestamp is not None and not at_timestamp:
            yield Disagreement(
                given=f"starting_position_timestamp with starting_position={self.starting_position}",
                reason="only AT_TIMESTAMP starts at a time",
                remedy="pass StartingPosition.AT_TIMESTAMP, or leave the timestamp out",
            )
        elif timestamp is not None and timestamp.tzinfo is None:
            yield Disagreement(
                given=f"starting_position_timestamp={timestamp.isoformat()} without a time zone",
                reason="it would be another moment on each machine that synthesizes",
                remedy="pass datetime(…, tzinfo=UTC)",
            )

    def _batching(self) -> Iterator[Disagreement]:
        if not 1 <= self.batch_size <= 10_000:
            yield Disagreement(
                given=f"batch_size={self.batch_size}",
                reason=f"{self.reader} takes 1 to 10000 records of a stream at once (L9)",
                remedy="pass 1 to 10000",
            )
        if not 0 <= self.max_batching_window <= 300:
            yield Disagreement(
                given=f"max_batching_window={self.max_batching_window} s",
                reason=f"{self.reader} gathers a batch for 300 s at most",
                remedy="pass at most Duration.minutes(5)",
            )
        if self.tumbling_window is not None and not 1 <= self.tumbling_window <= 900:
            yield Disagreement(
                given=f"tumbling_window={self.tumbling_window} s",
                reason="Lambda's windows last 1 s to 15 minutes",
                remedy="pass at most Duration.minutes(15)",
            )
        if self.filters > 10:
            yield Disagreement(
                given=f"{self.filters} filters",
                reason="a mapping takes five, and ten where AWS has raised the quota for the account",
                remedy="join them: one filter may list many values of a field",
            )

    def _concurrency(self) -> Iterator[Disagreement]:
        if not 1 <= self.parallelization_factor <= 10:
            yield Disagreement(
                given=f"parallelization_factor={self.parallelization_factor}",
                reason=f"{self.reader} handles 1 to 10 batches of a shard at once (L9)",
                remedy="pass 1 to 10; more takes more shards",
            )
        if self.reserved_concurrency == 0:
            yield Disagreement(
                given="reserved_concurrent_executions=0",
                reason="the mapping would be throttled until its records are too old, and give all of them up",
                remedy="switch the consumer off with enabled=False, which leaves the records in the stream",
            )
