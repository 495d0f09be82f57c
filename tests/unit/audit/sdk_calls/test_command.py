"""The command: its report, as text and as JSON, and its exit status."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_s3_deployment import BucketDeployment, Source
from aws_cdk.aws_s3_notifications import SqsDestination

from best_practice_constructs.audit.__main__ import main as audit
from best_practice_constructs.audit.sdk_calls import command
from best_practice_constructs.audit.sdk_calls.command import main
from tests.unit.audit.sdk_calls.template_support import NOTHING, PUT, allow, template_of


def _run(folder: Path, template: Mapping[str, object], *options: str) -> tuple[int, str]:
    (folder / "Orders.template.json").write_text(json.dumps(template), "utf-8")
    output = io.StringIO()
    return main([str(folder), *options], output=output), output.getvalue()


def test_nothing_found_is_status_0(tmp_path: Path) -> None:
    status, output = _run(tmp_path, template_of(PUT, statements=[allow("dynamodb:PutItem")]))
    assert (status, output) == (0, "1 of 1 functions call exactly what their roles allow.\n")


def test_what_is_found_is_status_1_and_told_line_by_line(tmp_path: Path) -> None:
    code = f"{PUT}    boto3.client(event).scan()\n"
    status, output = _run(tmp_path, template_of(code, statements=[allow("dynamodb:GetItem")]))
    assert status == 1
    lines = output.splitlines()
    assert lines[0] == "Orders/Place (index.handler)"
    assert lines[1] == (
        "  unused   dynamodb:GetItem: statement 0 of Policy (Orders/Place/Role/DefaultPolicy), unless the unknown call "
        "at index.py:4 makes it: keep it until that is known"
    )
    assert lines[2] == "  missing  dynamodb:PutItem: index.py:3: boto3.client('dynamodb').put_item(Item={})"
    assert lines[3].startswith("  unknown  index.py:4: boto3.client(event).scan(); ")
    assert lines[3].endswith("declare it beside the call, as in '# sdk-calls: dynamodb:PutItem'")
    assert lines[4] == "0 of 1 functions call exactly what their roles allow."


def test_a_policy_that_is_not_read_is_told_of_a_role_that_is_exact_otherwise(tmp_path: Path) -> None:
    role = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    status, output = _run(tmp_path, template_of(PUT, statements=[allow("dynamodb:PutItem")], role=role))
    assert status == 1
    assert "  not read AdministratorAccess: no template holds it\n" in output
    assert output.endswith("0 of 1 functions call exactly what their roles allow.\n")


def test_a_pattern_that_is_wider_says_by_what(tmp_path: Path) -> None:
    status, output = _run(tmp_path, template_of(PUT, statements=[allow("dynamodb:Put*")]))
    assert status == 1
    assert "  unused   dynamodb:Put*, wider than the calls by dynamodb:PutResourcePolicy …: statement 0 of" in output


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({"Handler": "index.other"}, 1),
        ({"Role": "arn:aws:iam::111122223333:role/orders"}, 1),
        ({"Runtime": "nodejs22.x"}, 0),
    ],
    ids=["no handler", "no role", "no Python"],
)
def test_a_function_of_python_that_is_not_compared_is_no_success(
    tmp_path: Path, properties: dict[str, object], status: int
) -> None:
    template = template_of(PUT, statements=[allow("dynamodb:PutItem")])
    functions = cast("dict[str, dict[str, dict[str, object]]]", template["Resources"])
    other = functions["Function"]["Properties"] | properties
    functions["Other"] = {"Type": "AWS::Lambda::Function", "Properties": other}  # type: ignore[dict-item]  # a template holds anything
    found, output = _run(tmp_path, template)
    assert found == status
    assert "not compared, as " in output
    assert output.endswith(f"1 of {1 + status} functions call exactly what their roles allow.\n")


def test_functions_of_the_cdk_itself_are_left_out(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = Stack(app, "Orders")
    bucket = s3.Bucket(stack, "Bucket")
    bucket.add_event_notification(s3.EventType.OBJECT_CREATED, SqsDestination(sqs.Queue(stack, "Queue")))
    BucketDeployment(stack, "Files", sources=[Source.data("a", "b")], destination_bucket=bucket)
    output = io.StringIO()
    main([app.synth().directory], output=output)
    assert output.getvalue().count(": not compared, as it is the CDK's own, for a custom resource\n") == 2
    assert "0 of 0 functions" in output.getvalue()


def test_a_statement_that_is_not_read_and_a_mistyped_declaration_are_told(tmp_path: Path) -> None:
    code = f"{PUT[:-1]}  # sdk-calls: on TABEL\n"
    statement = {"Effect": "Allow", "NotAction": "dynamodb:Scan", "Resource": "*"}
    status, output = _run(tmp_path, template_of(code, statements=[statement]))
    assert status == 1
    assert "no variable of this name: correct the declaration\n" in output
    assert "  not read statement 0 of Policy (Orders/Place/Role/DefaultPolicy): NotAction cannot be read\n" in output
    _, written = _run(tmp_path, template_of(code, statements=[statement]), "--json")
    (found,) = json.loads(written)
    assert [each["element"] for each in found["statements_not_read"]] == ["NotAction"]


def test_json_has_every_call(tmp_path: Path) -> None:
    status, output = _run(tmp_path, template_of(PUT, statements=[allow("dynamodb:GetItem")]), "--json")
    (found,) = json.loads(output)
    assert status == 1
    assert found["function"] == "Orders/Place"
    assert [each["action"] for each in found["unused"]] == ["dynamodb:GetItem"]
    place = {"file": "index.py", "line": 3, "text": "boto3.client('dynamodb').put_item(Item={})"}
    assert found["missing"] == [{"action": "dynamodb:PutItem", "places": [place]}] == found["calls"]


def test_nothing_compared_is_no_success(tmp_path: Path) -> None:
    status, output = _run(tmp_path, template_of(NOTHING, properties={"Runtime": "nodejs22.x"}))
    assert status == 1
    assert "Orders/Place: not compared, as its code is not Python" in output


def test_no_template_is_status_2(tmp_path: Path) -> None:
    notes = io.StringIO()
    assert main([str(tmp_path)], notes=notes) == 2
    assert notes.getvalue().startswith(f"{tmp_path} holds no template, ")
    assert "'cdk synth'" in notes.getvalue()


@pytest.mark.parametrize("name", ["cdk.out", "Orders.template.json"])
def test_what_is_not_there_is_status_2_and_tells_how_it_is_made(tmp_path: Path, name: str) -> None:
    notes = io.StringIO()
    assert main([str(tmp_path / name)], notes=notes) == 2
    told = notes.getvalue()
    assert told.startswith(f"{tmp_path / name} does not exist: ")
    assert "'cdk synth'" in told
    assert "'CDK_OUTDIR=cdk.out python app.py'" in told


def test_no_botocore_is_status_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _name: None)
    notes = io.StringIO()
    assert main([str(tmp_path)], notes=notes) == 2
    assert "best-practice-constructs[runtime]" in notes.getvalue()


def test_a_declaration_that_is_none_is_status_2(tmp_path: Path) -> None:
    template = template_of("def handler(event, context): pass  # sdk-calls: all of them\n")
    (tmp_path / "Orders.template.json").write_text(json.dumps(template), "utf-8")
    notes = io.StringIO()
    assert main([str(tmp_path)], notes=notes) == 2
    assert "index.py:1" in notes.getvalue()


def test_a_check_is_chosen_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Orders.template.json").write_text(json.dumps(template_of()), "utf-8")
    assert audit(["sdk-calls", str(tmp_path)]) == 0
    assert "1 of 1 functions" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        audit(["spelling"])
    assert stopped.value.code == 2
