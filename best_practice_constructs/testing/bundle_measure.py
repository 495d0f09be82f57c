"""How large a function's bundle is, what it loads before the first call, and how long that takes (L3)."""

from __future__ import annotations

import importlib.util
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import source_from_cache
from pathlib import Path
from typing import Literal

from best_practice_constructs.bundling.bundle import bundle
from best_practice_constructs.bundling.bundle_platform import BundlePlatform
from best_practice_constructs.bundling.bundle_sources import bundle_sources
from best_practice_constructs.bundling.dependency_lock import read_lock
from best_practice_constructs.bundling.interpreter import interpreter_of
from best_practice_constructs.testing.import_trace import import_milliseconds, trace_imports
from best_practice_constructs.testing.measure_arguments import MeasureArguments

# What Lambda's Python holds beside the standard library.
_PROVIDED_MODULES = ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "jmespath", "six")


@dataclass(frozen=True, kw_only=True)
class BundleMeasure:
    """What was measured of a function's bundle.

    :param handler: module and function.
    :param platform: what it was built for, and whether it holds byte code: sizes of two platforms cannot be compared.
    :param loaded_on: the platform that its modules were loaded on, this machine's: nor can times of two.
    :param zipped_bytes: the size of the zip file.
    :param packages: the zipped size of each top-level package, in bytes.
    :param import_milliseconds: how long a fresh process takes to load the handler's module.
    :param imports: of each module that is loaded: which module imported it, from the handler's to itself.
    :param import_costs: of each module that is loaded: milliseconds, with what it imports first, as traced.
    """

    handler: str
    platform: str
    loaded_on: str
    zipped_bytes: int
    packages: Mapping[str, int]
    import_milliseconds: float
    imports: Mapping[str, tuple[str, ...]]
    import_costs: Mapping[str, float]


def measure_bundle(
    entry: str | Path,
    *,
    handler: str,
    runtime: str | None = None,
    architecture: Literal["arm64", "x86_64"] | None = None,
    byte_code: Literal["available", "none"] = "available",
    environment: Mapping[str, str] | None = None,
    repeats: int = 5,
) -> BundleMeasure:
    """Build a function's bundle, as the constructs do, and measure it: its size for Lambda, what is loaded of it here.

    The size is that of the zip file that is deployed: for the function's Python and architecture, with byte code where
    an interpreter of that Python is on this machine. A machine without it measures less. What is loaded is told by the
    bundle for this machine, as the other cannot run here. Its modules are loaded in fresh processes that see the bundle
    and, as in Lambda, boto3 and what that needs, nothing else that is installed, with the variables that Lambda sets by
    itself. Times are this machine's: Lambda's are longer, the fewer megabytes of memory the longer.

    :param entry: the directory that the construct is given.
    :param handler: module and function, as the construct is given it.
    :param runtime: Lambda's name of the function's Python, such as ``"python3.13"``; default: that of
        ``ServiceDefaults``.
    :param architecture: Lambda's name of the function's; default: that of ``ServiceDefaults``, ``"arm64"``.
    :param byte_code: as the context ``best-practice-constructs:byte-code`` has it; ``"none"`` measures the same on
        machines with that Python and without.
    :param environment: variables that the module reads when it is loaded, such as those that the construct sets: with
        them a queue consumer creates its client then. ``POWERTOOLS_TRACE_DISABLED`` leaves the X-Ray SDK out.
    :param repeats: how often it is loaded; the shortest time counts.
    :raises InvalidArgumentError: there is no such entry or handler, or something else was given that cannot work.
    :raises BundlingError: the bundle cannot be built.
    :raises LockError: the entry's dependencies are not locked.
    :raises ImportFailedError: the handler's module cannot be loaded.

    ```python
    from best_practice_constructs.testing import measure_bundle

    measure = measure_bundle("examples/order_invoice/services", handler="notices.write_invoice_notice.handler")
    assert "aws_lambda_powertools" in measure.packages
    assert "tenacity" not in measure.packages
    ```
    """
    arguments = MeasureArguments("measure_bundle")
    arguments.function(entry=entry, handler=handler)
    arguments.platform(runtime=runtime, architecture=architecture, byte_code=byte_code)
    arguments.runs(environment=environment, repeats=repeats)
    for_lambda, for_host = _platform(runtime, architecture), BundlePlatform.of_host()
    interpreter = interpreter_of(for_lambda.python_version) if byte_code == "available" else None
    archive = _build(Path(entry), handler, for_lambda, interpreter=interpreter)
    module = handler.rpartition(".")[0].replace("/", ".")
    with tempfile.TemporaryDirectory() as scratch:
        task, provided = Path(scratch, "task"), Path(scratch, "provided")
        loaded = _build(Path(entry), handler, for_host, interpreter=interpreter_of(for_host.python_version))
        with zipfile.ZipFile(loaded) as zipped:
            zipped.extractall(task)
        _link_provided(provided)
        path, variables = (task, provided), environment or {}
        traced = trace_imports(module, path=path, environment=variables)
        milliseconds = import_milliseconds(module, path=path, environment=variables, repeats=repeats)
    with zipfile.ZipFile(archive) as zipped:
        packages = _sizes(zipped)
    return BundleMeasure(
        handler=handler,
        platform=f"{for_lambda.identity}{'-compiled' if interpreter else ''}",
        loaded_on=for_host.identity,
        zipped_bytes=archive.stat().st_size,
        packages=packages,
        import_milliseconds=milliseconds,
        imports={each.module: each.chain for each in traced},
        import_costs={each.module: each.milliseconds for each in traced},
    )


def _platform(runtime: str | None, architecture: str | None) -> BundlePlatform:
    if runtime is None or architecture is None:
        # The constructs' defaults, which tests of handlers load for this alone.
        from best_practice_constructs.defaults import ServiceDefaults
        from best_practice_constructs.functions.lambda_names import lambda_name

        defaults = ServiceDefaults()
        runtime = runtime or lambda_name(defaults.runtime)
        architecture = architecture or lambda_name(defaults.architecture)
    return BundlePlatform.of_lambda(runtime=runtime, architecture=architecture)


def _build(entry: Path, handler: str, platform: BundlePlatform, *, interpreter: str | None) -> Path:
    sources, lock = bundle_sources(entry, handler=handler), read_lock(entry)
    return bundle(sources, lock=lock, platform=platform, label=handler, interpreter=interpreter)


def _sizes(archive: zipfile.ZipFile) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for entry in archive.infolist():
        package = _package(entry.filename)
        sizes[package] = sizes.get(package, 0) + entry.compress_size
    return dict(sorted(sizes.items(), key=lambda each: (-each[1], each[0])))


def _package(file: str) -> str:
    top = (source_from_cache(file) if file.endswith(".pyc") else file).partition("/")[0]
    return "metadata and licences" if top.endswith(".dist-info") else top.partition(".")[0]


def _link_provided(directory: Path) -> None:
    directory.mkdir()
    for place in _provided_files():
        (directory / place.name).symlink_to(place)


def _provided_files() -> Iterator[Path]:
    for module in _PROVIDED_MODULES:
        found = importlib.util.find_spec(module)
        if found and found.origin:
            origin = Path(found.origin)
            yield origin.parent if origin.name == "__init__.py" else origin
