"""What queue, function, mapping and idempotency table must agree on, in numbers (H4, H6, L9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from best_practice_constructs.consumers.disagreement import Disagreement

_VISIBILITY_FACTOR = 6
_LONGEST_VISIBILITY = 43_200
_LONGEST_RETENTION = 1_209_600


@dataclass(frozen=True, kw_only=True)
class QueueContract:
    """The settings of one queue consumer, durations in seconds; ``None`` is what the contract computes.

    :param timeout: of the function.
    :param max_batching_window: how long the mapping gathers a batch.
    :param visibility_timeout: at least six times the timeout plus the window (Lambda developer guide, *SQS*), computed
        by default.
    :param retention: of the queue.
    :param dead_letter_retention: of the dead-letter queue.
    :param idempotency_expiry: at least as long as a message can come again, redrive included, computed by default.
    :param is_brought: whether the queue is the user's: then its settings are mended there.
    """

    timeout: int
    max_batching_window: int
    batch_size: int
    fifo: bool
    max_receive_count: int
    retention: int
    dead_letter_retention: int
    max_concurrency: int | None
    reserved_concurrency: int | None
    visibility_timeout: int | None = None
    idempotency_expiry: int | None = None
    is_brought: bool = False

    @property
    def least_visibility_timeout(self) -> int:
        """Six times the function's timeout plus the batching window: all retries of a throttled batch fit in it."""
        return _VISIBILITY_FACTOR * self.timeout + self.max_batching_window

    @property
    def effective_visibility_timeout(self) -> int:
        """The one given, or the least that is safe."""
        return self.visibility_timeout if self.visibility_timeout is not None else self.least_visibility_timeout

    @property
    def least_idempotency_expiry(self) -> int:
        """A message lives its time in the queue, then among the dead letters, then, redriven, in the queue again."""
        return 2 * self.retention + self.dead_letter_retention

    @property
    def effective_idempotency_expiry(self) -> int:
        """The one given, or the least that is safe."""
        return self.idempotency_expiry if self.idempotency_expiry is not None else self.least_idempotency_expiry

    def disagreements(self) -> Iterator[Disagreement]:
        """Give all that cannot work together, the gravest first."""
        yield from self._timing()
        yield from self._batching()
        yield from self._concurrency()

    def _timing(self) -> Iterator[Disagreement]:
        if self.effective_visibility_timeout < self.least_visibility_timeout:
            yield Disagreement(
                given=f"visibility_timeout={self.visibility_timeout} s with a function timeout of {self.timeout} s",
                reason="a message would be visible again, and handled twice at once, while Lambda still retries its "
                "batch: it takes six "
                f"times the function's timeout plus the batching window, {self.least_visibility_timeout} s (H4)",
                remedy=f"{'give the queue' if self.is_brought else 'leave visibility_timeout out, or pass'} at least "
                f"Duration.seconds({self.least_visibility_timeout})",
            )
        if self.effective_visibility_timeout > _LONGEST_VISIBILITY:
            yield Disagreement(
                given=f"a visibility timeout of {self.effective_visibility_timeout} s",
                reason="SQS hides a message for 12 hours at most",
                remedy="shorten the function's timeout",
            )
        for name, value in (
            ("retention_period", self.retention),
            ("the dead letters' retention", self.dead_letter_retention),
        ):
            if not 60 <= value <= _LONGEST_RETENTION:
                yield Disagreement(
                    given=f"{name}={value} s",
                    reason="SQS keeps messages 60 s to 14 days",
                    remedy="pass a duration within that",
                )
        if self.dead_letter_retention <= self.retention:
            yield Disagreement(
                given=f"retention_period={self.retention} s with dead letters kept {self.dead_letter_retention} s",
                reason="a dead letter keeps the age it had in the queue, so it could expire before anybody has seen "
                "it (H6)",
                remedy="give the dead letters a longer retention_period than the queue, 14 days at best",
            )
        if self.effective_idempotency_expiry < self.least_idempotency_expiry:
            yield Disagreement(
                given=f"idempotency_expires_after={self.idempotency_expiry} s",
                reason="a message can come again until it has lived in the queue, among the dead letters and, "
                "redriven, in the queue once "
                f"more: {self.least_idempotency_expiry} s; after the record has expired its effect would happen twice "
                "(H2)",
                remedy=f"leave it out, or pass at least Duration.seconds({self.least_idempotency_expiry})",
            )

    def _batching(self) -> Iterator[Disagreement]:
        most = 10 if self.fifo else 10_000
        if not 1 <= self.batch_size <= most:
            yield Disagreement(
                given=f"batch_size={self.batch_size}",
                reason=f"Lambda takes 1 to {most} messages of a {'FIFO' if self.fifo else 'standard'} queue at once "
                "(L9)",
                remedy=f"pass 1 to {most}",
            )
        if self.batch_size > 10 and self.max_batching_window == 0:
            yield Disagreement(
                given=f"batch_size={self.batch_size} without max_batching_window",
                reason="SQS gives ten messages a call, so a larger batch must be gathered over time (L9)",
                remedy="pass max_batching_window=Duration.seconds(1) or more",
            )
        if self.fifo and self.max_batching_window:
            yield Disagreement(
                given=f"max_batching_window={self.max_batching_window} s on a FIFO queue",
                reason="Lambda offers no batching window for FIFO queues",
                remedy="leave max_batching_window out",
            )
        if not 0 <= self.max_batching_window <= 300:
            yield Disagreement(
                given=f"max_batching_window={self.max_batching_window} s",
                reason="Lambda gathers a batch for 300 s at most",
                remedy="pass at most Duration.minutes(5)",
            )
        if not 1 <= self.max_receive_count <= 1_000:
            yield Disagreement(
                given=f"max_receive_count={self.max_receive_count}",
                reason="SQS takes 1 to 1,000, and below 5 a throttled function sends healthy messages to the dead "
                "letters (H4)",
                remedy="leave it out for 5",
            )

    def _concurrency(self) -> Iterator[Disagreement]:
        reserved, most = self.reserved_concurrency, self.max_concurrency
        if most is not None and not 2 <= most <= 1_000:
            yield Disagreement(
                given=f"max_concurrency={most}", reason="an SQS mapping takes 2 to 1,000 (L5)", remedy="pass 2 or more"
            )
        if reserved == 0:
            yield Disagreement(
                given="reserved_concurrent_executions=0",
                reason="the mapping would go on receiving, be throttled, and carry healthy messages to the dead "
                "letters",
                remedy="switch the consumer off with enabled=False, which leaves the messages in the queue",
            )
        elif reserved == 1:
            yield Disagreement(
                given="reserved_concurrent_executions=1",
                reason="a mapping of SQS starts two batches at once at the least, and what is throttled counts as "
                "received (L5)",
                remedy="reserve 2 or more; one at a time is a FIFO queue with one message group",
            )
        elif reserved is not None and most is not None and most > reserved:
            yield Disagreement(
                given=f"max_concurrency={most} with reserved_concurrent_executions={reserved}",
                reason="what the mapping starts beyond the reservation is throttled, and throttled messages count as "
                "received (L5)",
                remedy=f"pass max_concurrency of 2 to {reserved}, or reserve {most}",
            )
