"""Whatever a queue holds, each message ends in exactly one way, and nothing is done twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from best_practice_constructs.runtime import IdempotentTransaction, PermanentError, clients, queue_consumer
from best_practice_constructs.runtime.queue_consumer_decorator import QueueConsumer
from tests.unit.helpers.examples import examples
from tests.unit.runtime.support import FakeContext, OrderPlaced, batch, message, order_placed

MAX_RECEIVE_COUNT = 3
KINDS = ["good", "fails once", "fails always", "never", "malformed", "dies once", "dies after its write"]
HOPELESS = ("malformed", "never", "fails always")


class Kill(BaseException):
    """The end of the process, as far as Python can play it."""


@dataclass
class MemoryOfAws:
    """A table and a dead-letter queue in memory: enough for hundreds of batches in a second."""

    dead_letters_are_refused: bool
    records: set[str] = field(default_factory=set)
    effects: Counter[str] = field(default_factory=Counter)
    dead_letters: Counter[str] = field(default_factory=Counter)

    def transact_write_items(self, *, TransactItems: Sequence[dict[str, dict[str, object]]], **_: object) -> None:  # noqa: N803 -- the API's name
        record, effect = (item["Put"]["Item"] for item in TransactItems)
        assert isinstance(record, dict)
        assert isinstance(effect, dict)
        if record["id"]["S"] in self.records:
            codes = [{"Code": "ConditionalCheckFailed"}, {"Code": "None"}]
            response = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, "CancellationReasons": codes}
            raise ClientError(response, "TransactWriteItems")  # type: ignore[arg-type]  # a response as DynamoDB gives it
        self.records.add(record["id"]["S"])
        self.effects[effect["order_id"]["S"]] += 1

    def send_message(self, *, MessageAttributes: dict[str, dict[str, str]], **_: object) -> None:  # noqa: N803 -- the API's name
        if self.dead_letters_are_refused:
            raise ConnectionError("the queue is out of reach")
        self.dead_letters[MessageAttributes["SourceMessageId"]["StringValue"]] += 1


@dataclass
class Queue:
    """Delivers its messages as SQS does, and moves what it would deliver once too often."""

    bodies: dict[str, str]
    is_fifo: bool
    received: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)

    def deliver(self, data: st.DataObject) -> list[str]:
        order = list(self.bodies) if self.is_fifo else data.draw(st.permutations(list(self.bodies)))
        delivered: list[str] = []
        for message_id in order[: data.draw(st.integers(1, len(order)))]:
            if self.received[message_id] == MAX_RECEIVE_COUNT:
                self.moved[message_id] += 1
                del self.bodies[message_id]
            else:
                self.received[message_id] += 1
                delivered.append(message_id)
        return delivered

    def event_of(self, message_ids: Sequence[str]) -> dict[str, object]:
        group_id = "g" if self.is_fifo else None
        return batch(
            [
                message(self.bodies[each], message_id=each, receive_count=self.received[each], group_id=group_id)
                for each in message_ids
            ]
        )

    def acknowledge(self, message_ids: Sequence[str]) -> None:
        for message_id in message_ids:
            self.acknowledged[message_id] += 1
            del self.bodies[message_id]


def consumer(attempts: Counter[str]) -> QueueConsumer[...]:
    """Return a consumer that does with each order what its name says."""

    @queue_consumer(event=OrderPlaced)
    def handler(placed: OrderPlaced, transaction: IdempotentTransaction) -> None:
        name = placed.order_id
        kind = name.split("/")[0]
        attempts[name] += 1
        is_first = attempts[name] == 1
        if kind == "never":
            raise PermanentError(name)
        if kind == "fails always" or (kind == "fails once" and is_first):
            raise RuntimeError(name)
        if kind == "dies once" and is_first:
            raise Kill
        transaction.write([{"Put": {"Item": {"order_id": {"S": name}}}}])
        if kind == "dies after its write" and is_first:
            raise Kill

    return handler


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(150), deadline=None)
@given(
    kinds=st.lists(st.sampled_from(KINDS), max_size=8),
    copies=st.lists(st.integers(0, 7), max_size=4),
    is_fifo=st.booleans(),
    dead_letters_are_refused=st.booleans(),
    data=st.data(),
)
@pytest.mark.usefixtures("consumer_environment")
def test_each_message_ends_in_one_way(
    monkeypatch: pytest.MonkeyPatch,
    *,
    kinds: list[str],
    copies: list[int],
    is_fifo: bool,
    dead_letters_are_refused: bool,
    data: st.DataObject,
) -> None:
    aws = MemoryOfAws(dead_letters_are_refused=dead_letters_are_refused)
    clients.use("dynamodb", aws)
    clients.use("sqs", aws)
    monkeypatch.setenv("IDEMPOTENCY_MODEL", "transaction")
    monkeypatch.setenv("MAX_RECEIVE_COUNT", str(MAX_RECEIVE_COUNT))
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", "https://queue/dead-letters")
    monkeypatch.setenv("QUEUE_IS_FIFO", str(is_fifo).lower())
    names = [f"{kind}/{n}" for n, kind in enumerate(kinds)]
    names += [names[copy] for copy in copies if copy < len(names)]
    name_of = {f"m{n}": name for n, name in enumerate(names)}
    queue = Queue(
        bodies={
            each: "{" if name.startswith("malformed") else json.dumps(order_placed(name))
            for each, name in name_of.items()
        },
        is_fifo=is_fifo,
    )
    handler = consumer(Counter())
    while queue.bodies:
        delivered = queue.deliver(data)
        dead_before = aws.dead_letters.copy()
        try:
            response = handler(queue.event_of(delivered), FakeContext())
        except Kill:
            continue
        reported = [failure["itemIdentifier"] for failure in response["batchItemFailures"]]
        assert len(reported) == len(set(reported))
        assert all(aws.dead_letters[each] == dead_before[each] for each in reported), "reported or dead-lettered"
        queue.acknowledge([each for each in delivered if each not in reported])

    ends = queue.acknowledged + queue.moved
    assert ends == Counter(name_of.keys()), "each message ends once"
    assert all(count == 1 for count in aws.effects.values()), "no effect twice"
    for message_id, name in name_of.items():
        if name.startswith(HOPELESS):
            assert name not in aws.effects
            assert message_id in aws.dead_letters or message_id in queue.moved, "nothing is lost"
        elif message_id in queue.acknowledged and message_id not in aws.dead_letters:
            assert aws.effects[name] == 1, "nothing is acknowledged that was not done"
