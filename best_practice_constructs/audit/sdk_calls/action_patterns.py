"""What a pattern of a statement allows, such as ``dynamodb:Get*`` (C2)."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from best_practice_constructs.audit.sdk_calls.service_actions import actions_of, further_actions
from best_practice_constructs.audit.sdk_calls.service_model import operations, services


def matches(pattern: str, action: str) -> bool:
    """Tell whether a pattern, or an action, is or holds an action."""
    return fnmatchcase(action.lower(), pattern.lower())


def actions_like(pattern: str) -> Iterator[str]:
    """Give the actions of the SDK's operations that a pattern holds: none where it is no pattern.

    The services whose names the pattern begins with come first, as reading the data of all takes seconds.
    """
    if not {"*", "?"} & set(pattern):
        return
    prefix = pattern.partition(":")[0].lower()
    given: set[str] = set()
    for service in sorted(services(), key=lambda name: (not matches(prefix, name), name)):
        for names in operations(service).values():
            for action in (each for name in names for each in actions_of(service, name)):
                if action not in given and matches(pattern, action):
                    given.add(action)
                    yield action
    yield from (each for each in further_actions() if each not in given and matches(pattern, each))
