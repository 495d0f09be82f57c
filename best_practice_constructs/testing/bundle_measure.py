"""How large a function's bundle is, what it loads before the first call, and how long that takes (L3)."""

from __future__ import annotations

import importlib.util
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import source_from_cache
from pathlib import Path

from best_practice_constructs.bundling.bundle import bundle
from best_practice_constructs.bundling.bundle_platform import BundlePlatform
from best_practice_constructs.bundling.bundle_sources import bundle_sources
from best_practice_constructs.bundling.dependency_lock import read_lock
from best_practice_constructs.bundling.interpreter import interpreter_of
from best_practice_constructs.testing.import_trace import import_milliseconds, trace_imports

# What Lambda's Python holds beside the standard library.
_PROVIDED_MODULES = ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "jmespath", "six")


@dataclass(frozen=True, kw_only=True)
class BundleMeasure:
    """What was measured of a function's bundle.

    :param handler: module and function.
    :param platform: what it was built for: measures of two platforms cannot be compared.
    :param zipped_bytes: the size of the zip file.
    :param packages: the zipped size of each top-level package, in bytes.
    :param import_milliseconds: how long a fresh process takes to load the handler's module.
    :param imports: of each module that is loaded: which module imported it, from the handler's to itself.
    :param import_costs: of each module that is loaded: milliseconds, with what it imports first, as traced.
    """

    handler: str
    platform: str
    zipped_bytes: int
    packages: Mapping[str, int]
    import_milliseconds: float
    imports: Mapping[str, tuple[str, ...]]
    import_costs: Mapping[str, float]


def measure_bundle(
    entry: str | Path, *, handler: str, environment: Mapping[str, str] | None = None, repeats: int = 5
) -> BundleMeasure:
    """Build a function's bundle for this machine, as the constructs do, and measure it.

    Its modules are loaded in fresh processes that see the bundle and, as in Lambda, boto3 and what that needs, nothing
    else that is installed, with the variables that Lambda sets by itself. Times are this machine's: Lambda's are
    longer, the fewer megabytes of memory the longer.

    :param entry: the directory that the construct is given.
    :param handler: module and function, as the construct is given it.
    :param environment: variables that the module reads when it is loaded, such as those that the construct sets: with
        them a queue consumer creates its client then. ``POWERTOOLS_TRACE_DISABLED`` leaves the X-Ray SDK out.
    :param repeats: how often it is loaded; the shortest time counts.
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
    archive = _build(Path(entry), handler)
    module = handler.rpartition(".")[0].replace("/", ".")
    with tempfile.TemporaryDirectory() as scratch:
        task, provided = Path(scratch, "task"), Path(scratch, "provided")
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(task)
            packages = _sizes(zipped)
        _link_provided(provided)
        path, variables = (task, provided), environment or {}
        traced = trace_imports(module, path=path, environment=variables)
        milliseconds = import_milliseconds(module, path=path, environment=variables, repeats=repeats)
    return BundleMeasure(
        handler=handler,
        platform=BundlePlatform.of_host().identity,
        zipped_bytes=archive.stat().st_size,
        packages=packages,
        import_milliseconds=milliseconds,
        imports={each.module: each.chain for each in traced},
        import_costs={each.module: each.milliseconds for each in traced},
    )


def _build(entry: Path, handler: str) -> Path:
    platform = BundlePlatform.of_host()
    sources, lock = bundle_sources(entry, handler=handler), read_lock(entry)
    return bundle(
        sources,
        lock=lock,
        platform=platform,
        label=handler,
        interpreter=interpreter_of(platform.python_version),
    )


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
