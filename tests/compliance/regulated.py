"""Reports what the regulated rule packs find in the order/invoice system: ``make regulated``.

They ask for choices that are no good default for everyone (functions in a VPC, keys of one's own, reserved concurrency
everywhere), so the report is for reading, not for passing.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.compliance.report import REGULATED_PACKS, Finding, findings_of
from tests.compliance.subjects import order_invoice_app


def regulated_findings() -> tuple[Finding, ...]:
    """Check the system with the regulated packs."""
    with tempfile.TemporaryDirectory() as directory:
        app = order_invoice_app(Path(directory), provisioned_concurrency=2)
        return findings_of(app, packs=REGULATED_PACKS)


def table(findings: Sequence[Finding]) -> str:
    """Give the findings as a table: how many resources break which rule of which pack."""
    resources = Counter(tuple(finding.rule.split("::", 1)) for finding in findings)
    rules = sorted({rule.removeprefix(f"{pack}-") for pack, rule in resources})
    width = max(map(len, [*rules, "resources"]))
    lines = [f"{'rule':<{width}}  " + "  ".join(REGULATED_PACKS)]
    for rule in rules:
        counts = [resources[pack, f"{pack}-{rule}"] for pack in REGULATED_PACKS]
        lines.append(_line(rule, [str(count or "·") for count in counts], width=width))
    totals = [sum(count for (pack, _), count in resources.items() if pack == name) for name in REGULATED_PACKS]
    lines.append(_line("resources", [str(total) for total in totals], width=width))
    return "\n".join(lines)


def _line(heading: str, cells: Sequence[str], *, width: int) -> str:
    aligned = [f"{cell:>{len(pack)}}" for pack, cell in zip(REGULATED_PACKS, cells, strict=True)]
    return f"{heading:<{width}}  " + "  ".join(aligned)


if __name__ == "__main__":
    sys.stdout.write(table(regulated_findings()) + "\n")
