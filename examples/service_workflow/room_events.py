"""The event that a workflow is started by."""

from __future__ import annotations

from best_practice_constructs.runtime import Event, EventSource

rooms = EventSource("com.example.rooms")


@rooms.event
class RoomRequested(Event):
    """A guest asked for a room."""

    booking_id: str
    room: str
