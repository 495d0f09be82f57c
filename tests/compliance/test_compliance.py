"""cdk-nag's AwsSolutions and Serverless packs find nothing, and every acknowledgement is narrow, listed and of use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.compliance.list_acknowledgements import by_finding
from tests.compliance.report import REQUIRED_PACKS, ComplianceReport, check
from tests.compliance.subjects import CONSTRUCTS, all_apps

LIST = Path(__file__).with_name("acknowledgements.json")
SUBJECTS = ("constructs", "examples", "order-invoice", "order-invoice-provisioned")
SHORTEST_REASON = 30


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ComplianceReport]:
    directory = tmp_path_factory.mktemp("compliance")
    apps = all_apps(directory)
    return {name: check(app, packs=REQUIRED_PACKS, directory=directory / name) for name, app in apps.items()}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_each_construct_alone_has_no_finding(name: str, reports: dict[str, ComplianceReport]) -> None:
    assert [found for found in reports["constructs"].findings if found.resource.split("/")[0] == name] == []


@pytest.mark.parametrize("subject", SUBJECTS[1:])
def test_the_examples_have_no_finding(subject: str, reports: dict[str, ComplianceReport]) -> None:
    assert reports[subject].findings == ()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_acknowledgement_is_listed(subject: str, reports: dict[str, ComplianceReport]) -> None:
    listed = json.loads(LIST.read_text("utf-8"))[subject]
    assert by_finding(reports[subject]) == listed, (
        f"compare, then write it down: python -m tests.compliance.list_acknowledgements > {LIST.name}"
    )


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_acknowledgement_hides_one_finding_of_its_own_construct(
    subject: str, reports: dict[str, ComplianceReport]
) -> None:
    report = reports[subject]
    # cdk-nag records the reason of an id that names its pack; the bare id hides without a record.
    assert [made for made in report.acknowledgements if made.finding.split("::")[0] not in REQUIRED_PACKS] == []
    assert [made for made in report.acknowledgements if made not in report.hidden] == []
    wide = [
        (made.construct, found)
        for made, found in report.hidden.items()
        if {finding.resource for finding in found} != {made.construct}
        and {finding.resource for finding in found} != {f"{made.construct}/Resource"}
    ]
    assert wide == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_reason_is_a_sentence(subject: str, reports: dict[str, ComplianceReport]) -> None:
    reasons = {made.reason for made in reports[subject].acknowledgements}
    assert [reason for reason in reasons if len(reason) < SHORTEST_REASON or not reason.endswith(".")] == []
