"""Moving out of a FIFO queue, which shows only the first messages of each group: look after look."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from best_practice_constructs.operations.dead_letter import DeadLetter
from best_practice_constructs.operations.destination_finder import DestinationFinder
from best_practice_constructs.operations.redrive_destination import QueueDestination, Sent
from best_practice_constructs.runtime import PermanentError
from tests.unit.operations.redrive_support import FakeAws, send_of_consumer


def test_a_fifo_queue_keeps_groups_and_order_and_what_failed_again_is_not_taken_for_a_repetition(
    fake_aws: FakeAws,
) -> None:
    dead = fake_aws.queue("dead.fifo")
    queue = fake_aws.queue("orders.fifo", dead_letters=dead)
    for number in range(25):
        group = f"g{number % 2}"
        body = f"{group} {number:02}"
        send_of_consumer(dead, PermanentError("never"), body=body, message_id=f"m{number}", group_id=group)
    run = fake_aws.run(dead, "--move", "--yes")
    assert run.status == 0
    assert "Moved 25 of 25 messages." in run.output
    assert "What comes behind them in their groups goes the same way." in run.output
    moved = fake_aws.take(queue)
    for group in ("g0", "g1"):
        of_group = [each for each in moved if each.get("Attributes", {})["MessageGroupId"] == group]
        bodies = [each.get("Body", "") for each in of_group]
        assert bodies == sorted(bodies)
        assert all(body.startswith(group) for body in bodies)
    again = moved[0]
    send_of_consumer(
        dead, PermanentError("never"), body=again.get("Body"), message_id=again.get("MessageId"), group_id="g0"
    )
    assert fake_aws.run(dead, "--move", "--yes").status == 0
    assert fake_aws.bodies(queue) == [again.get("Body")], "within five minutes of the first redrive"


def test_what_comes_back_while_it_runs_is_not_moved_again(fake_aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = fake_aws.queue("dead.fifo")
    fake_aws.queue("orders.fifo", dead_letters=dead)
    send_of_consumer(dead, PermanentError("never"), body="poison", message_id="first", group_id="g")
    send = QueueDestination.send

    def send_and_fail(destination: QueueDestination, letters: Sequence[DeadLetter]) -> Sent:
        sent = send(destination, letters)
        for message_id in sent.accepted.values():
            send_of_consumer(dead, PermanentError("never"), body="poison", message_id=message_id, group_id="g")
        return sent

    monkeypatch.setattr(QueueDestination, "send", send_and_fail)
    run = fake_aws.run(dead, "--move", "--yes")
    assert run.status == 0
    assert "Moved 1 of 1 messages." in run.output
    assert "1 failed once more and came back while this ran" in run.output
    assert fake_aws.bodies(dead) == ["poison"]


def test_a_destination_that_nobody_agreed_to_gets_nothing(fake_aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = fake_aws.queue("dead.fifo")
    queue, other = fake_aws.queue("orders.fifo", dead_letters=dead), fake_aws.queue("other.fifo")
    for number in range(11):
        send_of_consumer(dead, PermanentError("never"), body=f"{number:02}", message_id=f"m{number}", group_id="g")
    find = DestinationFinder.destination_of

    def find_another(finder: DestinationFinder, letter: DeadLetter) -> object:
        found = find(finder, letter)
        return QueueDestination(url=other, sqs=fake_aws.sqs) if letter.body == "10" else found

    monkeypatch.setattr(DestinationFinder, "destination_of", find_another)
    run = fake_aws.run(dead, "--move", answer="y")
    assert run.status == 1
    assert "nobody was asked whether it may go to the queue other.fifo" in run.output
    assert (len(fake_aws.bodies(queue)), fake_aws.bodies(other), fake_aws.bodies(dead)) == (10, [], ["10"])
