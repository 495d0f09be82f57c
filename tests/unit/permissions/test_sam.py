"""SAM's policy templates: all of them are here, as tight or tighter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import NotRequired, TypedDict, cast

import pytest

from best_practice_constructs import Permission
from best_practice_constructs.permissions import dynamodb, sam
from tests.unit.permissions.every_permission import cases


class _Statement(TypedDict):
    Action: str | list[str]
    Resource: object
    Condition: NotRequired[dict[str, dict[str, object]]]


CASES = {case.name.split("(")[0].removeprefix("sam."): case for case in cases() if case.name.startswith("sam.")}

_HERE = "eu-west-1:111122223333"
# What SAM's templates are given, so that they name what the examples of ``every_permission`` name. A parameter that
# means something else in one of them is named with its template.
PARAMETERS = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "111122223333",
    "AccessPoint": "fsap-1",
    "CertificateArn": f"arn:aws:acm:{_HERE}:certificate/1234abcd",
    "ClusterId": "j-1",
    "CollectionId": "guests",
    "DeliveryStreamName": "clicks",
    "DomainName": "search",
    "EndpointConfigName": "price",
    "EndpointName": "price",
    "EventBusName": "orders",
    "FileSystem": "fs-1",
    "FunctionName": "orders",
    "HostedZoneId": "Z1",
    "IdentityName": "example.com",
    "ImageId": "ami-1",
    "KeyId": "1234abcd",
    "LexiconName": "names",
    "LogGroupName": "orders",
    "ParameterName": "orders/url",
    "PinpointApplicationId": "1a2b",
    "PipelineName": "release",
    "QueueName": "orders",
    "RepositoryName": "shop",
    "SecretArn": f"arn:aws:secretsmanager:{_HERE}:secret:payment-AbCdEf",
    "StateMachineName": "Billing",
    "StreamName": "sales",
    "TableName": "orders",
    "TaskDefinition": "tasks:1",
    "TemplateName": "shipped",
    "TopicName": "notices",
    "WorkGroupName": "reports",
    "BucketName": "invoices",
    "dynamodb_stream_read_policy.StreamName": "2026-01-01T00:00:00.000",
    "ssm_parameter_with_slash_prefix_read_policy.ParameterName": "/orders/url",
}

_NO_RESOURCE = "it takes no resource"
# SAM's own resource allows nothing there, or less than the call takes; what the service takes is named instead.
WIDER_WITH_REASON = {
    (
        "dynamodb_restore_from_backup_policy",
        "dynamodb:RestoreTableFromBackup",
        f"arn:aws:dynamodb:{_HERE}:table/orders",
    ): "it takes the table beside the backup",
    (
        "ec2_copy_image_policy",
        "ec2:CopyImage",
        "arn:aws:ec2:eu-west-1::image/ami-1",
    ): "images have no account in their ARN",
    (
        "ec2_copy_image_policy",
        "ec2:CopyImage",
        "arn:aws:ec2:eu-west-1::snapshot/*",
    ): "an image's snapshots are copied with it, and EC2 gives the copies their names",
    (
        "pinpoint_endpoint_access_policy",
        "mobiletargeting:UpdateEndpointsBatch",
        f"arn:aws:mobiletargeting:{_HERE}:apps/1a2b",
    ): "it takes the application",
    (
        "filter_log_events_policy",
        "logs:FilterLogEvents",
        f"arn:aws:logs:{_HERE}:log-group:orders:*",
    ): "it takes the group, and not its streams",
    ("polly_full_access_policy", "polly:DescribeVoices", "*"): _NO_RESOURCE,
    ("polly_full_access_policy", "polly:ListLexicons", "*"): _NO_RESOURCE,
    ("rekognition_no_data_access_policy", "rekognition:CompareFaces", "*"): _NO_RESOURCE,
    ("rekognition_no_data_access_policy", "rekognition:DetectFaces", "*"): _NO_RESOURCE,
    ("rekognition_no_data_access_policy", "rekognition:DetectLabels", "*"): _NO_RESOURCE,
    ("rekognition_no_data_access_policy", "rekognition:DetectModerationLabels", "*"): "it takes no collection",
    (
        "sage_maker_create_endpoint_policy",
        "sagemaker:CreateEndpoint",
        f"arn:aws:sagemaker:{_HERE}:endpoint-config/price",
    ): "it takes the configuration beside",
    ("serverless_repo_read_write_access_policy", "serverlessrepo:CreateApplication", "*"): _NO_RESOURCE,
    ("serverless_repo_read_write_access_policy", "serverlessrepo:ListApplications", "*"): _NO_RESOURCE,
    ("step_functions_callback_policy", "states:SendTaskFailure", "*"): _NO_RESOURCE,
    ("step_functions_callback_policy", "states:SendTaskHeartbeat", "*"): _NO_RESOURCE,
    ("step_functions_callback_policy", "states:SendTaskSuccess", "*"): _NO_RESOURCE,
}


def templates() -> dict[str, list[_Statement]]:
    """Give SAM's templates under our names, filled in with the values of the examples."""
    text = files("samtranslator").joinpath("policy_templates_data/policy_templates.json").read_text("utf-8")
    found = {snake_case(name): template for name, template in json.loads(text)["Templates"].items()}
    return {
        name: cast("list[_Statement]", _filled_in(template["Definition"]["Statement"], template=name))
        for name, template in found.items()
    }


