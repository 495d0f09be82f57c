"""What is raised where a bundle cannot be built."""

from __future__ import annotations


class BundlingError(RuntimeError):
    """A bundle could not be built; the message names the package and says what to do."""
