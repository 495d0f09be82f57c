"""Assemblies and the code beside them, as they lie on disk."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from best_practice_constructs.audit.sdk_calls.comparison import compare_functions
from best_practice_constructs.audit.sdk_calls.template_model import Assembly, TemplateError
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


@pytest.mark.parametrize(("content", "reason"), [("{", "is no JSON"), ("[]", "is no template")])
def test_what_is_no_template_is_an_error(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "Orders.template.json"
    file.write_text(content, "utf-8")
    with pytest.raises(TemplateError, match=reason):
        Assembly.of(file)


def test_a_folder_without_templates_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="cdk synth"):
        Assembly.of(tmp_path)
