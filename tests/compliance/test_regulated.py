"""The regulated packs run as a report."""

from __future__ import annotations

from tests.compliance.regulated import regulated_findings, table
from tests.compliance.report import REGULATED_PACKS


def test_the_report_covers_every_pack() -> None:
    findings = regulated_findings()
    assert {finding.rule.split("::")[0] for finding in findings} == set(REGULATED_PACKS)
    lines = table(findings).splitlines()
    assert lines[0].split() == ["rule", *REGULATED_PACKS]
    counted = [int(cell) for cell in lines[-1].split()[1:]]
    assert sum(counted) == len(findings)
