"""Assemblies and the code beside them, as they lie on disk."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from best_practice_constructs.audit.sdk_calls.comparison import compare_functions
from best_practice_constructs.audit.sdk_calls.template_model import Assembly, Template, TemplateError
from tests.unit.audit.sdk_calls.template_support import PUT, allow, template_of


def _write(folder: Path, code: Path) -> None:
    properties = {"Code": {"S3Bucket": "assets", "S3Key": "abc.zip"}, "Handler": "app.handler"}
    template = template_of(statements=[allow("dynamodb:PutItem")], properties=properties)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Orders.template.json").write_text(json.dumps(template), "utf-8")
    asset = {"source": {"path": str(code), "packaging": "zip"}, "destinations": {"here": {"objectKey": "abc.zip"}}}
    (folder / "Orders.assets.json").write_text(json.dumps({"files": {"abc": asset}}), "utf-8")


def test_code_in_a_folder_is_read(tmp_path: Path) -> None:
    code = tmp_path / "asset.abc"
    code.mkdir()
    (code / "app.py").write_text(PUT, "utf-8")
    _write(tmp_path, Path("asset.abc"))
    (found,) = compare_functions(Assembly.of(tmp_path))
    assert found.not_compared is None
    assert found.is_exact


def test_code_in_a_zip_file_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "asset.abc.zip", "w") as archive:
        archive.writestr("app.py", PUT)
    _write(tmp_path, Path("asset.abc.zip"))
    (found,) = compare_functions(Assembly.of(tmp_path))
    assert found.not_compared is None
    assert found.is_exact


def test_packages_of_others_are_told_by_their_metadata(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "asset.abc.zip", "w") as archive:
        archive.writestr("app.py", "import library\ndef handler(event, context): library.save()\n")
        archive.writestr("library.py", "import boto3\ndef save(): boto3.client('dynamodb').put_item()\n")
        archive.writestr("library-1.0.dist-info/licenses/LICENSE", "")
    _write(tmp_path, Path("asset.abc.zip"))
    assert compare_functions(Assembly.of(tmp_path))[0].is_exact


def test_nested_assemblies_are_read_too(tmp_path: Path) -> None:
    code = tmp_path / "asset.abc"
    code.mkdir()
    (code / "app.py").write_text(PUT, "utf-8")
    _write(tmp_path / "assembly-Production", Path("../asset.abc"))
    assert [each.is_exact for each in compare_functions(Assembly.of(tmp_path))] == [True]


@pytest.mark.parametrize("apart", ["folder", "environment"])
@pytest.mark.parametrize("link", ["export", "output"])
def test_stacks_of_one_name_have_their_own_outputs(apart: str, link: str) -> None:
    output = {"Name": {"Value": {"Ref": "Table"}, "Export": {"Name": "Name"}}}
    data = {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}}, "Outputs": output}

    def stack(name: str, where: str, content: Mapping[str, object]) -> Template:
        folder = Path(where) if apart == "folder" else Path()
        return Template(name=name, folder=folder, environment=where, content=content)

    tables = {where: stack("Data", where, data) for where in ("first", "second", "third")}
    for where, table in tables.items():
        user = stack("Orders", where, {})
        assembly = Assembly([*tables.values(), user])
        named = {"StackName": "Data", "OutputName": "Name"}
        value = {"Fn::ImportValue": "Name"} if link == "export" else {"Fn::GetStackOutput": named}
        assert assembly.target(user, value) is table.resources["Table"]


def test_an_output_of_another_region_is_its_own() -> None:
    output = {"Name": {"Value": {"Ref": "Table"}}}
    data = {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}}, "Outputs": output}
    first, second = (
        Template(name="Data", folder=Path(), environment=f"aws://111122223333/{region}", content=data)
        for region in ("eu-west-1", "eu-west-2")
    )
    user = Template(name="Orders", folder=Path(), environment="aws://111122223333/eu-west-1", content={})
    value = {"Fn::GetStackOutput": {"StackName": "Data", "OutputName": "Name", "Region": "eu-west-2"}}
    assert Assembly([first, second, user]).target(user, value) is second.resources["Table"]


@pytest.mark.parametrize("told_by", ["metadata", "assets"])
def test_a_parameter_of_a_nested_stack_is_what_its_parent_gives(told_by: str, tmp_path: Path) -> None:
    nested = Template(name="Nested", folder=tmp_path, file_name="nested.template.json", content={})
    resource = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {
            "TemplateURL": {"Fn::Sub": "https://s3/assets/abc.json"},
            "Parameters": {"Given": {"Ref": "Own"}},
        },
        "Metadata": {"aws:asset:path": "nested.template.json"} if told_by == "metadata" else {},
    }
    content = {"Resources": {"Own": {"Type": "AWS::IAM::Role"}, "Nested": resource}}
    assets = {} if told_by == "metadata" else {"abc.json": tmp_path / "nested.template.json"}
    parent = Template(name="Orders", folder=tmp_path, file_name="o.template.json", content=content, assets=assets)
    assembly = Assembly([nested, parent])
    assert assembly.target(nested, {"Ref": "Given"}) is parent.resources["Own"]
    assert assembly.target(nested, {"Ref": "Other"}) is None


@pytest.mark.parametrize(("content", "reason"), [("{", "is no JSON"), ("[]", "is no template")])
def test_what_is_no_template_is_an_error(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "Orders.template.json"
    file.write_text(content, "utf-8")
    with pytest.raises(TemplateError, match=reason):
        Assembly.of(file)


def test_a_folder_without_templates_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="cdk synth"):
        Assembly.of(tmp_path)
