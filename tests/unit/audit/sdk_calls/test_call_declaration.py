"""What is declared in comments counts, and what is none is an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.audit.sdk_calls.call_declaration import (
    CallDeclaration,
    CallDeclarationError,
    call_declarations,
)
from best_practice_constructs.audit.sdk_calls.scope_reader import read_module
from tests.unit.audit.sdk_calls.code_support import actions_in, calls_in

PUT = "import boto3\nclient = boto3.client('dynamodb')\n"


def test_a_declaration_takes_the_place_of_what_is_beside_it() -> None:
    source = (
        PUT + "def handler(event, context):\n    client.put_item()  # sdk-calls: s3:PutObject -- through a gateway\n"
    )
    assert actions_in(source) == {"s3:PutObject"}


def test_a_comment_of_its_own_line_is_about_the_next() -> None:
    source = PUT + "def handler(event, context):\n    # sdk-calls: none\n    client.put_item()\n    client.scan()\n"
    assert actions_in(source) == {"dynamodb:Scan"}


def test_a_function_is_declared_as_a_whole() -> None:
    source = PUT + (
        "def save():  # sdk-calls: s3:PutObject, s3:GetObject\n    client.put_item()\n"
        "def handler(event, context):\n    save()\n"
    )
    assert actions_in(source) == {"s3:GetObject", "s3:PutObject"}


@pytest.mark.parametrize(
    "comment",
    [
        "    # sdk-calls: none\n    # It may be there already.\n",
        "    # sdk-calls: none -- it may be\n    # there already\n\n",
        "    # sdk-calls: none\n\n",
        "    # Once.\n    # sdk-calls: none\n",
    ],
)
@pytest.mark.parametrize("header", ["handler(event, context)", "handler(\n    event,\n    context,\n)"])
def test_a_comment_in_a_function_is_about_the_next_statement_alone(comment: str, header: str) -> None:
    source = PUT + f"def {header}:\n{comment}    client.put_item()\n    client.scan()\n"
    assert actions_in(source) == {"dynamodb:Scan"}


@pytest.mark.parametrize(
    "function",
    [
        "# sdk-calls: none\n# Not here.\n\ndef save():\n    client.put_item()\n",
        "# sdk-calls: none\n\n@cache\ndef save():\n    client.put_item()\n",
        "@cache\n# sdk-calls: none\ndef save():\n    client.put_item()\n",
        "def save(\n    item=None,\n) -> None:  # sdk-calls: none\n    # Not here.\n    client.put_item()\n",
    ],
)
def test_a_function_is_declared_before_it_and_on_its_header(function: str) -> None:
    source = PUT + f"from functools import cache\n{function}def handler(event, context):\n    save()\n"
    assert actions_in(source) == set()


def test_the_comment_of_a_function_in_a_function_is_about_that_one() -> None:
    source = PUT + (
        "def handler(event, context):\n    # sdk-calls: none\n    @event\n    def save():\n        client.put_item()\n"
        "    save()\n    client.scan()\n"
    )
    assert actions_in(source) == {"dynamodb:Scan"}


@pytest.mark.parametrize(
    "header", ["if client.put_item(\n        Item={},\n    ):", "with (\n        client.put_item() as put,\n    ):"]
)
def test_the_header_of_a_compound_statement_is_declared_alone(header: str) -> None:
    source = PUT + f"def handler(event, context):\n    {header}  # sdk-calls: none\n        client.scan()\n"
    assert actions_in(source) == {"dynamodb:Scan"}


def test_each_line_of_a_statement_may_have_its_own() -> None:
    source = PUT + (
        "def handler(event, context):\n    return [\n        event.run(),  # sdk-calls: s3:GetObject\n"
        "        client.scan(),\n        client.put_item(\n            Item={},\n"
        "        ),  # sdk-calls: s3:PutObject\n"
        "    ]\n"
    )
    assert actions_in(source) == {"dynamodb:Scan", "s3:GetObject", "s3:PutObject"}


def test_the_only_one_of_a_statement_is_about_all_of_it() -> None:
    source = PUT + (
        "def handler(event, context):\n    client.put_item(\n        Item={},\n"
        "        # sdk-calls: s3:PutObject\n    )\n"
    )
    assert actions_in(source) == {"s3:PutObject"}


@pytest.mark.parametrize(
    "text",
    [
        "# sdk-calls: none\nclass Orders:\n    pass\n",
        "def save():\n    return\n    # sdk-calls: none\n\ndef find():\n    pass\n",
        "try:  # sdk-calls: none\n    save()\nfinally:\n    pass\n",
        'def save():\n    # sdk-calls: none\n    """Save."""\n',
        "save()\n# sdk-calls: none\n",
    ],
)
def test_a_comment_beside_nothing_is_an_error(text: str) -> None:
    line = text[: text.index("# sdk")].count("\n") + 1
    with pytest.raises(CallDeclarationError, match=rf"app\.py:{line}: .*beside nothing"):
        read_module("app", "app.py", text)


def test_two_of_one_line_are_an_error() -> None:
    with pytest.raises(CallDeclarationError, match=r"app\.py:2: line 3 has two"):
        call_declarations("# sdk-calls: none\n# sdk-calls: on TABLE\nsave()\n", file="app.py")


@pytest.mark.parametrize("text", ["def save(:\n", "save((\n", '"""\n', "  save()\n save()\n"])
def test_a_file_that_does_not_parse_declares_nothing(text: str) -> None:
    source = f"# sdk-calls: none\nput()\n{text}"
    assert read_module("app", "app.py", source).scope.nodes == []


def test_what_a_declared_function_mentions_is_not_reached() -> None:
    source = PUT + (
        "def put():\n    client.put_item()\n# sdk-calls: none\ndef save():\n    put()\n"
        "def handler(event, context):\n    save()\n"
    )
    assert actions_in(source) == set()


