"""The assertion for users: functions call exactly what their roles allow."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import App, NestedStack, Stack, Stage
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from best_practice_constructs import SinglePurposeFunction
from best_practice_constructs.permissions import dynamodb as allow
from best_practice_constructs.testing import assert_roles_match_calls

SERVICE = str(Path(__file__).parents[3] / "examples" / "single_purpose_function" / "service")


def _table(stack: Stack) -> dynamodb.Table:
    key = dynamodb.Attribute(name="name", type=dynamodb.AttributeType.STRING)
    return dynamodb.Table(stack, "Table", partition_key=key)


def _function(stack: Stack, id: str = "Keep") -> SinglePurposeFunction:
    return SinglePurposeFunction(stack, id, entry=SERVICE, handler="keep_greeting.handler")


def test_an_exact_role_passes(stack: Stack) -> None:
    function = _function(stack)
    function.allow(allow.put_item(_table(stack)))
    (found,) = assert_roles_match_calls(stack)
    assert [(call.action, call.place.file) for call in found.calls] == [("dynamodb:PutItem", "keep_greeting.py")]


def test_what_is_allowed_beside_fails(stack: Stack) -> None:
    function, table = _function(stack), _table(stack)
    function.allow(allow.put_item(table), allow.delete_item(table))
    with pytest.raises(AssertionError, match=r"Stack/Keep/Function: unused +dynamodb:DeleteItem: statement \d of "):
        assert_roles_match_calls(stack)


def test_what_is_not_allowed_fails(stack: Stack) -> None:
    _function(stack)
    with pytest.raises(AssertionError, match=r"missing +dynamodb:PutItem: keep_greeting\.py:\d+: client"):
        assert_roles_match_calls(stack)


def test_only_what_is_below_the_construct_counts(stack: Stack) -> None:
    function = _function(stack)
    function.allow(allow.put_item(_table(stack)))
    _function(stack, "Other")
    assert_roles_match_calls(function)
    with pytest.raises(AssertionError, match="Stack/Other"):
        assert_roles_match_calls(stack)


def test_a_function_that_cannot_be_compared_fails_beside_one_that_is_exact(stack: Stack) -> None:
    function = _function(stack)
    function.allow(allow.put_item(_table(stack)))
    code = lambda_.Code.from_inline("def other(event, context): pass")
    lambda_.Function(stack, "Other", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code)
    with pytest.raises(AssertionError, match=r"Stack/Other: not compared, as .*index\.handler"):
        assert_roles_match_calls(stack)


@pytest.mark.parametrize("where", ["function", "role"])
def test_a_role_is_found_beyond_the_border_of_a_nested_stack(stack: Stack, where: str) -> None:
    nested = NestedStack(stack, "Nested")
    of_function, of_role = (nested, stack) if where == "function" else (stack, nested)
    role = iam.Role(of_role, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    table = _table(stack)
    code = "import boto3\ndef handler(event, context): boto3.client('dynamodb').put_item(TableName='t', Item={})"
    lambda_.Function(
        of_function,
        "Keep",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(code),
        role=role.without_policy_updates(),
    )
    with pytest.raises(AssertionError, match=r"missing +dynamodb:PutItem"):
        assert_roles_match_calls(stack)
    table.grant(role, "dynamodb:PutItem")
    (found,) = assert_roles_match_calls(stack)
    assert found.is_exact


def test_functions_of_nested_stacks_and_stages_count(app: App) -> None:
    for scope in (Stack(app, "Own"), Stack(Stage(app, "Production"), "Staged")):
        _function(scope)
    _function(NestedStack(Stack(app, "Around"), "Nested"))
    with pytest.raises(AssertionError) as raised:
        assert_roles_match_calls(app)
    paths = {line.split(":")[0] for line in str(raised.value).splitlines()[1:]}
    assert paths == {"Own/Keep/Function", "Production/Staged/Keep/Function", "Around/Nested/Keep/Function"}
    with pytest.raises(AssertionError, match="Production/Staged/Keep/Function") as of_stage:
        assert_roles_match_calls(app.node.find_child("Production"))
    assert len(str(of_stage.value).splitlines()) == 2


def test_nothing_to_compare_fails(stack: Stack) -> None:
    with pytest.raises(AssertionError, match="holds no function"):
        assert_roles_match_calls(stack)


def test_a_function_of_another_language_is_nothing_to_compare(stack: Stack) -> None:
    code = lambda_.Code.from_inline("exports.handler = () => {}")
    lambda_.Function(stack, "Function", code=code, handler="index.handler", runtime=lambda_.Runtime.NODEJS_22_X)
    with pytest.raises(AssertionError, match="not Python"):
        assert_roles_match_calls(stack)


def test_the_grants_of_the_cdk_allow_more_than_is_called(stack: Stack) -> None:
    code = lambda_.Code.from_inline("import boto3\ndef handler(event, context): boto3.client('dynamodb').put_item()\n")
    runtime = lambda_.Runtime.PYTHON_3_13
    function = lambda_.Function(stack, "Function", code=code, handler="index.handler", runtime=runtime)
    function.add_event_source(sources.SqsEventSource(sqs.Queue(stack, "Queue")))
    _table(stack).grant_write_data(function)
    with pytest.raises(AssertionError) as raised:
        assert_roles_match_calls(stack)
    lines = str(raised.value).splitlines()[1:]
    assert {line.split()[2].rstrip(":") for line in lines} == {
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:UpdateItem",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueUrl",
    }
    assert all(": unused" in line for line in lines)