def snake_case(name: str) -> str:
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name.replace("DynamoDB", "Dynamodb"))
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", words).lower()


def _filled_in(part: object, *, template: str) -> object:
    """Give a part of a template with the value of each parameter that it names."""
    if isinstance(part, list):
        return [_filled_in(each, template=template) for each in cast("list[object]", part)]
    if not isinstance(part, dict):
        return part
    known = cast("dict[str, object]", part)
    if known.keys() != {"Fn::Sub"}:
        return {key: _filled_in(each, template=template) for key, each in known.items()}
    given = cast("str | tuple[str, dict[str, dict[str, str]]]", known["Fn::Sub"])
    text, names = (given, {}) if isinstance(given, str) else given

    def value(found: re.Match[str]) -> str:
        parameter = names[found[1]]["Ref"] if found[1] in names else found[1]
        return PARAMETERS.get(f"{template}.{parameter}") or PARAMETERS[parameter]

    return re.sub(r"\$\{([^}]+)\}", value, text)


TEMPLATES = templates()


def wider_than_sam(name: str, permissions: Sequence[Permission]) -> set[tuple[str, str, str]]:
    """Give each action and resource that no statement of SAM's template allows under the same conditions or fewer."""
    return {
        (name, action, resource)
        for permission in permissions
        for action in permission.actions
        for resource in permission.resources
        if not any(_allows(statement, action, resource, permission.conditions) for statement in TEMPLATES[name])
    }


def test_every_template_is_here_and_nothing_else() -> None:
    assert len(TEMPLATES) == 81
    assert CASES.keys() == TEMPLATES.keys()
    assert {name for name in vars(sam) if name.endswith(("_policy", "_policy_v2"))} == TEMPLATES.keys()


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_the_policy_allows_no_more_than_sam_does(name: str) -> None:
    wider = wider_than_sam(name, CASES[name].permissions)
    assert all(any(_matches(statement, action) for statement in TEMPLATES[name]) for _, action, _ in wider)
    assert wider == {explained for explained in WIDER_WITH_REASON if explained[0] == name}


@pytest.mark.parametrize("name", sorted({name for name, *_ in WIDER_WITH_REASON}))
def test_what_is_wider_is_said_to_be(name: str) -> None:
    assert "Wider than SAM's: " in str(getattr(sam, name).__doc__)


def test_nothing_else_is_said_to_be_wider() -> None:
    said = {name for name in TEMPLATES if "Wider than SAM's: " in str(getattr(sam, name).__doc__)}
    assert said == {name for name, *_ in WIDER_WITH_REASON}


@pytest.mark.parametrize(
    ("name", "wider"),
    [
        ("efs_write_access_policy", lambda given: replace(given, conditions={})),
        ("aws_secrets_manager_rotation_policy", lambda given: replace(given, conditions={})),
        (
            "efs_write_access_policy",
            lambda given: replace(
                given,
                conditions={
                    "StringEquals": {
                        "elasticfilesystem:AccessPointArn": f"arn:aws:elasticfilesystem:{_HERE}:access-point/fsap-2"
                    }
                },
            ),
        ),
        (
            "sqs_send_message_policy",
            lambda given: replace(given, resources=tuple(f"{arn}*" for arn in given.resources)),
        ),
        (
            "sqs_send_message_policy",
            lambda given: replace(given, resources=("arn:aws:sqs:eu-west-1:111122223333:other",)),
        ),
        ("sqs_send_message_policy", lambda given: replace(given, actions=("sqs:PurgeQueue",))),
        (
            "dynamodb_crud_policy",
            lambda given: replace(given, resources=tuple(arn.replace("orders", "*") for arn in given.resources)),
        ),
        ("ec2_copy_image_policy", lambda given: replace(given, resources=("arn:aws:ec2:eu-west-1::image/*",))),
    ],
)
def test_a_policy_that_allows_more_is_found(name: str, wider: Callable[[Permission], Permission]) -> None:
    changed = [wider(permission) for permission in CASES[name].permissions]
    assert wider_than_sam(name, changed) - WIDER_WITH_REASON.keys()


def test_a_mapping_can_be_made_with_the_policy_on_a_stream() -> None:
    stream = PARAMETERS["dynamodb_stream_read_policy.StreamName"]
    arn = f"arn:aws:dynamodb:{_HERE}:table/orders/stream/{stream}"
    (policy,) = sam.dynamodb_stream_read_policy(arn)
    assert set(policy.actions) == set(dynamodb.read_stream(arn).actions)
    assert policy.resources == (arn,)


def _matches(statement: _Statement, action: str) -> bool:
    named = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
    return any(fnmatchcase(action, pattern) for pattern in named)


def _allows(statement: _Statement, action: str, resource: str, conditions: Mapping[str, Mapping[str, object]]) -> bool:
    """Tell whether a statement allows that: a wildcard of the resource has to meet one of the statement's."""
    named = statement["Resource"]
    patterns = cast("list[str]", named if isinstance(named, list) else [named])
    return (
        _matches(statement, action)
        and any(fnmatchcase(resource, pattern) for pattern in patterns)
        and all(
            conditions.get(operator, {}).get(key) == value
            for operator, keys in statement.get("Condition", {}).items()
            for key, value in keys.items()
        )
    )
