"""A plan says everything that is going to be done, before anything is done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from best_practice_constructs.local.cloud_assembly import AssembledStack, FileAsset
from best_practice_constructs.local.deployment_plan import DeploymentPlan, plan_deployment
from best_practice_constructs.local.errors import CloudAssemblyError

SUPPORTED = frozenset({"AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::Events::EventBus"})


def assembled(directory: Path, template: dict[str, object], **more: object) -> AssembledStack:
    path = directory / f"{more.get('name', 'Orders')}.template.json"
    path.write_text(json.dumps(template))
    name = str(more.pop("name", "Orders"))
    return AssembledStack(artifact_id=name, stack_name=name, display_name=name, template_path=path, **more)  # type: ignore[arg-type]  # a test's shortcut


def plan(*stacks: AssembledStack, **parameters: dict[str, str]) -> DeploymentPlan:
    return plan_deployment(
        stacks, supported_types=SUPPORTED, account="000000000000", region="us-east-1", parameters=parameters
    )


def template_of(planned: DeploymentPlan, index: int = 0) -> dict[str, dict[str, object]]:
    content = planned.stacks[index].template.content
    assert content is not None
    template: dict[str, dict[str, object]] = json.loads(content)
    return template


def test_assets_go_to_the_bucket_of_the_account_and_region(tmp_path: Path) -> None:
    asset = FileAsset(
        source=tmp_path / "asset.1", zipped=True, bucket="assets-${AWS::AccountId}-${AWS::Region}", object_key="1.zip"
    )
    here = plan(assembled(tmp_path, {"Resources": {}}, assets=(asset,)))
    there = plan(assembled(tmp_path, {"Resources": {}}, assets=(asset,), account="111122223333", region="eu-west-1"))
    assert [upload.bucket for upload in here.stacks[0].uploads] == ["assets-000000000000-us-east-1"]
    assert [upload.bucket for upload in there.stacks[0].uploads] == ["assets-111122223333-eu-west-1"]


def test_nested_templates_are_adapted_too_under_the_key_that_their_parent_knows(tmp_path: Path) -> None:
    nested = tmp_path / "OrdersNested.nested.template.json"
    nested.write_text(json.dumps({"Resources": {"Group": {"Type": "AWS::XRay::Group"}}}))
    asset = FileAsset(source=nested, zipped=False, bucket="assets", object_key="hash.json")
    planned = plan(assembled(tmp_path, {"Resources": {}}, assets=(asset,)))
    (upload,) = planned.stacks[0].uploads
    assert upload.key == "hash.json"
    assert upload.content is not None
    assert json.loads(upload.content) == {"Resources": {}}
    assert [(entry.stack_name, entry.logical_id) for entry in planned.omitted] == [("Orders/OrdersNested", "Group")]


def test_a_parameter_without_a_value_is_an_error_that_tells_how_to_give_it(tmp_path: Path) -> None:
    template: dict[str, object] = {"Resources": {}, "Parameters": {"Mail": {"Type": "String"}}}
    stack = assembled(tmp_path, template)
    with pytest.raises(CloudAssemblyError, match=r"--parameter Orders:Mail="):
        plan(stack)
    assert dict(plan(stack, Orders={"Mail": "a@example.com"}).stacks[0].parameters) == {"Mail": "a@example.com"}


def test_the_bootstrap_version_is_put_where_the_template_looks_for_it(tmp_path: Path) -> None:
    parameters = {"BootstrapVersion": {"Default": "/cdk-bootstrap/mine/version"}}
    planned = plan(assembled(tmp_path, {"Resources": {}, "Parameters": parameters}))
    assert planned.stacks[0].bootstrap_parameter == "/cdk-bootstrap/mine/version"


def test_an_archive_is_made_through_its_service_and_so_not_reported_as_left_out(tmp_path: Path) -> None:
    resources = {
        "Bus": {"Type": "AWS::Events::EventBus"},
        "Archive": {"Type": "AWS::Events::Archive", "Properties": {"SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]}}},
    }
    planned = plan(assembled(tmp_path, {"Resources": resources}))
    assert planned.omitted == ()
    assert [(entry.logical_id, entry.how) for entry in planned.supplied] == [("Archive", "made through EventBridge")]
    assert list(template_of(planned)["Resources"]) == ["Bus"]
    assert list(template_of(planned)["Outputs"].values()) == [{"Value": {"Fn::GetAtt": ["Bus", "Arn"]}}]


def test_an_export_that_is_gone_is_gone_for_later_stacks_too(tmp_path: Path) -> None:
    first = assembled(
        tmp_path,
        {
            "Resources": {"Group": {"Type": "AWS::XRay::Group"}},
            "Outputs": {"Group": {"Value": {"Ref": "Group"}, "Export": {"Name": "First:Group"}}},
        },
        name="First",
    )
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Value": {"Fn::ImportValue": "First:Group"}}]}}
    second = assembled(tmp_path, {"Resources": {"Queue": queue}}, name="Second")
    planned = plan(first, second)
    assert template_of(planned, 0)["Outputs"] == {}
    assert "ImportValue" not in json.dumps(template_of(planned, 1))
