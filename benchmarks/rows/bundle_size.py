"""How large the invoice consumer's bundle is."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.bundles import as_zip, construct_bundle, install_with_pip, zipped


def measure(effort: Effort) -> Sequence[Comparison]:  # noqa: ARG001 -- sizes do not vary
    """Make the zips, and weigh them."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        ours = _kilobytes(as_zip(construct_bundle(cache=directory / "cache").path, file=directory / "ours.zip"))
        install_with_pip(directory / "by-hand")
        by_hand = _kilobytes(zipped(directory / "by-hand", file=directory / "by-hand.zip"))
        install_with_pip(directory / "sources", compile_modules=False)
        sources = _kilobytes(zipped(directory / "sources", file=directory / "sources.zip"))
    return [
        Comparison(name="zipped", unit="kB", ours=(ours,), theirs=(by_hand,), target=Target(most=0.6)),
        Comparison(name="zipped, by hand without byte code", unit="kB", ours=(ours,), theirs=(sources,)),
    ]


def _kilobytes(file: Path) -> float:
    return file.stat().st_size / 1000


BENCHMARK = Benchmark(
    name="bundle_size",
    title="Zipped size of the invoice consumer's bundle",
    against="the same handler by hand: pip install --target of Powertools with its tracer, zipped",
    measure=measure,
    notes=(
        "For this machine's platform, deflated as Python's zipfile does by default. pip writes byte code, and "
        "installs the botocore that the X-Ray SDK asks for; the construct's bundle leaves boto3 and botocore to "
        "Lambda, which has them."
    ),
)
