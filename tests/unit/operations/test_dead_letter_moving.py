"""Whatever fails, a message is in the dead-letter queue until its destination has it; groups keep their order."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.operations import dead_letter_queue
from best_practice_constructs.operations.dead_letter_moving import DeadLetterMover
from best_practice_constructs.operations.dead_letter_queue import HIDDEN_SECONDS, DeadLetterQueue
from best_practice_constructs.operations.destination_finder import RedriveClients
from best_practice_constructs.operations.redrive import main
from best_practice_constructs.operations.redrive_destination import QueueDestination
from tests.unit.helpers.examples import examples
from tests.unit.operations.faulty_queues import Fault, FaultyQueues, Held

FAULTS = st.lists(st.sampled_from(Fault), max_size=12)
GROUPS = st.lists(st.sampled_from("abc"), min_size=1, max_size=45)


def clients_of(queues: FaultyQueues) -> RedriveClients:
    others = cast("Any", dict.fromkeys(("functions", "events", "topics")))
    return RedriveClients(sqs=cast("Any", queues), **others)


def run(queues: FaultyQueues) -> tuple[int, str]:
    output = io.StringIO()
    arguments = [queues.url("dead"), "--move", "--yes"]
    status = main(arguments, clients=clients_of(queues), output=output, notes=io.StringIO())
    return status, output.getvalue()


def mover_of(queues: FaultyQueues, **options: Any) -> tuple[DeadLetterQueue, DeadLetterMover, QueueDestination]:  # noqa: ANN401 -- passed on
    sqs = cast("Any", queues)
    queue = DeadLetterQueue(queues.url("dead"), sqs=sqs, **options)
    return queue, DeadLetterMover(queue=queue), QueueDestination(url=queues.url("orders"), sqs=sqs)


class TestAnyFault:
    @given(fifo=st.booleans(), groups=GROUPS, faults=FAULTS)
    @settings(max_examples=examples(400), deadline=None)
    def test_no_message_is_ever_in_neither_place(self, *, fifo: bool, groups: list[str], faults: list[Fault]) -> None:
        queues = FaultyQueues(fifo=fifo, faults=faults)
        queues.fill(groups)
        every = set(queues.bodies("dead"))
        status, said = run(queues)
        left, arrived = queues.bodies("dead"), queues.bodies("orders")
        assert set(left) | set(arrived) == every
        assert not any(message.is_hidden for message in queues.queues["dead"]), "all others were given back"
        moved = re.search(r"Moved (\d+) of (\d+)", said)
        assert moved
        assert int(moved[1]) <= len(every) - len(left), "it says of none that it was moved and is still there"
        assert (status == 0) == (int(moved[1]) == len(every))
        if status == 0:
            assert (left, Counter(arrived)) == ([], Counter(every))
        if fifo:
            _assert_in_order(queues.queues["orders"], groups)

        queues.faults = ()
        assert run(queues)[0] == 0, "a second run brings the rest"
        assert queues.bodies("dead") == []
        assert set(queues.bodies("orders")) == every
        if fifo:
            assert len(queues.bodies("orders")) == len(every), "within five minutes SQS knows what it has already"
            _assert_in_order(queues.queues["orders"], groups)

    @given(groups=GROUPS, faults=st.lists(st.sampled_from([Fault.NONE, Fault.SOME, Fault.DENIED]), max_size=12))
    @settings(max_examples=examples(200), deadline=None)
    def test_where_every_answer_arrives_only_what_could_not_be_deleted_is_in_both_places(
        self, *, groups: list[str], faults: list[Fault]
    ) -> None:
        queues = FaultyQueues(fifo=False, faults=faults)
        queues.fill(groups)
        said = run(queues)[1]
        both = len(set(queues.bodies("dead")) & set(queues.bodies("orders")))
        told = re.findall(r"([\d,]+) were accepted", said)
        assert sum(map(int, told)) == both


def _assert_in_order(arrived: Sequence[Held], groups: Sequence[str]) -> None:
    """Assert that of each group the first have arrived, in their order, and none without those before it."""
    for group in set(groups):
        wanted = [str(number) for number, each in enumerate(groups) if each == group]
        found = [message.body for message in arrived if message.group == group]
        assert found == wanted[: len(found)]


class TestOneFault:
    def test_what_is_refused_stays_with_its_reason(self) -> None:
        queues = FaultyQueues(fifo=False, faults=[Fault.SOME])
        queues.fill("aaaa")
        status, said = run(queues)
        assert status == 1
        assert (queues.bodies("dead"), queues.bodies("orders")) == (["0", "2"], ["1", "3"])
        assert "Moved 2 of 4 messages." in said
        assert "2 stay, such as dead-0: the queue orders did not take it: InternalError" in said

    def test_a_group_stops_at_its_first_failure_and_the_others_go_on(self) -> None:
        queues = FaultyQueues(fifo=True, faults=[Fault.SOME])
        queues.fill("abab")
        status, said = run(queues)
        assert status == 1
        assert (queues.bodies("dead"), queues.bodies("orders")) == (["0", "2"], ["1", "3"])
        assert "1 stay, such as dead-2: it comes behind a message of its group that was not moved" in said

    def test_a_deletion_that_fails_is_tried_once_more(self) -> None:
        queues = FaultyQueues(fifo=False, faults=[Fault.NONE, Fault.SOME])
        queues.fill("aaaa")
        assert run(queues)[0] == 0
        assert (queues.bodies("dead"), len(queues.bodies("orders"))) == ([], 4)

    def test_where_nothing_can_be_deleted_no_more_copies_are_made(self) -> None:
        queues = FaultyQueues(fifo=False, faults=[Fault.NONE, Fault.DENIED, Fault.DENIED])
        queues.fill("a" * 25)
        status, said = run(queues)
        assert status == 1
        assert (len(queues.bodies("dead")), len(queues.bodies("orders"))) == (25, 10)
        assert "10 were accepted, such as dead-0, and could not be deleted here: AccessDenied: no" in said
        assert "15 stay, such as dead-10: not tried, after AccessDenied: no" in said

    def test_a_destination_that_takes_nothing_is_not_asked_again(self) -> None:
        queues = FaultyQueues(fifo=False, faults=[Fault.DENIED])
        queues.fill("a" * 25)
        said = run(queues)[1]
        assert "10 stay, such as dead-0: the queue orders did not take it: AccessDenied: no" in said
        assert "15 stay" in said
        assert queues.bodies("orders") == []

    def test_an_answer_that_leaves_a_message_out_accepts_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        queues = FaultyQueues(fifo=False)
        queues.fill("a")
        monkeypatch.setattr(queues, "send_message_batch", lambda **_: {})
        assert "its answer does not name the message" in run(queues)[1]
        assert queues.bodies("dead") == ["0"]


class TestHiding:
    def test_letters_are_hidden_for_longer_before_others_would_see_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = [0.0]
        queues = FaultyQueues(fifo=False)
        queues.fill("a" * 15)
        queue, mover, to = mover_of(queues, clock=lambda: now[0])
        letters = queue.read(limit=100)
        renewed: list[int] = []
        change = queues.change_message_visibility_batch

        def count(*, QueueUrl: str, Entries: Sequence[Any]) -> dict[str, object]:  # noqa: N803 -- the API's names
            renewed.extend(entry["VisibilityTimeout"] for entry in Entries)
            return change(QueueUrl=QueueUrl, Entries=Entries)

        monkeypatch.setattr(queues, "change_message_visibility_batch", count)
        mover.move(letters[:5], to=to)
        assert renewed == []
        now[0] = HIDDEN_SECONDS - 60
        mover.move(letters[5:], to=to)
        assert renewed == [HIDDEN_SECONDS] * 10
        assert len(mover.moved) == 15

    def test_what_somebody_else_took_meanwhile_is_not_sent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = [0.0]
        queues = FaultyQueues(fifo=False)
        queues.fill("aa")
        queue, mover, to = mover_of(queues, clock=lambda: now[0])
        letters = queue.read(limit=100)
        now[0] = HIDDEN_SECONDS + 1
        lost = {"Id": "0", "Code": "MessageNotInflight", "Message": "", "SenderFault": True}
        monkeypatch.setattr(queues, "change_message_visibility_batch", lambda **_: {"Failed": [lost]})
        mover.move(letters, to=to)
        assert queues.bodies("orders") == ["1"]
        assert mover.kept["dead-0"] == "somebody else received or deleted it meanwhile (MessageNotInflight)"

    def test_what_could_not_be_given_back_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        queues = FaultyQueues(fifo=False)
        queues.fill("a")
        lost = {"Id": "0", "Code": "MessageNotInflight", "Message": "", "SenderFault": True}
        monkeypatch.setattr(queues, "change_message_visibility_batch", lambda **_: {"Failed": [lost]})
        notes = io.StringIO()
        assert main([queues.url("dead")], clients=clients_of(queues), output=io.StringIO(), notes=notes) == 0
        assert "1 messages may stay hidden for 15 minutes: MessageNotInflight" in notes.getvalue()

    def test_messages_that_come_a_second_time_end_the_look(self, monkeypatch: pytest.MonkeyPatch) -> None:
        queues = FaultyQueues(fifo=False)
        queues.fill("aaa")
        receive = queues.receive_message

        def again(**request: Any) -> dict[str, object]:  # noqa: ANN401 -- passed on
            for message in queues.queues["dead"]:
                message.is_hidden = False
            return receive(**request)

        monkeypatch.setattr(queues, "receive_message", again)
        queue, mover, to = mover_of(queues)
        letters = queue.read(limit=100)
        mover.move(letters, to=to)
        assert (queues.bodies("dead"), queues.bodies("orders")) == ([], ["0", "1", "2"]), "by the later receipt handle"

    def test_a_look_fits_into_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dead_letter_queue, "_MOST_BYTES", 15)
        queues = FaultyQueues(fifo=False)
        queues.fill("a" * 50)
        queue, _, _ = mover_of(queues)
        assert len(queue.read(limit=100)) == 20
