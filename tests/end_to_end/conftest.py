"""One emulator for all end-to-end tests; each module deploys a copy of the system of its own into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from best_practice_constructs.local import LocalStage


@pytest.fixture(scope="session")
def embedded_stage() -> Iterator[LocalStage]:
    """A running emulator without anything deployed."""
    with LocalStage() as stage:
        yield stage
