"""Prints every acknowledgement, to be compared with the list and then written down.

``python -m tests.compliance.list_acknowledgements > tests/compliance/acknowledgements.json``
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.compliance.report import REQUIRED_PACKS, ComplianceReport, check
from tests.compliance.subjects import all_apps


def by_finding(report: ComplianceReport) -> list[dict[str, object]]:
    """Give the acknowledgements as the list holds them: each finding with its reason, and where it is acknowledged."""
    constructs: dict[tuple[str, str], list[str]] = {}
    for made in report.acknowledgements:
        constructs.setdefault((made.finding, made.reason), []).append(made.construct)
    return [
        {"finding": finding, "reason": reason, "constructs": paths}
        for (finding, reason), paths in sorted(constructs.items())
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        found = {
            name: by_finding(check(app, packs=REQUIRED_PACKS, directory=directory / name))
            for name, app in all_apps(directory).items()
        }
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
