"""What synthesizing the whole example takes."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.measuring import ROOT, figures_of, in_turns, wall_seconds

_MODULES = """
import json, sys
import app
app.main()
modules = [name for name in sys.modules if name.partition(".")[0] in ("aws_cdk", "constructs")]
print()
print(json.dumps({"modules": sorted(modules)}))
"""
_EMPTY = """
import importlib, sys
for module in sys.argv[1:]:
    importlib.import_module(module)
from aws_cdk import App
App().synth()
"""


def measure(effort: Effort) -> Sequence[Comparison]:
    """Measure whole processes, Python's and Node.js's start included."""
    with tempfile.TemporaryDirectory() as temporary:
        environment = {
            "CDK_VALIDATION": "false",
            # As the CDK's command line gives it to the app.
            "CDK_CONTEXT_JSON": json.dumps(json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]),
            "BEST_PRACTICE_CONSTRUCTS_CACHE": str(Path(temporary, "cache")),
            "CDK_OUTDIR": str(Path(temporary, "cdk.out")),
        }
        modules = cast("list[str]", figures_of(["-c", _MODULES], environment=environment)["modules"])
        ours, theirs = in_turns(
            lambda: [wall_seconds([sys.executable, "app.py"], environment=environment)],
            lambda: [wall_seconds([sys.executable, "-c", _EMPTY, *modules], environment=environment)],
            rounds=effort.choose(5, quick=1),
        )
    return [Comparison(name="python app.py", unit="s", ours=ours[0], theirs=theirs[0], target=Target(most=1.5))]


BENCHMARK = Benchmark(
    name="example_synth",
    title="python app.py of the order/invoice example, the CDK's built-in validation off",
    against="importing the same modules of aws_cdk, and synthesizing an empty app",
    measure=measure,
    reasons={
        "python app.py": (
            "constructs and properties cross from Python to the CDK's Node.js process, 0.2 to 0.35 ms each; an empty "
            "app has none of them. Constructs pass complete properties once and read nothing back that they know. "
            "Tried: a third of the calls for each consumer; what handlers reach and which interpreters there are is "
            "remembered from synth to synth; a stack is asked once for what holds for all its functions."
        ),
    },
    notes=(
        "Wall time of fresh processes, Node.js included; functions are bundled before, so that bundles come from the "
        "cache and only their sources are read."
    ),
)
