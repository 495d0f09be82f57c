"""Connections and API destinations: named before they are there, made through EventBridge with the secrets of then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from best_practice_constructs.local.api_destinations import HOW_MADE, resolve_secrets, with_known_destinations
from best_practice_constructs.local.service_calls import plan_service_calls
from tests.unit.local.test_deployment_plan import assembled, plan, template_of

CONNECTION = {
    "Type": "AWS::Events::Connection",
    "Properties": {"AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "x", "ApiKeyValue": {"Ref": "Secret"}}}},
}
DESTINATION = {
    "Type": "AWS::Events::ApiDestination",
    "Properties": {"ConnectionArn": {"Fn::GetAtt": ["Connection", "Arn"]}, "HttpMethod": "POST"},
}
CONNECTION_ARN = "arn:aws:events:eu-west-1:111122223333:connection/Partner-Connection"
DESTINATION_ARN = "arn:aws:events:eu-west-1:111122223333:api-destination/hook"


def known(resources: Mapping[str, object], **parts: object) -> dict[str, object]:
    return with_known_destinations(
        {"Resources": resources, **parts}, stack_name="Partner", account="111122223333", region="eu-west-1"
    )


def test_references_are_what_they_will_mean() -> None:
    resources = {
        "Connection": CONNECTION,
        "Hook": {**DESTINATION, "Properties": {**DESTINATION["Properties"], "Name": "hook"}},  # type: ignore[dict-item] # a dictionary
        "Rule": {
            "Type": "AWS::Events::Rule",
            "DependsOn": ["Hook"],
            "Properties": {
                "Targets": [{"Arn": {"Fn::GetAtt": ["Hook", "Arn"]}, "Id": {"Ref": "Hook"}}],
                "Description": {"Fn::Sub": "${Hook.ArnForPolicy} by ${Connection} on ${AWS::Region}"},
            },
        },
    }
    template = known(resources, Outputs={"Arn": {"Value": {"Fn::GetAtt": "Connection.Arn"}}}, Parameters={"A": {}})
    made = cast("dict[str, dict[str, dict[str, object]]]", template["Resources"])
    assert made["Rule"]["Properties"] == {
        "Targets": [{"Arn": DESTINATION_ARN, "Id": "hook"}],
        "Description": {"Fn::Sub": f"{DESTINATION_ARN} by Partner-Connection on ${{AWS::Region}}"},
    }
    assert made["Hook"]["Properties"]["ConnectionArn"] == CONNECTION_ARN
    assert made["Connection"] == CONNECTION
    assert template["Outputs"] == {"Arn": {"Value": CONNECTION_ARN}}
    assert template["Parameters"] == {"A": {}}


def test_what_may_not_be_there_is_left_alone() -> None:
    resources = {"Connection": {**CONNECTION, "Condition": "Production"}, "Hook": DESTINATION}
    made = cast("dict[str, dict[str, dict[str, object]]]", known(resources)["Resources"])
    assert made["Hook"]["Properties"]["ConnectionArn"] == {"Fn::GetAtt": ["Connection", "Arn"]}


def test_connections_come_before_what_uses_them() -> None:
    template = {"Resources": {"Hook": DESTINATION, "Connection": CONNECTION}}
    calls = plan_service_calls(template, omitted=frozenset())
    assert [each.logical_id for each in calls.connections] == ["Connection", "Hook"]
    assert {"Value": {"Ref": "Secret"}} in calls.outputs.values()


def test_they_are_made_through_their_service_and_so_not_reported_as_left_out(tmp_path: Path) -> None:
    resources = {
        "Secret": {"Type": "AWS::SQS::Queue"},
        "Connection": CONNECTION,
        "Hook": DESTINATION,
        "User": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": {"Ref": "Hook"}}, "DependsOn": "Hook"},
    }
    exports = {"Hook": {"Value": {"Fn::GetAtt": ["Hook", "Arn"]}, "Export": {"Name": "Orders:Hook"}}}
    planned = plan(assembled(tmp_path, {"Resources": resources, "Outputs": exports}))
    assert planned.omitted == ()
    assert {entry.logical_id: entry.how for entry in planned.supplied} == {
        "Connection": HOW_MADE["AWS::Events::Connection"],
        "Hook": HOW_MADE["AWS::Events::ApiDestination"],
    }
    template = template_of(planned)
    assert set(template["Resources"]) == {"Secret", "User"}
    assert template["Resources"]["User"] == {"Type": "AWS::SQS::Queue", "Properties": {"Tags": "Orders-Hook"}}
    assert str(template["Outputs"]["Hook"]).endswith(
        ":api-destination/Orders-Hook', 'Export': {'Name': 'Orders:Hook'}}"
    )


class Secrets:
    """Answers with what it was asked."""

    def get_secret_value(self, **parameters: str) -> Mapping[str, object]:
        return {"SecretString": json.dumps({**parameters, "pin": 7})}


ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:partner-AbCdEf"


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("{{resolve:secretsmanager:partner/key:SecretString:SecretId::}}", "partner/key"),
        (f"{{{{resolve:secretsmanager:{ARN}:SecretString:SecretId::}}}}", ARN),
        (f"{{{{resolve:secretsmanager:{ARN}:SecretString:VersionId::v1}}}}", "v1"),
        (f"{{{{resolve:secretsmanager:{ARN}:SecretString:VersionStage:AWSPREVIOUS:}}}}", "AWSPREVIOUS"),
        ("Bearer {{resolve:secretsmanager:a:SecretString:pin}}", "Bearer 7"),
        ("{{resolve:secretsmanager:a:SecretString:::}}", json.dumps({"SecretId": "a", "pin": 7})),
        ("{{resolve:secretsmanager:a}}", json.dumps({"SecretId": "a", "pin": 7})),
        ("no reference", "no reference"),
    ],
)
def test_references_to_secrets_are_what_they_hold(reference: str, value: str) -> None:
    assert resolve_secrets({"a": [reference, 1]}, secrets=Secrets()) == {"a": [value, 1]}
