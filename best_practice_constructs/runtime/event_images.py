"""The fields of an event that hold what an item was and is."""

from __future__ import annotations

from best_practice_constructs.runtime.event_fields import MAPPINGS, field_members, whole_event

BEFORE, AFTER = "before", "after"


def image_fields(event_class: type) -> tuple[str, ...]:
    """Give the names of the fields that are filled from a whole image: ``before`` and ``after``, where they are nested.

    A field of another type is an attribute that happens to be called so.
    """
    members = field_members(whole_event(event_class))
    return tuple(
        name
        for name in (BEFORE, AFTER)
        if (field := members.get(name)) is not None
        and not field.lists
        and (field.is_nested or any(each in MAPPINGS for each in field.types))
    )
