"""How the operators' commands are called: in alarms, errors and helps alike."""

from __future__ import annotations

REDRIVE = "python -m best_practice_constructs.operations.redrive"
"""Shows what is in a dead-letter queue, and moves it back."""
REPLAY_ARCHIVE = "python -m best_practice_constructs.operations.replay_archive"
"""Replays what an archive kept, to one rule."""
FAILED_STREAM_RECORDS = "python -m best_practice_constructs.operations.failed_stream_records"
"""Fetches back what a stream consumer or a pipe gave up."""
POWER_TUNING = "python -m best_practice_constructs.operations.power_tuning"
"""Runs a power tuning, and shows what it found."""
