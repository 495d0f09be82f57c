"""The patterns of a pipe's filters: only changes that have the images which the template needs (H5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs import IConstruct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.kept_images import NEW_IMAGE, OLD_IMAGE

EVERY_KIND = ("INSERT", "MODIFY", "REMOVE")
_WITHOUT = {"INSERT": OLD_IMAGE, "REMOVE": NEW_IMAGE}

Pattern = Mapping[str, object]


def named_kinds(scope: IConstruct, patterns: Sequence[Pattern]) -> frozenset[str] | None:
    """Give the kinds of changes that the patterns name, together; ``None`` where one leaves them open.

    :raises InvalidArgumentError: a pattern names them otherwise than by a list.
    """
    found: set[str] = set()
    for each in patterns:
        if "eventName" not in each:
            return None
        found.update(_kinds(scope, each))
    return frozenset(found) or None


def complete_patterns(
    scope: IConstruct, patterns: Sequence[Pattern], *, images: frozenset[str], event: type
) -> list[dict[str, object]]:
    """Add to each pattern that leaves it open the kinds of changes that have these images.

    :raises InvalidArgumentError: a pattern names a kind that lacks one of them.
    """
    possible = [kind for kind in EVERY_KIND if _WITHOUT.get(kind) not in images]
    completed: list[dict[str, object]] = []
    for each in patterns or ({},):
        kinds = _kinds(scope, each) if "eventName" in each else possible
        impossible = [kind for kind in kinds if kind not in possible]
        if impossible:
            kind = impossible[0]
            raise InvalidArgumentError(
                scope,
                given=f"a filter for {kind} with {event.__name__}",
                reason=f"the event is filled from {_WITHOUT[kind]}, which the record of that kind does not have",
                remedy=f"filter for {', '.join(possible)}, each kind with an event of its own"
                if possible
                else "take one of before and after out of the event",
            )
        completed.append({**each, "eventName": list(kinds)})
    return completed


def _kinds(scope: IConstruct, each: Pattern) -> list[str]:
    kinds = each["eventName"]
    if not isinstance(kinds, list | tuple) or not kinds or not all(kind in EVERY_KIND for kind in kinds):
        raise InvalidArgumentError(
            scope,
            given=f"the filter {dict(each)!r}",
            reason="the kinds of changes decide which images the event can be filled from",
            remedy="name them with FilterRule.is_equal or or_, of INSERT, MODIFY and REMOVE",
        )
    return [str(kind) for kind in kinds]
