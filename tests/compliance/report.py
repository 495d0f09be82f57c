"""Synthesizes an app under cdk-nag's rule packs, and reads what they found and what was acknowledged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict, cast

import cdk_nag
from aws_cdk import App, Validations

_ACKNOWLEDGED = "aws:cdk:acknowledged-rules"

PACKS: Mapping[str, type[cdk_nag.NagPack]] = {
    "AwsSolutions": cdk_nag.AwsSolutionsChecks,
    "Serverless": cdk_nag.ServerlessChecks,
    "NIST.800.53.R5": cdk_nag.NIST80053R5Checks,
    "HIPAA.Security": cdk_nag.HIPAASecurityChecks,
    "PCI.DSS.321": cdk_nag.PCIDSS321Checks,
}
REQUIRED_PACKS = ("AwsSolutions", "Serverless")
REGULATED_PACKS = ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")


class _Construct(TypedDict):
    constructPath: str


class _Violation(TypedDict):
    ruleName: str
    violatingConstructs: list[_Construct]


class _SuppressedViolation(_Violation):
    acknowledgedAt: str
    acknowledgedId: str
    reason: str


class _PackReport(TypedDict):
    pluginName: str
    violations: list[_Violation]
    suppressedViolations: NotRequired[list[_SuppressedViolation]]


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """A rule that a resource breaks.

    :param resource: the resource's construct path.
    :param rule: its pack and its id, as an acknowledgement names it.
    """

    resource: str
    rule: str


@dataclass(frozen=True, kw_only=True, order=True)
class Acknowledgement:
    """A finding that somebody acknowledged.

    :param construct: the path of the construct that acknowledges it.
    :param finding: its pack and its id.
    :param reason: why it is not true, or accepted.
    """

    construct: str
    finding: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ComplianceReport:
    """What a synth under rule packs told.

    :param findings: what nobody acknowledged.
    :param acknowledgements: every acknowledgement in the app, whether it hides something or not.
    :param hidden: the findings that each acknowledgement hides.
    """

    findings: tuple[Finding, ...]
    acknowledgements: tuple[Acknowledgement, ...]
    hidden: Mapping[Acknowledgement, tuple[Finding, ...]]


def check(app: App, *, packs: Sequence[str], directory: Path) -> ComplianceReport:
    """Synthesize ``app`` into its output directory under rule packs.

    :param packs: names of :data:`PACKS`.
    :param directory: the app's output directory.
    """
    Validations.of(app).add_plugins(*(PACKS[name](app, verbose=True) for name in packs))
    try:
        app.synth()
    except Exception:
        # A finding ends the synth with an error of jsii's that says nothing more than the report does.
        if not (directory / "validation-report.json").exists():
            raise
    return _read(directory, packs=packs)


def findings_of(app: App, *, packs: Sequence[str]) -> tuple[Finding, ...]:
    """Give everything that rule packs find, acknowledged or not, without a synth.

    :param packs: names of :data:`PACKS`.
    """
    return tuple(
        sorted(
            Finding(resource=resource.construct_path or "", rule=f"{name}::{violation.rule_name}")
            for name in packs
            for violation in PACKS[name](app, verbose=True).validate_scope(app).violations
            for resource in violation.violating_resources
        )
    )


def _read(directory: Path, *, packs: Sequence[str]) -> ComplianceReport:
    report = json.loads((directory / "validation-report.json").read_text("utf-8"))
    reports = [pack for pack in cast("list[_PackReport]", report["pluginReports"]) if pack["pluginName"] in packs]
    findings = [
        Finding(resource=construct["constructPath"], rule=f"{pack['pluginName']}::{violation['ruleName']}")
        for pack in reports
        for violation in pack["violations"]
        for construct in violation["violatingConstructs"]
    ]
    hidden: dict[Acknowledgement, list[Finding]] = {}
    for pack in reports:
        for violation in pack.get("suppressedViolations", []):
            acknowledgement = Acknowledgement(
                construct=violation["acknowledgedAt"], finding=violation["acknowledgedId"], reason=violation["reason"]
            )
            hidden.setdefault(acknowledgement, []).extend(
                Finding(resource=construct["constructPath"], rule=f"{pack['pluginName']}::{violation['ruleName']}")
                for construct in violation["violatingConstructs"]
            )
    return ComplianceReport(
        findings=tuple(sorted(findings)),
        acknowledgements=tuple(sorted(set(_acknowledgements(directory)))),
        hidden={acknowledgement: tuple(found) for acknowledgement, found in hidden.items()},
    )


def _acknowledgements(directory: Path) -> Iterator[Acknowledgement]:
    for file in directory.rglob("*.metadata.json"):
        for path, entries in json.loads(file.read_text("utf-8")).items():
            for entry in entries:
                if entry["type"] == _ACKNOWLEDGED:
                    for finding, reason in entry["data"].items():
                        yield Acknowledgement(construct=path.removeprefix("/"), finding=finding, reason=reason)
