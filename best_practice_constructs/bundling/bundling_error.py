"""What is raised where a bundle cannot be built, or a lock not be installed."""

from __future__ import annotations


class BundlingError(RuntimeError):
    """A bundle could not be built; the message names the package and says what to do."""


class LockError(ValueError):
    """A lock that cannot be installed reproducibly; the message says what is wrong and what to run."""
