"""SAM's policy templates: all of them are here, as tight or tighter."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import TypedDict, cast

import pytest

from best_practice_constructs.permissions import sam
from tests.unit.permissions.every_permission import Case, cases


class _Statement(TypedDict):
    Action: str | list[str]
    Resource: object


CASES = {case.name.split("(")[0].removeprefix("sam."): case for case in cases() if case.name.startswith("sam.")}
# SAM's own resource allows nothing there, or less than the call takes; what the service takes is named instead.
WIDER_WITH_REASON = {
    ("dynamodb_restore_from_backup_policy", "dynamodb:RestoreTableFromBackup"): "it takes the table beside the backup",
    (
        "ec2_copy_image_policy",
        "ec2:CopyImage",
    ): "images have no account in their ARN, and their snapshots are copied too",
    ("pinpoint_endpoint_access_policy", "mobiletargeting:UpdateEndpointsBatch"): "it takes the application",
    ("filter_log_events_policy", "logs:FilterLogEvents"): "it takes the group, and not its streams",
    ("polly_full_access_policy", "polly:DescribeVoices"): "it takes no resource",
    ("polly_full_access_policy", "polly:ListLexicons"): "it takes no resource",
    ("rekognition_no_data_access_policy", "rekognition:CompareFaces"): "it takes no resource",
    ("rekognition_no_data_access_policy", "rekognition:DetectFaces"): "it takes no resource",
    ("rekognition_no_data_access_policy", "rekognition:DetectLabels"): "it takes no resource",
    ("rekognition_no_data_access_policy", "rekognition:DetectModerationLabels"): "it takes no collection",
    ("sage_maker_create_endpoint_policy", "sagemaker:CreateEndpoint"): "it takes the configuration beside",
    ("serverless_repo_read_write_access_policy", "serverlessrepo:CreateApplication"): "it takes no resource",
    ("serverless_repo_read_write_access_policy", "serverlessrepo:ListApplications"): "it takes no resource",
    ("step_functions_callback_policy", "states:SendTaskFailure"): "it takes no resource",
    ("step_functions_callback_policy", "states:SendTaskHeartbeat"): "it takes no resource",
    ("step_functions_callback_policy", "states:SendTaskSuccess"): "it takes no resource",
}


def templates() -> dict[str, list[_Statement]]:
    text = files("samtranslator").joinpath("policy_templates_data/policy_templates.json").read_text("utf-8")
    found = json.loads(text)["Templates"]
    return {snake_case(name): template["Definition"]["Statement"] for name, template in found.items()}


def snake_case(name: str) -> str:
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name.replace("DynamoDB", "Dynamodb"))
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", words).lower()


def _patterns(resource: object) -> list[str]:
    """Give what a template's resource allows, whatever its parameters are."""
    if isinstance(resource, list):
        return [pattern for part in cast("list[object]", resource) for pattern in _patterns(part)]
    text = cast("dict[str, list[str]]", resource)["Fn::Sub"] if isinstance(resource, dict) else resource
    return [re.sub(r"\$\{[^}]+\}", "*", cast("str", text[0] if isinstance(text, list) else text))]


TEMPLATES = templates()


def test_every_template_is_here_and_nothing_else() -> None:
    assert len(TEMPLATES) == 81
    assert CASES.keys() == TEMPLATES.keys()
    assert {name for name in vars(sam) if name.endswith(("_policy", "_policy_v2"))} == TEMPLATES.keys()


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_the_policy_allows_no_more_than_sam_does(name: str) -> None:
    case: Case = CASES[name]
    wider = [
        (action, resource)
        for permission in case.permissions
        for action in permission.actions
        for resource in permission.resources
        if not any(_allows(statement, action, resource) for statement in TEMPLATES[name])
    ]
    assert all(any(_matches(statement, action) for statement in TEMPLATES[name]) for action, _ in wider)
    explained = {action for explained_name, action in WIDER_WITH_REASON if explained_name == name}
    assert {action for action, _ in wider} == explained


def _matches(statement: _Statement, action: str) -> bool:
    named = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
    return any(fnmatchcase(action, pattern) for pattern in named)


def _allows(statement: _Statement, action: str, resource: str) -> bool:
    patterns = _patterns(statement["Resource"])
    return _matches(statement, action) and any(fnmatchcase(resource, pattern) for pattern in patterns)
