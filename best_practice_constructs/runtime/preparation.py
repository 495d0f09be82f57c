"""Do at init what the first invocation would wait for: then a function has a whole processor, later a share (L2)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from best_practice_constructs.runtime import environment

RunT = TypeVar("RunT")


def prepared(set_up: Callable[[], RunT], *, create_client: Callable[[], object] | None = None) -> RunT | None:
    """Set a handler up where it is imported by Lambda, and create the client that its first invocation uses.

    :param set_up: makes what handles invocations, from the environment.
    :param create_client: creates the client; ``None`` where not every invocation calls a service.
    :return: what ``set_up`` made; ``None`` outside of Lambda, and where it failed.
    """
    if environment.IN_LAMBDA not in os.environ:
        return None
    try:
        run = set_up()
        if create_client is not None:
            create_client()
    except Exception:  # noqa: BLE001 -- whoever invokes is told, instead of a module that cannot be imported
        return None
    return run
