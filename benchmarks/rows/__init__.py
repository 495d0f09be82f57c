"""The rows of the table, a file each; loaded by name, so that each runs alone."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from benchmarks.benchmark import Benchmark

NAMES = (
    "queue_consumer_synth",
    "example_synth",
    "cold_import",
    "package_import",
    "bundle_size",
    "record_processing",
    "round_trips",
    "bundling",
    "unit_tests",
    "event_codec",
    "direct_route",
)
"""All of them, in the order of the table."""


def benchmark(name: str) -> Benchmark:
    """Load a row."""
    return cast(Benchmark, import_module(f"{__name__}.{name}").BENCHMARK)
