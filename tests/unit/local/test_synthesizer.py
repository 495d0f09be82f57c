"""An app is run as the CDK's command line runs it, and its failures are told in one sentence with evidence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from best_practice_constructs.local.errors import SynthesisError
from best_practice_constructs.local.synthesizer import synthesis_failure, synthesize_app

APP = """
import json, os, sys
if os.environ.get("FAIL"):
    sys.exit("no such table")
with open(os.path.join(os.environ["CDK_OUTDIR"]), "w") as seen:
    json.dump({**os.environ, "context": json.loads(os.environ["CDK_CONTEXT_JSON"]), "python": sys.executable}, seen)
"""


def synthesize(directory: Path, **more: object) -> dict[str, object]:
    output = directory / "seen.json"
    synthesize_app(
        directory,
        output_directory=output,
        account="000000000000",
        region="us-east-1",
        **more,  # type: ignore[arg-type]  # a test's shortcut
    )
    seen: dict[str, object] = json.loads(output.read_text())
    return seen


@pytest.fixture
def app_directory(tmp_path: Path) -> Path:
    (tmp_path / "cdk.json").write_text(json.dumps({"app": "python app.py", "context": {"a": "json", "b": "json"}}))
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def test_context_comes_from_cdk_json_and_the_caller_and_asks_for_bundles_of_this_machine(app_directory: Path) -> None:
    context = synthesize(app_directory, context={"b": "caller"})["context"]
    assert isinstance(context, dict)
    assert (context["a"], context["b"]) == ("json", "caller")
    assert context["best-practice-constructs:bundle-platform"] == "host"
    assert context["aws:cdk:enable-path-metadata"] is True


def test_the_app_gets_a_node_that_jsii_supports_and_its_byte_code(
    app_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JSII_NODE", raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    seen = synthesize(app_directory, environment={"STAGE": "local"})
    assert Path(str(seen["JSII_NODE"])).is_file()
    assert "PYTHONDONTWRITEBYTECODE" not in seen
    assert (seen["STAGE"], seen["CDK_VALIDATION"]) == ("local", "false")


def test_a_failing_app_is_told_by_what_it_said(app_directory: Path) -> None:
    with pytest.raises(SynthesisError, match=r"could not be synthesized: no such table\n.* ended with status 1\.$"):
        synthesize(app_directory, environment={"FAIL": "1"})


def test_the_message_of_the_exception_comes_before_its_traceback(app_directory: Path) -> None:
    (app_directory / "app.py").write_text(
        "class TableError(Exception):\n    pass\n\n"
        "try:\n    {}['orders']\n"
        "except KeyError as error:\n    raise TableError('two are missing:\\n  orders\\n- invoices') from error\n"
    )
    with pytest.raises(SynthesisError) as failure:
        synthesize(app_directory)
    first, second, third, fourth, *evidence = str(failure.value).splitlines()
    assert first.endswith(" could not be synthesized: TableError: two are missing:")
    assert (second, third) == ("  orders", "- invoices")
    assert fourth == "'python app.py' ended with status 1, after printing:"
    assert evidence[0] == "Traceback (most recent call last):"
    assert "KeyError: 'orders'" in evidence
    assert not [line for line in evidence if "two are missing:\n" in line or line == "- invoices"]


def test_the_module_of_the_exception_is_left_out_and_what_was_printed_stays() -> None:
    def told(output: str) -> str:
        return synthesis_failure(output, directory=Path("/app"), command="python app.py", status=1)

    output = 'Traceback (most recent call last):\n  File "app.py", line 1\nmy.errors.TableError: a.b: it is gone\n'
    assert told(output).startswith("The app in /app could not be synthesized: TableError: a.b: it is gone\n")
    assert told("warming up\nnode: not found\n").splitlines() == [
        "The app in /app could not be synthesized: node: not found",
        "'python app.py' ended with status 1, after printing:",
        "warming up",
    ]
    assert told("").startswith("The app in /app could not be synthesized: it said nothing\n")
    long = "\n".join(map(str, range(100)))
    assert told(long).splitlines()[-1] == "98"
    assert len(told(long).splitlines()) < 40


def test_a_directory_without_an_app_is_an_error_that_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SynthesisError, match=r"has no cdk.json: give the directory of a CDK app"):
        synthesize(tmp_path)
    (tmp_path / "cdk.json").write_text("{}")
    with pytest.raises(SynthesisError, match=r'add "app": "python app.py"'):
        synthesize(tmp_path)
