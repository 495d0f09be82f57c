"""How large the invoice consumer's bundle is."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.bundles import as_zip, construct_bundle, install_with_pip, without_what_lambda_has, zipped

_CAREFUL = "by hand with botocore left to Lambda"


def measure(effort: Effort) -> Sequence[Comparison]:  # noqa: ARG001 -- sizes do not vary
    """Make the zips, and weigh them."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        ours = _kilobytes(as_zip(construct_bundle(cache=directory / "cache").path, file=directory / "ours.zip"))

        def by_hand(name: str, *, compile_modules: bool) -> tuple[float, float]:
            """Weigh what pip installs, and the same with botocore left to Lambda."""
            installed = directory / name
            install_with_pip(installed, compile_modules=compile_modules)
            whole = _kilobytes(zipped(installed, file=directory / f"{name}.zip"))
            without_what_lambda_has(installed)
            return whole, _kilobytes(zipped(installed, file=directory / f"{name}-careful.zip"))

        compiled, careful_compiled = by_hand("compiled", compile_modules=True)
        sources, careful_sources = by_hand("sources", compile_modules=False)
    return [
        Comparison(name="zipped", unit="kB", ours=(ours,), theirs=(compiled,), target=Target(most=0.6)),
        Comparison(name="zipped, by hand without byte code", unit="kB", ours=(ours,), theirs=(sources,)),
        Comparison(name=f"zipped, {_CAREFUL}", unit="kB", ours=(ours,), theirs=(careful_compiled,)),
        Comparison(name=f"zipped, {_CAREFUL} and no byte code", unit="kB", ours=(ours,), theirs=(careful_sources,)),
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
        "Lambda, which has them. So does a careful user, by taking them out after the installation: the rows with "
        "botocore left to Lambda. Those packages are smaller than the construct's, which holds the same libraries, its "
        "own runtime beside, and byte code."
    ),
)
