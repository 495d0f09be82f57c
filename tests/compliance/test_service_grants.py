"""Services let each other in by the statements that are written down, and by no other."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.compliance.list_service_grants import SUBJECTS, grants_by_subject
from tests.compliance.service_grants import SECTIONS
from tests.compliance.subjects import order_invoice_app
from tests.compliance.template_grants import Grant, TemplateGrants

PREFIX = "order-invoice-"
LIST = Path(__file__).with_name("service_grants.json")
OPEN_WITH_REASON = {
    ("lambda", "sts:AssumeRole"): "Lambda names no source; iam:PassRole says who may give a function the role.",
    ("apigateway", "sts:AssumeRole"): "API Gateway names none for its account-wide logging role.",
    ("events", "kms:DescribeKey"): "It tells what kind of key it is, and comes without an encryption context.",
    ("events", "logs:CreateLogStream"): "A log stream is made without saying for which rule; only the one writes.",
    ("delivery.logs", "logs:CreateLogStream"): "The same, by the service that EventBridge writes through.",
}


@pytest.fixture(scope="module")
def grants(tmp_path_factory: pytest.TempPathFactory) -> TemplateGrants:
    directory = tmp_path_factory.mktemp("order-invoice")
    order_invoice_app(directory).synth()
    return TemplateGrants(directory)


def written_down(stack: str) -> frozenset[Grant]:
    return frozenset(grant for section in SECTIONS for grant in section.grants.get(stack, ()))


@pytest.mark.parametrize(
    "stack",
    [
        "shared",
        "order-data",
        "invoice-data",
        "notice-data",
        "fulfilment-data",
        "partner-data",
        "orders",
        "invoices",
        "notices",
        "fulfilment",
        "partner",
    ],
)
def test_each_statement_is_written_down_and_each_that_is_written_down_is_there(
    grants: TemplateGrants, stack: str
) -> None:
    there = grants.of(PREFIX + stack)
    assert sorted(map(str, there - written_down(stack))) == [], "new: say in service_grants.py why it is there"
    assert sorted(map(str, written_down(stack) - there)) == [], "gone"


def test_no_stack_is_forgotten(grants: TemplateGrants) -> None:
    stacks = {stack for section in SECTIONS for stack in section.grants}
    assert {stack.removeprefix(PREFIX) for stack in grants.stacks if grants.of(stack)} == stacks


def test_each_statement_has_one_reason() -> None:
    counts = Counter((stack, each) for section in SECTIONS for stack, some in section.grants.items() for each in some)
    assert [each for each, count in counts.items() if count > 1] == []
    assert all(len(section.reason) > 30 and section.reason.endswith(".") for section in SECTIONS)


def test_whoever_is_let_in_comes_for_one_source_or_account() -> None:
    """A service that acts for whoever asks it must not act on what is ours for others (confused deputy)."""
    open_to_all = {
        (each.policy, each.principal)
        for section in SECTIONS
        for some in section.grants.values()
        for each in some
        if each.effect == "Allow" and each.principal != "role" and "aws:Source" not in each.when
    }
    # Lambda and API Gateway take no such condition on a role: nobody can give them it who may not pass it.
    assert {principal for _, principal in open_to_all} == {"lambda.amazonaws.com", "apigateway.amazonaws.com"}
    assert {policy.rpartition("/")[2] for policy, _ in open_to_all} == {"Role"}


@pytest.fixture(scope="module")
def of_constructs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return grants_by_subject(tmp_path_factory.mktemp("constructs"))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_constructs_statements_are_listed(of_constructs: dict[str, list[str]], subject: str) -> None:
    listed = json.loads(LIST.read_text("utf-8"))[subject]
    assert of_constructs[subject] == listed, (
        f"compare, then write it down: python -m tests.compliance.list_service_grants > {LIST.name}"
    )


def test_no_construct_lets_a_service_in_for_everybody(of_constructs: dict[str, list[str]]) -> None:
    """Each service comes for one source or account, but for the roles that only this account can pass."""
    services = re.compile(r": (?P<service>\w[\w.]*)\.amazonaws\.com may (?P<action>\S+) on (?P<rest>.*)$")
    open_to_all = {
        (found["service"], found["action"])
        for grants in of_constructs.values()
        for each in grants
        if (found := services.search(each)) and not re.search("aws:Source|kms:EncryptionContext:", found["rest"])
    }
    assert open_to_all == OPEN_WITH_REASON.keys()
