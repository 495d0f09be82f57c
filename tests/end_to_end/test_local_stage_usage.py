"""``up`` tells how to use what it deployed, and what keeps a function from starting."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from best_practice_constructs.local import LocalStage

pytestmark = pytest.mark.end_to_end

COMMAND = [sys.executable, "-m", "best_practice_constructs.local", "up"]
APP = """
from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_

app = App()
shop = Stack(app, "Shop")
api = apigateway.RestApi(shop, "Api", cloud_watch_role=False)
for name in ("Greet", "Broken"):
    function = lambda_.Function(
        shop,
        name,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler=f"{name.lower()}.handler",
        code=lambda_.Code.from_asset("code"),
    )
    resource = api.root.add_resource(name.lower()).add_resource("{who}")
    authorization = apigateway.AuthorizationType.IAM
    resource.add_method("GET", apigateway.LambdaIntegration(function), authorization_type=authorization)
app.synth()
"""
GREET = """
def handler(event, context):
    caller = event["requestContext"]["identity"].get("userArn")
    return {"statusCode": 200, "body": f"hello {event['pathParameters']['who']}, signed by {caller}"}
"""


@pytest.fixture
def app_directory(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "code" / "greet.py").write_text(GREET)
    (tmp_path / "code" / "broken.py").write_text("import os\n\nimport a_package_that_nobody_has\n")
    return tmp_path


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1", "COLUMNS": "40"}


def test_the_printed_commands_work_and_a_function_that_cannot_be_loaded_is_told(app_directory: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, str(app_directory)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    ) as process:
        try:
            assert process.stdout
            seen = ""
            while "Ctrl-C stops it" not in seen:
                seen += process.stdout.readline()
            calls = dict(re.findall(r"^  Shop/Api: GET /(\w+)/\{who\}\n    (curl .*)$", seen, re.MULTILINE))
            answer = _run(calls["greet"])
            assert "hello WHO, signed by arn:aws:iam::000000000000:" in answer
            broken = _run(calls["broken"])
            assert broken.startswith("HTTP/1.1 502")
            _run(calls["broken"])
            line = process.stdout.readline()
            process.terminate()
            rest, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    assert line == (
        "Shop/Broken could not be loaded: ModuleNotFoundError: No module named 'a_package_that_nobody_has' "
        "(broken.py, line 3)\n"
    )
    assert "could not be loaded" not in rest
    assert re.search(r"^  Shop/Greet\n    aws logs tail /aws/lambda/Shop-Greet\S+ --follow$", seen, re.MULTILINE)
    assert re.search(r"^The emulator's own log: /\S+/emulator\.log$", seen, re.MULTILINE)


def test_once_tells_nothing_of_how_to_use_a_stage_that_is_gone(app_directory: Path) -> None:
    completed = subprocess.run(
        [*COMMAND, str(app_directory), "--once"], capture_output=True, text=True, env=environment(), check=True
    )
    assert "✓ Deploying the stacks" in completed.stdout
    for what in ("export ", "curl", "aws logs", "Ctrl-C", "emulator.log"):
        assert what not in completed.stdout


def test_a_test_can_ask_which_functions_could_not_be_loaded() -> None:
    with LocalStage() as stage:
        functions = {"exits": "import sys; sys.exit('no table')", "misses": "import os; os.environ['TABLE']"}
        functions["works"] = "def handler(event, context): return 1"
        for name, code in functions.items():
            stage.client("lambda").create_function(
                FunctionName=name,
                Runtime="python3.13",
                Handler="main.handler",
                Role="arn:aws:iam::000000000000:role/any",
                Code={"ZipFile": _zip("main.py", code)},
            )
            for _ in range(2):
                stage.client("lambda").invoke(FunctionName=name)
        assert [(failure.name, failure.reason) for failure in stage.failed_starts()] == [
            ("exits", "SystemExit: no table (main.py, line 1)"),
            ("misses", "KeyError: 'TABLE' (main.py, line 1)"),
        ]
        assert stage.emulator_log_path.is_file()


def _run(command: str) -> str:
    return subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout  # noqa: S602 -- own


def _zip(name: str, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()
