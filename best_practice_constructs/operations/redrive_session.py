"""One run of the redrive command: look, show or move, and give back what was not moved (H4, H6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TextIO

from best_practice_constructs.operations.command import DONE, NOT_ALL, REFUSED
from best_practice_constructs.operations.command_names import REDRIVE
from best_practice_constructs.operations.dead_letter import DeadLetter
from best_practice_constructs.operations.dead_letter_moving import DeadLetterMover
from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
from best_practice_constructs.operations.destination_finder import DestinationFinder, RedriveClients
from best_practice_constructs.operations.progress import Progress
from best_practice_constructs.operations.queue_address import RedriveError, queue_name
from best_practice_constructs.operations.redrive_plan import Choice, RedrivePlan, plan_redrive
from best_practice_constructs.operations.redrive_report import cause_lines, count_lines, letter_as_json, outcome_lines

_HINTS = (
    "Nothing was changed. --show prints the messages; --move moves them back, or only those of",
    "--cause TEXT or --message-id ID: it says where to, and asks.",
)


class RedriveSession:
    """A look into one dead-letter queue, and what is done about it.

    :param queue: the queue.
    :param clients: how AWS is called.
    :param choice: which letters are meant.
    :param limit: how many letters are received at most.
    :param output: where the result goes.
    :param notes: where all else goes: progress, and what went wrong.
    :raises RedriveError: the queue is one that is consumed, and no dead-letter queue.
    """

    def __init__(
        self,
        queue: DeadLetterQueue,
        *,
        clients: RedriveClients,
        choice: Choice,
        limit: int,
        output: TextIO,
        notes: TextIO,
    ) -> None:
        target = queue.redrive_target_arn
        if target and not queue.source_arns():
            # To look at it would take its messages away from their consumer, and count as attempts.
            name = queue_name(target)
            raise RedriveError(f"{queue.name} is consumed; its dead letters are in {name}: {REDRIVE} {name}")
        self._queue = queue
        self._clients = clients
        self._choice = choice
        self._limit = limit
        self._output = output
        self._notes = notes
        self._received = 0
        self._chosen = 0
        self._came_back = 0
        self._missing = set(choice.message_ids)

    def look(self) -> int:
        """Show the letters by cause; return the exit status."""
        letters = self._read()
        self._tell(count_lines(self._queue, looked_at=len(letters), limit=self._limit))
        chosen = self._choose(letters)
        self._tell(cause_lines(chosen))
        if chosen:
            self._tell(["", *_HINTS])
        return self._status()

    def show(self) -> int:
        """Print each letter as one line of JSON; return the exit status."""
        letters = self._read()
        self._note(count_lines(self._queue, looked_at=len(letters), limit=self._limit))
        self._tell(json.dumps(letter_as_json(letter)) for letter in self._choose(letters))
        return self._status()

    def move(self, *, to: str | None, ask: Callable[[str], bool] | None) -> int:
        """Move the letters; return the exit status.

        :param to: where, instead of where they belong.
        :param ask: asks a person; ``None`` where there is none.
        """
        finder = DestinationFinder(queue=self._queue, clients=self._clients, to=to)
        letters = self._read()
        self._tell(count_lines(self._queue, looked_at=len(letters), limit=self._limit))
        plan = plan_redrive(self._choose(letters), finder=finder)
        self._tell(plan.lines())
        if self._queue.fifo and plan.steps:
            self._tell(["What comes behind them in their groups goes the same way."])
        if plan.steps and ask is None:
            self._note(["Nothing was moved: nobody is here to be asked. Add --yes to move them."])
            return REFUSED
        if not plan.steps or ask is None or not ask("Move them? [y/N] "):
            self._tell(["Nothing was moved."])
            return REFUSED if self._chosen else self._status()
        return self._carry_out(plan, finder=finder)

    def close(self) -> None:
        """Give back what was received and not moved."""
        failed = self._queue.give_back()
        if failed:
            reason = next(iter(failed.values()))
            self._note([f"{len(failed):,} messages may stay hidden for 15 minutes: {reason}"])

    def _carry_out(self, plan: RedrivePlan, *, finder: DestinationFinder) -> int:
        total = self._queue.counts.visible if self._queue.fifo and self._choice.is_of_all else self._chosen
        progress = Progress(output=self._notes, what="seen to", total=total)
        mover = DeadLetterMover(queue=self._queue, advance=progress.advance)
        next_plan: RedrivePlan | None = plan
        try:
            while next_plan is not None:
                for destination, letters in next_plan.steps.items():
                    mover.move(letters, to=destination)
                for reason, letters in next_plan.unplaced.items():
                    mover.keep(letters, reason)
                next_plan = self._plan_of_what_came_behind(plan, finder=finder, mover=mover)
        finally:
            # Also when it is interrupted.
            progress.end()
            self._tell(outcome_lines(mover, chosen=self._chosen, came_back=self._came_back))
        return self._status() if len(mover.moved) == self._chosen else NOT_ALL

    def _plan_of_what_came_behind(
        self, approved: RedrivePlan, *, finder: DestinationFinder, mover: DeadLetterMover
    ) -> RedrivePlan | None:
        """Look once more into a FIFO queue, which shows only the first of each group."""
        if not self._queue.fifo or self._received >= self._limit:
            return None
        left = self._limit - self._received
        letters = self._queue.read(limit=left, wait=False) or self._queue.read(limit=left)
        self._received += len(letters)
        new = [letter for letter in letters if not mover.has_seen(letter)]
        self._came_back += len(letters) - len(new)
        return plan_redrive(self._choose(new), finder=finder).within(approved) if letters else None

    def _read(self) -> list[DeadLetter]:
        progress = Progress(output=self._notes, what="looked at", total=min(self._queue.counts.visible, self._limit))
        letters = self._queue.read(limit=self._limit, advance=progress.advance)
        self._received += len(letters)
        progress.end()
        return letters

    def _choose(self, letters: list[DeadLetter]) -> list[DeadLetter]:
        self._missing -= {letter.message_id for letter in letters}
        chosen = self._choice.of(letters)
        self._chosen += len(chosen)
        return chosen

    def _status(self) -> int:
        """Say what was asked for and is not there."""
        if self._missing:
            self._note([f"Not found: {', '.join(sorted(self._missing))}. Somebody else may look at it; try again."])
        elif not self._choice.is_of_all and not self._chosen:
            self._note(["No message was chosen: run the command without options to see the causes."])
        else:
            return DONE
        return NOT_ALL if self._chosen else REFUSED

    def _tell(self, lines: Iterable[str]) -> None:
        for line in lines:
            print(line, file=self._output)

    def _note(self, lines: Iterable[str]) -> None:
        for line in lines:
            print(line, file=self._notes)