@pytest.mark.parametrize(
    ("environment", "actions"),
    [
        ({}, set[str]()),
        ({"CACHE": "table"}, {"dynamodb:PutItem"}),
        ({"CACHE": "memory"}, set[str]()),
        ({"CACHE": {"Ref": "Parameter"}}, {"dynamodb:PutItem"}),
    ],
)
def test_a_condition_on_the_environment(environment: dict[str, object], actions: set[str]) -> None:
    source = PUT + (
        "# sdk-calls: if CACHE=table\ndef save():\n    def inner():\n        client.put_item()\n    return inner\n"
        "def handler(event, context):\n    save()()\n"
    )
    assert actions_in(source, environment=environment) == actions


@pytest.mark.parametrize(("environment", "count"), [({}, 0), ({"TABLE": "orders"}, 1)])
def test_a_variable_that_has_to_be_there(environment: dict[str, object], count: int) -> None:
    source = PUT + "def handler(event, context):\n    client.put_item()  # sdk-calls: on TABLE if TABLE\n"
    found = calls_in(source, environment=environment)
    assert [call.variable for call in found.calls] == ["TABLE"] * count


def test_a_call_may_depend_on_what_is_allowed() -> None:
    source = PUT + "def handler(event, context):\n    client.put_item()  # sdk-calls: if allowed\n"
    assert [call.is_optional for call in calls_in(source).calls] == [True]


@pytest.mark.parametrize("text", ["", " ", " dynamodb", " dynamodb:*", " dynamodb:PutItem s3:GetObject", " if", " on"])
def test_what_is_no_declaration_is_an_error(text: str) -> None:
    with pytest.raises(CallDeclarationError, match=r"app\.py:1: .*write the actions"):
        call_declarations(f"save()  # sdk-calls:{text}\n", file="app.py")


@pytest.mark.parametrize(
    "comment",
    [
        "# sdk-call: dynamodb:PutItem",
        "# sdk_calls: none",
        "# SDK-Calls: none",
        "# sdkcalls: none",
        "# sdk-calls = none",
        "# sdk-calls none",
        "# sdk-calls on TABLE_NAME",
        "# sdk-calls dynamodb:PutItem",
    ],
)
def test_a_misspelt_mark_is_an_error(comment: str) -> None:
    with pytest.raises(CallDeclarationError, match=r"app\.py:1: .*nobody would read it; write '# sdk-calls: '"):
        call_declarations(f"save()  {comment}\n", file="app.py")


@pytest.mark.parametrize("comment", ["# sdk-calls are few", "# An sdk-call: slow", "# see sdk_calls.md"])
def test_what_speaks_of_calls_declares_nothing(comment: str) -> None:
    assert call_declarations(f"save()  {comment}\n", file="app.py") == {}


@pytest.mark.parametrize(
    ("action", "right"),
    [
        ("dynamodb:put_item", "dynamodb:PutItem"),
        ("dynamodb:PutItm", "dynamodb:PutItem"),
        ("dynamodb:PutItems", "dynamodb:PutItem"),
        ("dynamdb:PutItem", "dynamodb:PutItem"),
        ("sqss:SendMessage", "sqs:SendMessage"),
        ("sqs:SendMessageBatch", "sqs:SendMessage"),
        ("s3:ListObjectsV2", "s3:ListBucket"),
        ("s3:CopyObject", "s3:GetObject, s3:PutObject"),
        ("lambda:Invoke", "lambda:InvokeFunction"),
        ("states:start_execution", "states:StartExecution"),
        ("bedrock:Converse", "bedrock:InvokeModel"),
    ],
)
def test_what_is_no_action_is_an_error_with_the_right_one(action: str, right: str) -> None:
    with pytest.raises(CallDeclarationError, match=rf"app\.py:1: '{action}' is no action .*'# sdk-calls: {right}'"):
        call_declarations(f"save()  # sdk-calls: {action}\n", file="app.py")


@pytest.mark.parametrize(
    "action",
    [
        "dynamodb:PutItem",
        "dynamodb:putitem",
        "dynamodb:PartiQLInsert",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionAcl",
        "s3:DeleteObjectVersionTagging",
        "lambda:InvokeFunctionUrl",
        "kms:ReEncryptTo",
        "states:StartExecution",
        "execute-api:Invoke",
        "execute-api:ManageConnections",
        "iam:PassRole",
        "aoss:APIAccessAll",
        "kafka-cluster:Connect",
        "appconfig:GetLatestConfiguration",
        "apigateway:GET",
        "cloudwatch:PutMetricData",
    ],
)
def test_actions_that_there_are_are_taken(action: str) -> None:
    (found,) = call_declarations(f"save()  # sdk-calls: {action}\n", file="app.py").values()
    assert found.actions == (action,)


_NAMES = st.from_regex(r"[A-Z][A-Z_]{0,8}", fullmatch=True)
_ACTIONS = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,6}:[A-Z][A-Za-z]{0,8}", fullmatch=True), max_size=3)


@given(_ACTIONS, st.none() | _NAMES, st.none() | _NAMES)
def test_a_declaration_says_what_was_written(actions: list[str], variable: str | None, condition: str | None) -> None:
    parts = [", ".join(actions) or "none", f"on {variable}" if variable else "", f"if {condition}" if condition else ""]
    text = " ".join(filter(None, parts))
    assert call_declarations(f"x = 1  # sdk-calls: {text} -- why\n", file="app.py") == {
        1: CallDeclaration(line=1, actions=tuple(actions), variable=variable, condition=condition)
    }


def test_a_text_is_no_comment() -> None:
    assert call_declarations('x = "# sdk-calls: nonsense"\n', file="app.py") == {}
