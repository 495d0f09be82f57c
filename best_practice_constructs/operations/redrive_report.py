"""What the redrive command says: how full the queue is, its causes, its messages, and what became of them."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from best_practice_constructs.operations.cause_group import cause_groups
from best_practice_constructs.operations.dead_letter import DeadLetter
from best_practice_constructs.operations.dead_letter_moving import DeadLetterMover
from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue

_MOST_CAUSES = 40


def count_lines(queue: DeadLetterQueue, *, looked_at: int, limit: int) -> Iterator[str]:
    """Say how many messages a queue has, and how many of them were looked at."""
    counts = queue.counts
    hidden = f", and {counts.hidden:,} that are hidden for now (somebody else looks at them)" if counts.hidden else ""
    yield f"{queue.name} has about {counts.visible:,} messages{hidden}; looked at {looked_at:,}."
    if looked_at >= limit:
        yield f"There may be more: --limit {limit * 10} looks at more."
    elif queue.fifo and looked_at < counts.visible:
        yield "Of a FIFO queue only the first messages of each group can be seen, until those are moved."


def cause_lines(letters: Sequence[DeadLetter]) -> Iterator[str]:
    """Say why the letters are there, by cause."""
    groups = cause_groups(letters)
    for group in groups[:_MOST_CAUSES]:
        yield ""
        yield from group.lines()
    if others := groups[_MOST_CAUSES:]:
        yield ""
        yield f"{sum(len(group.letters) for group in others):>7,} × {len(others)} other causes: see --show"


def letter_as_json(letter: DeadLetter) -> dict[str, object]:
    """Give all that is known of a letter, as JSON takes it."""
    return {
        "message_id": letter.message_id,
        "kind": letter.kind.value,
        "cause": letter.cause,
        "failed_at": letter.failed_at.isoformat(),
        "function": letter.function,
        "event_type": letter.event_type,
        "body": letter.body,
        "attributes": {name: _attribute(each) for name, each in letter.attributes.items()},
        "system_attributes": dict(letter.system_attributes),
    }


def outcome_lines(mover: DeadLetterMover, *, chosen: int, came_back: int) -> Iterator[str]:
    """Say what became of the letters that were chosen."""
    yield f"Moved {len(mover.moved):,} of {chosen:,} messages."
    for reason, names in _by_reason(mover.kept).items():
        yield f"{len(names):>7,} stay, such as {names[0]}: {reason}"
    for reason, names in _by_reason(mover.copied).items():
        yield (
            f"{len(names):>7,} were accepted, such as {names[0]}, and could not be deleted here: {reason}. The next "
            "--move would send them once more."
        )
    untouched = chosen - len(mover.moved) - len(mover.kept) - len(mover.copied)
    if untouched:
        yield f"{untouched:>7,} stay: they were not tried"
    if came_back:
        yield f"{came_back:>7,} failed once more and came back while this ran; they were not moved again."


def _by_reason(reasons: Mapping[str, str]) -> Mapping[str, list[str]]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, reason in reasons.items():
        names[reason].append(name)
    return names


def _attribute(attribute: Mapping[str, object]) -> object:
    binary = attribute.get("BinaryValue")
    return {"base64": base64.b64encode(binary).decode()} if isinstance(binary, bytes) else attribute.get("StringValue")
