"""The report sees what it is there to see: otherwise finding nothing would prove nothing."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Acknowledgment, App, Stack, Validations
from aws_cdk import aws_sqs as sqs

from tests.compliance.report import REQUIRED_PACKS, ComplianceReport, check

DEAD_LETTERS_MISSING = "AwsSolutions::AwsSolutions-SQS3"


def _report_of_two_queues(directory: Path, *, acknowledged_on: str | None = None) -> ComplianceReport:
    app = App(outdir=str(directory))
    stack = Stack(app, "Stack")
    queues = {name: sqs.Queue(stack, name) for name in ("First", "Second")}
    construct = {"Stack": stack, "First": queues["First"]}.get(acknowledged_on or "")
    if construct:
        Validations.of(construct).acknowledge(Acknowledgment(id=DEAD_LETTERS_MISSING, reason="A test."))
    return check(app, packs=REQUIRED_PACKS, directory=directory)


def _resources_without_dead_letters(report: ComplianceReport) -> set[str]:
    return {finding.resource for finding in report.findings if finding.rule == DEAD_LETTERS_MISSING}


def test_what_nobody_acknowledged_is_found(tmp_path: Path) -> None:
    report = _report_of_two_queues(tmp_path)
    assert _resources_without_dead_letters(report) == {"Stack/First/Resource", "Stack/Second/Resource"}
    assert report.acknowledgements == ()


def test_an_acknowledgement_is_told_with_what_it_hides(tmp_path: Path) -> None:
    report = _report_of_two_queues(tmp_path, acknowledged_on="First")
    assert _resources_without_dead_letters(report) == {"Stack/Second/Resource"}
    (made,) = report.acknowledgements
    assert (made.construct, made.finding, made.reason) == ("Stack/First", DEAD_LETTERS_MISSING, "A test.")
    assert [finding.resource for finding in report.hidden[made]] == ["Stack/First/Resource"]


def test_an_acknowledgement_of_too_much_is_seen(tmp_path: Path) -> None:
    report = _report_of_two_queues(tmp_path, acknowledged_on="Stack")
    assert _resources_without_dead_letters(report) == set()
    (made,) = report.acknowledgements
    hidden = {finding.resource for finding in report.hidden[made]}
    assert hidden == {"Stack/First/Resource", "Stack/Second/Resource"}
