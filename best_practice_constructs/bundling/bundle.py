"""Building the bundle of a function, a zip file, into a cache outside the tree (L3, L7)."""

from __future__ import annotations

import shutil
import sys
import time
import zipfile
from pathlib import Path

from best_practice_constructs.bundling.archive import write_archive
from best_practice_constructs.bundling.archived_libraries import archived_libraries
from best_practice_constructs.bundling.bundle_cache import cached
from best_practice_constructs.bundling.bundle_platform import BundlePlatform
from best_practice_constructs.bundling.bundle_sources import BundleSources, content_hash
from best_practice_constructs.bundling.bundling_error import BundlingError
from best_practice_constructs.bundling.byte_code import copy_compiled, source_names
from best_practice_constructs.bundling.compiled_runtime import compiled_runtime
from best_practice_constructs.bundling.directory_files import files_below
from best_practice_constructs.bundling.installed_libraries import installed_libraries
from best_practice_constructs.bundling.missing_imports import missing_imports


def bundle_key(sources: BundleSources, *, lock: str, platform: BundlePlatform, is_compiled: bool) -> str:
    """Give the hash of what a bundle is made of: the same whether it was built or not."""
    return content_hash(sources, lock=lock, platform=f"{platform.identity}{'-compiled' if is_compiled else ''}")


def bundle(
    sources: BundleSources,
    *,
    lock: str,
    platform: BundlePlatform,
    label: str,
    interpreter: str | None = None,
    has_layers: bool = False,
) -> Path:
    """Give the zip file of a bundle, built now if the cache has none.

    :param interpreter: of the function's Python, which compiles the modules; ``None`` leaves that to each cold start.
    :param has_layers: the function has layers, which may hold what the bundle does not.
    :raises BundlingError: a dependency has no wheel for the platform, the package index cannot be reached, or a module
        imports what the bundle has not.
    """

    def build(target: Path) -> None:
        started = time.monotonic()
        print(f"Bundling {label} for {platform.identity} …", file=sys.stderr, flush=True)
        libraries = installed_libraries(lock, platform=platform, interpreter=interpreter)
        shutil.copyfile(archived_libraries(sources, libraries=libraries), target)
        if not has_layers:
            _check_imports(sources, target)
        runtime = compiled_runtime(python_version=platform.python_version, interpreter=interpreter)
        own = target.with_suffix("")
        own.mkdir()
        copy_compiled(sources.own, directory=own, interpreter=interpreter)
        contents = {name: path.read_bytes() for name, path in files_below(own)}
        for name, path in files_below(runtime):
            if not sources.runtime.keys().isdisjoint(source_names(name)):
                contents[name] = path.read_bytes()
        write_archive(target, contents, is_added=True)
        print(f"Bundled {label} in {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)

    key = bundle_key(sources, lock=lock, platform=platform, is_compiled=interpreter is not None)
    # What was not checked must not be taken for checked.
    return cached(kind="bundles", name=f"{key}{'-with-layers' if has_layers else ''}.zip", build=build)


def _check_imports(sources: BundleSources, archive: Path) -> None:
    with zipfile.ZipFile(archive) as zipped:
        libraries = zipped.namelist()
    for missing in missing_imports(sources, libraries=libraries):
        raise BundlingError(
            f"{missing.file}:{missing.line} imports {missing.module!r}, which neither the entry nor its locked "
            "dependencies nor Lambda's Python have, so every call would fail; put it into the entry if it is yours, "
            "add its package to requirements.in and lock it if it is not, or import it under try if the handler works "
            "without it"
        )
