"""A budget for a function's bundle: its size, and what it does before the first call (L3)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from best_practice_constructs.testing.bundle_measure import BundleMeasure, measure_bundle
from best_practice_constructs.testing.measure_arguments import MeasureArguments

_SHOWN = 8


def assert_bundle_within(
    entry: str | Path,
    *,
    handler: str,
    zipped_bytes: int | None = None,
    import_milliseconds: float | None = None,
    not_imported: Iterable[str] = (),
    recorded: str | Path | None = None,
    runtime: str | None = None,
    architecture: Literal["arm64", "x86_64"] | None = None,
    byte_code: Literal["available", "none"] = "available",
    environment: Mapping[str, str] | None = None,
    repeats: int = 5,
) -> BundleMeasure:
    """Check that a function's bundle keeps to its budget; if it does not, say what grew, and which import brought it.

    One of ``zipped_bytes``, ``import_milliseconds`` and ``not_imported`` at least says what the budget is.

    :param entry: the directory that the construct is given.
    :param handler: module and function, as the construct is given it.
    :param zipped_bytes: the most that the zip file may have, in bytes: the one that is deployed, for the function's
        Python and architecture.
    :param import_milliseconds: the most that loading the handler's module may take, in milliseconds, on the machine
        that runs the test, when nothing is measured beside it; leave room for noise.
    :param not_imported: modules that must not be loaded before the first call, such as ``["pydantic"]``.
    :param recorded: a JSON file of an earlier measure, which what is found is compared with; written if it is not
        there. Keep it under version control, and delete it when growth is wanted. It is of one platform, such as that
        of the pipeline; on others the test compares with nothing.
    :param runtime: Lambda's name of the function's Python, such as ``"python3.13"``; default: that of
        ``ServiceDefaults``.
    :param architecture: Lambda's name of the function's; default: that of ``ServiceDefaults``, ``"arm64"``.
    :param byte_code: as the context ``best-practice-constructs:byte-code`` has it: with ``"available"``, a machine that
        has the function's Python measures more than one that has not; with ``"none"`` both measure the same.
    :param environment: variables that the module reads when it is loaded, such as those that the construct sets.
    :param repeats: how often the module is loaded; the shortest time counts.
    :returns: what was measured.
    :raises AssertionError: the bundle is over its budget.
    :raises InvalidArgumentError: there is no such entry or handler, there is no budget, or something else was given
        that cannot work.
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
    arguments = MeasureArguments("assert_bundle_within")
    arguments.function(entry=entry, handler=handler)
    modules = arguments.budget(
        zipped_bytes=zipped_bytes, import_milliseconds=import_milliseconds, not_imported=not_imported
    )
    arguments.platform(runtime=runtime, architecture=architecture, byte_code=byte_code)
    arguments.runs(environment=environment, repeats=repeats)
    record = arguments.record(recorded)
    before = _read(record, handler=handler, arguments=arguments) if record and record.exists() else None
    measure = measure_bundle(
        entry,
        handler=handler,
        runtime=runtime,
        architecture=architecture,
        byte_code=byte_code,
        environment=environment,
        repeats=repeats,
    )
    if before is not None and (before.platform, before.loaded_on) != (measure.platform, measure.loaded_on):
        record = before = None
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
    for module in modules:
        if module in measure.imports:
            overruns.append(f"it loads {module} before the first call: {_chain(measure.imports[module])}")
    if overruns:
        raise AssertionError("\n  ".join([f"The bundle of {handler} is over its budget:", *overruns]))
    if record and before is None:
        _write(record, measure)
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


def _read(file: Path, *, handler: str, arguments: MeasureArguments) -> BundleMeasure:
    try:
        recorded = json.loads(file.read_text(encoding="utf-8"))
        before = BundleMeasure(
            handler=recorded["handler"],
            platform=recorded["platform"],
            loaded_on=recorded["loaded_on"],
            zipped_bytes=recorded["zipped_bytes"],
            packages=recorded["packages"],
            import_milliseconds=recorded["import_milliseconds"],
            imports={module: tuple(chain) for module, chain in recorded["imports"].items()},
            import_costs=recorded["import_costs"],
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        raise arguments.unreadable_record(
            file, "the file is no record of a measure, or one of an older version"
        ) from None
    if before.handler != handler:
        raise arguments.unreadable_record(file, f"the file is the record of another function, {before.handler}")
    return before


def _write(file: Path, measure: BundleMeasure) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    recorded = {
        "handler": measure.handler,
        "platform": measure.platform,
        "loaded_on": measure.loaded_on,
        "zipped_bytes": measure.zipped_bytes,
        "import_milliseconds": round(measure.import_milliseconds, 1),
        "packages": dict(measure.packages),
        "imports": {module: list(chain) for module, chain in measure.imports.items()},
        "import_costs": dict(measure.import_costs),
    }
    file.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
