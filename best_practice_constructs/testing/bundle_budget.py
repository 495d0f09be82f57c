"""A budget for a function's bundle: its size, and what it does before the first call (L3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from best_practice_constructs.testing.bundle_measure import BundleMeasure, measure_bundle

_SHOWN = 8


def assert_bundle_within(
    entry: str | Path,
    *,
    handler: str,
    zipped_bytes: int | None = None,
    import_milliseconds: float | None = None,
    not_imported: Sequence[str] = (),
    recorded: Path | None = None,
    environment: Mapping[str, str] | None = None,
    repeats: int = 5,
) -> BundleMeasure:
    """Check that a function's bundle keeps to its budget; if it does not, say what grew, and which import brought it.

    :param entry: the directory that the construct is given.
    :param handler: module and function, as the construct is given it.
    :param zipped_bytes: the most that the zip file may have, in bytes.
    :param import_milliseconds: the most that loading the handler's module may take, in milliseconds, on the machine
        that runs the test, when nothing is measured beside it; leave room for noise.
    :param not_imported: modules that must not be loaded before the first call, such as ``"pydantic"``.
    :param recorded: a JSON file of an earlier measure, which what is found is compared with; written if it is not
        there. Keep it under version control, and delete it when growth is wanted. It is of one platform, such as that
        of the pipeline; on others the test compares with nothing.
    :param environment: variables that the module reads when it is loaded, such as those that the construct sets.
    :param repeats: how often the module is loaded; the shortest time counts.
    :returns: what was measured.
    :raises AssertionError: the bundle is over its budget.
    :raises BundlingError: the bundle cannot be built.
    :raises LockError: the entry's dependencies are not locked.
    :raises ImportFailedError: the handler's module cannot be loaded.

    ```python
    from best_practice_constructs.testing import assert_bundle_within

    assert_bundle_within(
        "examples/order_invoice/services",
        handler="invoices.issue_invoice.handler",
        zipped_bytes=5_000_000,
        not_imported=["pydantic", "boto3.resources"],
    )
    ```
    """
    measure = measure_bundle(entry, handler=handler, environment=environment, repeats=repeats)
    before = _read(recorded) if recorded and recorded.exists() else None
    if before is not None and before.platform != measure.platform:
        recorded = before = None
    overruns: list[str] = []
    if zipped_bytes is not None and measure.zipped_bytes > zipped_bytes:
        over = f"its zip file has {measure.zipped_bytes:,} bytes, and zipped_bytes={zipped_bytes:,}"
        overruns += [over, *_grown_packages(measure, before)]
    if import_milliseconds is not None and measure.import_milliseconds > import_milliseconds:
        took = f"{measure.import_milliseconds:,.0f} ms"
        overruns += [
            f"loading it takes {took}, the shortest of {repeats} times, and import_milliseconds={import_milliseconds}",
            *_grown_imports(measure, before),
        ]
    for module in not_imported:
        if module in measure.imports:
            overruns.append(f"it loads {module} before the first call: {_chain(measure.imports[module])}")
    if overruns:
        raise AssertionError("\n  ".join([f"The bundle of {handler} is over its budget:", *overruns]))
    if recorded and before is None:
        _write(recorded, measure)
    return measure


def _grown_packages(measure: BundleMeasure, before: BundleMeasure | None) -> Iterator[str]:
    for name, size in _grown(measure.packages, before.packages if before else None):
        brought_by = next((chain for module, chain in measure.imports.items() if module == name), None)
        why = _chain(brought_by) if brought_by else "not loaded before the first call"
        yield f"  {size:>+11,.0f} bytes  {name}: {why}" if before else f"  {size:>11,.0f} bytes  {name}: {why}"


def _grown_imports(measure: BundleMeasure, before: BundleMeasure | None) -> Iterator[str]:
    for name, cost in _grown(measure.import_costs, before.import_costs if before else None):
        if len(measure.imports[name]) == 1:
            continue
        shown = f"{cost:>+8.1f}" if before else f"{cost:>8.1f}"
        yield f"  {shown} ms  {name}: {_chain(measure.imports[name])}"


def _grown(now: Mapping[str, float], before: Mapping[str, float] | None) -> list[tuple[str, float]]:
    """Give what grew the most; where nothing was recorded, what is the largest."""
    growth = now if before is None else {name: value - before.get(name, 0) for name, value in now.items()}
    largest = sorted(growth.items(), key=lambda each: (-each[1], each[0]))
    return [(name, value) for name, value in largest[:_SHOWN] if value > 0]


def _chain(modules: Sequence[str]) -> str:
    return " → ".join(modules)


def _read(file: Path) -> BundleMeasure:
    recorded = json.loads(file.read_text(encoding="utf-8"))
    return BundleMeasure(
        handler=recorded["handler"],
        platform=recorded["platform"],
        zipped_bytes=recorded["zipped_bytes"],
        packages=recorded["packages"],
        import_milliseconds=recorded["import_milliseconds"],
        imports={module: tuple(chain) for module, chain in recorded["imports"].items()},
        import_costs=recorded["import_costs"],
    )


def _write(file: Path, measure: BundleMeasure) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    recorded = {
        "handler": measure.handler,
        "platform": measure.platform,
        "zipped_bytes": measure.zipped_bytes,
        "import_milliseconds": round(measure.import_milliseconds, 1),
        "packages": dict(measure.packages),
        "imports": {module: list(chain) for module, chain in measure.imports.items()},
        "import_costs": dict(measure.import_costs),
    }
    file.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
