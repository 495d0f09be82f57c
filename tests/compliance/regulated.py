"""Reports what the regulated rule packs find in the order/invoice system: ``make regulated``.

They ask for choices that are no good default for everyone (functions in a VPC, keys of one's own, reserved concurrency
everywhere), so the report is for reading, not for passing.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.compliance.report import REGULATED_PACKS, ComplianceReport, check
from tests.compliance.subjects import example_app


def regulated_report() -> ComplianceReport:
    """Check the system with the regulated packs."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary) / "cdk.out"
        return check(example_app(directory, provisioned_concurrency=2), packs=REGULATED_PACKS, directory=directory)


def table(report: ComplianceReport) -> str:
    """Give the findings as a table: how many resources break which rule of which pack."""
    resources = Counter(tuple(finding.rule.split("::", 1)) for finding in report.findings)
    rules = sorted({rule.split("-", 1)[1] for _, rule in resources})
    width = max((len(rule) for rule in rules), default=0)
    lines = [f"{'rule':<{width}}  " + "  ".join(REGULATED_PACKS)]
    for rule in rules:
        counts = [resources[pack, f"{pack}-{rule}"] for pack in REGULATED_PACKS]
        cells = [f"{count or '·':>{len(pack)}}" for pack, count in zip(REGULATED_PACKS, counts, strict=True)]
        lines.append(f"{rule:<{width}}  " + "  ".join(cells))
    totals = [sum(count for (pack, _), count in resources.items() if pack == name) for name in REGULATED_PACKS]
    cells = [f"{total:>{len(pack)}}" for pack, total in zip(REGULATED_PACKS, totals, strict=True)]
    lines.append(f"{'resources':<{width}}  " + "  ".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(regulated_report()) + "\n")
