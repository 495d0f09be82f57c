"""What a redrive would do, before anything is sent: which dead letters go where, and which cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from best_practice_constructs.operations.dead_letter import DeadLetter
from best_practice_constructs.operations.destination_finder import DestinationFinder
from best_practice_constructs.operations.queue_address import RedriveError
from best_practice_constructs.operations.redrive_destination import Destination


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which dead letters a person wants.

    :param causes: those whose cause contains one of these texts; empty for any.
    :param message_ids: those with one of these ids; empty for any.
    """

    causes: Sequence[str] = ()
    message_ids: Sequence[str] = ()

    @property
    def is_of_all(self) -> bool:
        """Whether every letter is wanted."""
        return not self.causes and not self.message_ids

    def of(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        """Give those that are wanted."""
        return [letter for letter in letters if self._wants(letter)]

    def _wants(self, letter: DeadLetter) -> bool:
        is_by_cause = not self.causes or any(letter.matches(cause) for cause in self.causes)
        return is_by_cause and (not self.message_ids or letter.message_id in self.message_ids)


@dataclass(frozen=True, kw_only=True)
class RedrivePlan:
    """Which dead letters go where.

    :param steps: the letters of each destination, in their order.
    :param unplaced: the letters that cannot be sent, by the reason.
    """

    steps: Mapping[Destination, Sequence[DeadLetter]]
    unplaced: Mapping[str, Sequence[DeadLetter]]

    def lines(self) -> Iterator[str]:
        """Say it."""
        for destination, letters in self.steps.items():
            yield f"{len(letters):>7,} → {destination.label}"
        for reason, letters in self.unplaced.items():
            yield f"{len(letters):>7,} stay: {reason}"

    def within(self, approved: RedrivePlan) -> RedrivePlan:
        """Give this plan without the destinations that an earlier one, which a person has agreed to, did not have."""
        steps = {destination: letters for destination, letters in self.steps.items() if destination in approved.steps}
        others = {
            f"nobody was asked whether it may go to {destination.label}: run the command again": letters
            for destination, letters in self.steps.items()
            if destination not in approved.steps
        }
        return RedrivePlan(steps=steps, unplaced={**self.unplaced, **others})


def plan_redrive(letters: Sequence[DeadLetter], *, finder: DestinationFinder) -> RedrivePlan:
    """Find out where each letter goes; nothing is sent."""
    steps: defaultdict[Destination, list[DeadLetter]] = defaultdict(list)
    unplaced: defaultdict[str, list[DeadLetter]] = defaultdict(list)
    for letter in letters:
        try:
            steps[finder.destination_of(letter)].append(letter)
        except RedriveError as error:
            unplaced[str(error)].append(letter)
    return RedrivePlan(steps=steps, unplaced=unplaced)
