"""Whether a declared action is written as IAM has it, by botocore's operations (C2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches

from best_practice_constructs.audit.sdk_calls.service_actions import actions_of, further_actions, services_with_prefix
from best_practice_constructs.audit.sdk_calls.service_model import operations, services

# Whole words more or less make another action, which no operation may be named after.
_MOST_CHANGES = 2
_LONG_PREFIX = 7
_SHORT_PREFIX = 4


def right_actions(action: str) -> tuple[str, ...]:
    """Give what an action has to be in place of what is written; nothing where it is right, or where nobody knows.

    :param action: such as ``dynamodb:put_item``, an operation's or a method's name, or one with a slip.
    """
    prefix, _, name = action.partition(":")
    found = services_with_prefix(prefix)
    if not found:
        close = _closest(prefix, services(), most=_changes_of_prefix(prefix))
        return (f"{close}:{name}",) if close else ()
    known = set(_actions(found))
    if action.lower() in {each.lower() for each in (*known, *further_actions())}:
        return ()
    for service in found:
        for method, names in operations(service).items():
            if name.lower() in (method, *map(str.lower, names)):
                return tuple(each for operation in names for each in actions_of(service, operation))
    close = _closest(name, {each.partition(":")[2] for each in known}, most=_MOST_CHANGES)
    return (f"{prefix}:{close}",) if close else ()


def _actions(found: Iterable[str]) -> Iterator[str]:
    for service in found:
        for names in operations(service).values():
            for operation in names:
                yield from actions_of(service, operation)


def _changes_of_prefix(prefix: str) -> int:
    if len(prefix) < _SHORT_PREFIX:
        return 0
    return 1 if len(prefix) < _LONG_PREFIX else _MOST_CHANGES


def _closest(name: str, known: Iterable[str], *, most: int) -> str | None:
    """Give what differs from a name by a few letters."""
    for close in get_close_matches(name, sorted(known), n=1, cutoff=0.7):
        steps = SequenceMatcher(None, name, close).get_opcodes()
        changes = sum(max(to - begin, other - start) for step, begin, to, start, other in steps if step != "equal")
        return close if 0 < changes <= most else None
    return None
