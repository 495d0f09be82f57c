"""An assembly is read as the CDK writes it: stacks in order, their files, stages within."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack, Stage
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from best_practice_constructs.local.cloud_assembly import CloudAssembly, read_cloud_assembly
from best_practice_constructs.local.errors import CloudAssemblyError


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> CloudAssembly:
    directory = tmp_path_factory.mktemp("assembly")
    (directory / "code").mkdir()
    (directory / "code" / "index.py").write_text("def handler(event, context): return event\n")
    app = App(outdir=str(directory / "out"))
    first = Stack(app, "First")
    last = Stack(app, "Last", stack_name="the-last", tags={"team": "orders"})
    middle = Stack(app, "Middle", env=Environment(account="111122223333", region="eu-west-1"))
    last.add_stack_dependency(middle)
    middle.add_stack_dependency(first)
    sqs.Queue(first, "Queue")
    lambda_.Function(
        last,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_asset(str(directory / "code")),
    )
    Stack(Stage(app, "Production"), "Orders")
    app.synth()
    return read_cloud_assembly(directory / "out")


def test_stacks_come_after_those_they_depend_on(assembly: CloudAssembly) -> None:
    order = [stack.display_name.split(" ")[0] for stack in assembly.stacks]
    assert order.index("First") < order.index("Middle") < order.index("Last")


def test_the_stacks_of_a_stage_are_there_under_their_own_names(assembly: CloudAssembly) -> None:
    (orders,) = [stack for stack in assembly.stacks if stack.stack_name == "Production-Orders"]
    assert orders.template_path.is_file()


def test_a_stack_tells_its_environment_only_when_the_app_fixes_it(assembly: CloudAssembly) -> None:
    by_id = {stack.artifact_id: stack for stack in assembly.stacks}
    assert (by_id["Middle"].account, by_id["Middle"].region) == ("111122223333", "eu-west-1")
    assert (by_id["First"].account, by_id["First"].region) == (None, None)
    assert dict(by_id["Last"].tags) == {"team": "orders"}


def test_assets_are_the_files_of_a_stack_without_its_own_template(assembly: CloudAssembly) -> None:
    (asset,) = next(stack.assets for stack in assembly.stacks if stack.stack_name == "the-last")
    assert asset.zipped
    assert (asset.source / "index.py").is_file()
    assert asset.bucket == "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"


def test_selecting_a_stack_selects_what_it_depends_on(assembly: CloudAssembly) -> None:
    assert [stack.artifact_id for stack in assembly.select(["Middle"])] == ["First", "Middle"]
    assert [stack.artifact_id for stack in assembly.select(["the-last"])] == ["First", "Middle", "Last"]
    assert assembly.select(None) == assembly.stacks


def test_an_unknown_stack_is_an_error_that_tells_the_known_ones(assembly: CloudAssembly) -> None:
    with pytest.raises(CloudAssemblyError, match=r"no stack 'Nothing'; its stacks: .*First"):
        assembly.select(["Nothing"])


def test_a_directory_without_a_manifest_is_an_error_that_tells_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(CloudAssemblyError, match=r"no cloud assembly.*cdk synth"):
        read_cloud_assembly(tmp_path)


def test_context_that_must_be_looked_up_is_an_error_that_names_it(tmp_path: Path) -> None:
    manifest = {"missing": [{"key": "vpc-provider:account=1"}], "artifacts": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CloudAssemblyError, match=r"vpc-provider:account=1"):
        read_cloud_assembly(tmp_path)


def test_a_circle_is_an_error_that_shows_it(tmp_path: Path) -> None:
    def artifact(dependency: str) -> dict[str, object]:
        properties = {"templateFile": "t.json"}
        return {"type": "aws:cloudformation:stack", "properties": properties, "dependencies": [dependency]}

    manifest = {"artifacts": {"A": artifact("B"), "B": artifact("A")}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CloudAssemblyError, match=r"A → B → A"):
        read_cloud_assembly(tmp_path)
