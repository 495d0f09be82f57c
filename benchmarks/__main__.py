"""Runs the benchmarks: ``make bench``, ``make bench ARGS="cold_import"``, ``make bench ARGS="--quick"``.

A run of all of them writes ``RESULTS.md`` and the plots.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

# jsii's process inherits the environment when aws_cdk is first imported: the slow validation is not what is measured.
os.environ.setdefault("CDK_VALIDATION", "false")

from benchmarks.benchmark import Effort, Result
from benchmarks.machine import circumstances
from benchmarks.report import in_terminal, page
from benchmarks.rows import NAMES, benchmark

_HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, measure, print; write the page where all were measured in earnest."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="benchmark", help=f"which to run (default: all): {', '.join(NAMES)}"
    )
    parser.add_argument("--quick", action="store_true", help="few rounds: shows that they work, and measures nothing")
    parser.add_argument(
        "--output", type=Path, help="write RESULTS.md and plots/ below this directory, whatever was run"
    )
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.names) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}: choose of {', '.join(NAMES)}")
    is_whole = not chosen.names and not chosen.quick
    results: list[Result] = []
    failed: list[str] = []
    for name in chosen.names or NAMES:
        try:
            results.append(_run(name, Effort(is_quick=chosen.quick)))
        except RuntimeError as error:
            # The others take minutes, and are worth knowing.
            print(f"{name} could not be measured: {error}\n", file=sys.stderr, flush=True)
            failed.append(name)
    if failed:
        print(f"Nothing is written, as these could not be measured: {', '.join(failed)}", file=sys.stderr)
        return 1
    output = chosen.output or (_HERE if is_whole else None)
    if output is not None:
        _write(results, output=output)
    return 0


def _run(name: str, effort: Effort) -> Result:
    subject = benchmark(name)
    print(f"{name} …", file=sys.stderr, flush=True)
    start = time.monotonic()
    comparisons = tuple(subject.measure(effort))
    result = Result(benchmark=subject, comparisons=comparisons, seconds=time.monotonic() - start)
    print(f"{in_terminal(result)}\n  took {result.seconds:.0f} s\n", flush=True)
    return result


def _write(results: Sequence[Result], *, output: Path) -> None:
    # Whoever wants figures only needs no matplotlib.
    from benchmarks.plots import write_plot

    plots = output / "plots"
    plots.mkdir(parents=True, exist_ok=True)
    for result in results:
        write_plot(result, directory=plots)
    (output / "RESULTS.md").write_text(page(results, circumstances=circumstances()), "utf-8")
    print(f"Written: {output / 'RESULTS.md'}")


if __name__ == "__main__":
    sys.exit(main())
