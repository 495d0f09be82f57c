"""Move dead letters: sent first, deleted only once they are accepted, never twice in one run (H1, H4, H6)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from itertools import islice

from botocore.exceptions import BotoCoreError, ClientError

from best_practice_constructs.operations.dead_letter import DeadLetter
from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
from best_practice_constructs.operations.queue_address import reason_of
from best_practice_constructs.operations.redrive_destination import Destination, fits, size_of

_BEHIND = "it comes behind a message of its group that was not moved"


class DeadLetterMover:
    """Moves dead letters of one queue, and remembers what became of each.

    A message is in the dead-letter queue until its destination has accepted it. If the command dies in between, or the
    deletion fails, it is in both places: consumers that are idempotent do nothing twice.

    :param queue: where they lie.
    :param advance: is told how many more have been seen to.
    :ivar moved: the ids of those that were accepted and deleted.
    :ivar kept: why others were not moved, by their ids.
    :ivar copied: why those that were accepted could not be deleted, by their ids.
    """

    def __init__(self, *, queue: DeadLetterQueue, advance: Callable[[int], None] = lambda _count: None) -> None:
        self._queue = queue
        self._advance = advance
        self._sent_as: set[str] = set()
        self._cannot_delete: str | None = None
        self.moved: set[str] = set()
        self.kept: dict[str, str] = {}
        self.copied: dict[str, str] = {}

    def has_seen(self, letter: DeadLetter) -> bool:
        """Whether a letter has been seen to in this run, or is what became of one that was moved in it."""
        return any(
            mark in known for mark in letter.marks for known in (self._sent_as, self.moved, self.kept, self.copied)
        )

    def keep(self, letters: Sequence[DeadLetter], reason: str) -> None:
        """Note that letters stay, and why."""
        self.kept |= dict.fromkeys((letter.message_id for letter in letters), reason)
        self._advance(len(letters))

    def move(self, letters: Sequence[DeadLetter], *, to: Destination) -> None:
        """Move letters to one destination, in their order where it keeps one.

        What is refused stays; where there is an order, so does what comes behind it in its group. When the destination
        takes nothing any more, or nothing can be deleted, the rest stays.
        """
        lanes = _Lanes(letters, destination=to)
        ended = self._cannot_delete
        while not ended and (batch := lanes.next_batch()):
            ended = self._move_batch(batch, to=to)
            self._advance(len(batch))
            self.keep(lanes.settle(batch, stopped=self.kept), _BEHIND)
        self.keep(lanes.rest(), f"not tried, after {ended}")

    def _move_batch(self, batch: Sequence[DeadLetter], *, to: Destination) -> str | None:
        """Move a batch; give why no other can be."""
        lost = self._queue.keep_hidden(batch)
        self.kept |= {
            name: f"somebody else received or deleted it meanwhile ({reason})" for name, reason in lost.items()
        }
        ours = [letter for letter in batch if letter.message_id not in lost]
        if not ours:
            return None
        sent = to.send(ours)
        self._sent_as |= set(sent.accepted.values())
        for letter in ours:
            if letter.message_id not in sent.accepted:
                reason = sent.refused.get(letter.message_id, "its answer does not name the message")
                self.kept[letter.message_id] = f"{to.label} did not take it: {reason}"
        self._delete([letter for letter in ours if letter.message_id in sent.accepted])
        return sent.ended or self._cannot_delete

    def _delete(self, letters: Sequence[DeadLetter]) -> None:
        failed = self._try_to_delete(letters)
        if failed:
            failed = self._try_to_delete([letter for letter in letters if letter.message_id in failed])
        self.copied |= failed
        self.moved |= {letter.message_id for letter in letters if letter.message_id not in failed}

    def _try_to_delete(self, letters: Sequence[DeadLetter]) -> dict[str, str]:
        try:
            failed = self._queue.delete(letters)
        except (BotoCoreError, ClientError) as error:
            # To go on sending would only make more copies.
            self._cannot_delete = reason_of(error)
            return {letter.message_id: self._cannot_delete for letter in letters}
        self._cannot_delete = None
        return failed


class _Lanes:
    """Letters that wait to be sent: one after the other in a lane, lanes side by side.

    Where there is an order a lane is a message group: of a call that is accepted in part, what is refused would
    otherwise be overtaken by what came behind it.
    """

    def __init__(self, letters: Sequence[DeadLetter], *, destination: Destination) -> None:
        self._keeps_order = destination.keeps_order
        self._most_letters = destination.most_letters
        self._lanes: dict[str, deque[DeadLetter]] = {}
        for letter in letters:
            self._lanes.setdefault(self._lane_of(letter), deque()).append(letter)

    def next_batch(self) -> list[DeadLetter]:
        """Give the first letters of as many lanes as one call takes."""
        batch: list[DeadLetter] = []
        size = 0
        for lane in islice(self._lanes.values(), self._most_letters):
            size += size_of(lane[0])
            if batch and not fits(size):
                break
            batch.append(lane[0])
        return batch

    def settle(self, batch: Sequence[DeadLetter], *, stopped: Collection[str]) -> list[DeadLetter]:
        """Take a batch out; give what lies behind those of its letters that were stopped, and take it out too."""
        behind: list[DeadLetter] = []
        for letter in batch:
            name = self._lane_of(letter)
            lane = self._lanes[name]
            lane.popleft()
            if letter.message_id in stopped:
                behind += lane
                lane.clear()
            if not lane:
                del self._lanes[name]
        return behind

    def rest(self) -> list[DeadLetter]:
        """Take out all that is left."""
        rest = [letter for lane in self._lanes.values() for letter in lane]
        self._lanes.clear()
        return rest

    def _lane_of(self, letter: DeadLetter) -> str:
        return letter.group_id or "" if self._keeps_order else letter.message_id
