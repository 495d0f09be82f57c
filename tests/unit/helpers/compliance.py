"""What the compliance packs say of an app."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Findings as (rule, construct path): open ones, and acknowledged ones with their reasons."""

    open: frozenset[tuple[str, str]]
    acknowledged: dict[tuple[str, str], str]


def findings(app: App) -> Findings:
    """Synthesize the app with the packs AwsSolutions and Serverless, warnings included."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True), ServerlessChecks(app, verbose=True))
    try:
        directory = app.synth(force=True).directory
    except RuntimeError:
        directory = app.outdir
    report = json.loads(Path(directory, "validation-report.json").read_text(encoding="utf-8"))
    found: set[tuple[str, str]] = set()
    acknowledged: dict[tuple[str, str], str] = {}
    for pack in report["pluginReports"]:
        for violation in pack["violations"]:
            found |= {(violation["ruleName"], path) for path in _paths(violation)}
        for violation in pack.get("suppressedViolations", ()):
            acknowledged |= {(violation["ruleName"], path): str(violation["reason"]) for path in _paths(violation)}
    return Findings(open=frozenset(found), acknowledged=acknowledged)


def _paths(violation: dict[str, object]) -> list[str]:
    return [str(c["constructPath"]) for c in cast("list[dict[str, object]]", violation["violatingConstructs"])]
