"""Values of an event, named where a request to somebody else is put together from them (E5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

DATA = ("detail", "data")
METADATA = ("detail", "metadata")


@dataclass(frozen=True, kw_only=True)
class EventValue:
    """A value of each event; made by :func:`from_data`, :func:`from_metadata` and :func:`from_event`.

    :param path: the names that lead to it from the event.
    """

    path: tuple[str, ...]

    @property
    def json_path(self) -> str:
        """Where EventBridge looks."""
        return f"$.{'.'.join(self.path)}"


BodyValue: TypeAlias = "EventValue | str | int | float | bool | Sequence[BodyValue] | Mapping[str, BodyValue] | None"
"""What a body may hold: values of the event, and constants, in lists and objects."""


def from_data(field: str) -> EventValue:
    """Name a field of the event's data: ``from_data("total")``, ``from_data("customer.country")``."""
    return EventValue(path=(*DATA, *field.split(".")))


def from_metadata(field: str) -> EventValue:
    """Name a field of the event's metadata: ``from_metadata("event_id")``."""
    return EventValue(path=(*METADATA, *field.split(".")))


def from_event(path: str) -> EventValue:
    """Name any value of the event, also of one that is not declared: ``from_event("detail.object.key")``."""
    return EventValue(path=tuple(path.removeprefix("$.").split(".")))
