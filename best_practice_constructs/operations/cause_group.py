"""Dead letters of one cause, as a person reads of them at night: how many, since when, of what, one to look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from best_practice_constructs.operations.dead_letter import DeadLetter, DeadLetterKind

_MOST_EVENT_TYPES = 4


@dataclass(frozen=True, kw_only=True)
class CauseGroup:
    """Dead letters of the same cause, function and sender.

    :param letters: one at least, in their order.
    """

    letters: Sequence[DeadLetter]

    @property
    def cause(self) -> str:
        """The cause; where it differs from message to message, without what differs."""
        first = self.letters[0]
        is_same = all(letter.cause == first.cause for letter in self.letters)
        return first.cause if is_same else first.cause_pattern

    @property
    def oldest(self) -> datetime:
        """When the first of them failed."""
        return min(letter.failed_at for letter in self.letters)

    @property
    def newest(self) -> datetime:
        """When the last of them failed."""
        return max(letter.failed_at for letter in self.letters)

    def lines(self) -> Iterator[str]:
        """Describe the group: the cause on a line of its own, however long it is, then what is known beside."""
        first = self.letters[0]
        yield f"{len(self.letters):>7,} × {self.cause}"
        when = "sent" if first.kind is DeadLetterKind.MESSAGE_WITHOUT_CAUSE else "failed"
        times = dict.fromkeys([_moment(self.oldest), _moment(self.newest)])
        yield _line(when, " … ".join(times))
        if first.function:
            yield _line("function", first.function)
        if rule := first.text("RULE_ARN"):
            yield _line("rule", f"{rule} → {first.text('TARGET_ARN')}")
        if event_types := self._event_types():
            yield _line("event", event_types)
        if repeats := self._repeats():
            yield _line("repeats", repeats)
        yield _line("example", first.message_id)

    def _repeats(self) -> str:
        """Say whether an event lies there more than once: a stream's batch that is retried tells its events again."""
        ids = {letter.event_id for letter in self.letters}
        if None in ids or len(ids) == len(self.letters):
            return ""
        events = "one event" if len(ids) == 1 else f"{len(ids):,} different events"
        return f"{events} in {len(self.letters):,} messages: the others tell the same once more"

    def _event_types(self) -> str:
        counts = Counter(letter.event_type for letter in self.letters if letter.event_type)
        if len(counts) == 1 and counts.total() == len(self.letters):
            return next(iter(counts))
        told = [
            f"{name} in {count:,} messages" if count > 1 else f"{name} in one message"
            for name, count in counts.most_common(_MOST_EVENT_TYPES)
        ]
        others = len(counts) - len(told)
        return ", ".join(told) + (f", and {others} others" if others > 0 else "")


def cause_groups(letters: Sequence[DeadLetter]) -> list[CauseGroup]:
    """Group dead letters by their cause, the most frequent first."""
    found: defaultdict[tuple[object, ...], list[DeadLetter]] = defaultdict(list)
    for letter in letters:
        place = (letter.function, letter.text("RULE_ARN"), letter.text("TARGET_ARN"))
        found[letter.kind, letter.cause_pattern, *place].append(letter)
    groups = [CauseGroup(letters=each) for each in found.values()]
    return sorted(groups, key=lambda group: (-len(group.letters), group.cause))


def _line(name: str, value: str) -> str:
    return f"          {name:<9} {value}"


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
