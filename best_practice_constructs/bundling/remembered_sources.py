"""What a handler reaches, remembered until a source changes, so that a synth without changes parses nothing (L3)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from best_practice_constructs.bundling.bundle_cache import cached
from best_practice_constructs.bundling.bundle_sources import (
    BUNDLER_VERSION,
    BundleSources,
    bundle_sources,
    entry_files,
    files_hash,
    runtime_files,
    runtime_hash,
)
from best_practice_constructs.bundling.declared_packages import declared_packages


def remembered_sources(entry: Path, *, handler: str) -> BundleSources:
    """Give what :func:`bundle_sources` finds, from the cache if it was found before.

    :param handler: module and function, as Lambda is told.
    :raises BundlingError: a file of the entry cannot be read.
    """
    files = dict(entry_files(entry))
    # Another Python may read the same sources in another way.
    name = files_hash(files, BUNDLER_VERSION, runtime_hash(), handler, str(sys.version_info[:2]))

    def build(target: Path) -> None:
        found = bundle_sources(entry, handler=handler)
        answer = {
            "own": list(found.own),
            "runtime": list(found.runtime),
            "imported_elsewhere": sorted(found.imported_elsewhere),
            "is_open": found.is_open,
        }
        target.write_text(json.dumps(answer), encoding="utf-8")

    answer = json.loads(cached(kind="sources", name=f"{name}.json", build=build).read_text(encoding="utf-8"))
    return BundleSources(
        own={each: files[each] for each in answer["own"]},
        runtime={each: runtime_files()[each] for each in answer["runtime"]},
        imported_elsewhere=frozenset(answer["imported_elsewhere"]),
        declared=declared_packages(entry),
        is_open=answer["is_open"],
    )
