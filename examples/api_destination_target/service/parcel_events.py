"""What the parcel service tells."""

from __future__ import annotations

from datetime import datetime

from best_practice_constructs.runtime import Event, EventSource

parcels = EventSource("com.example.parcels")


@parcels.event
class ParcelSent(Event):
    """A parcel is on its way."""

    parcel_id: str
    country: str
    weight_in_grams: int
    sent_at: datetime
