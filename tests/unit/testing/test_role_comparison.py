"""The assertion for users: functions call exactly what their roles allow."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from aws_cdk import App, NestedStack, Stack, Stage
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from best_practice_constructs import IdempotentQueueConsumer, SinglePurposeFunction
from best_practice_constructs.permissions import dynamodb as allow
from best_practice_constructs.testing import assert_roles_match_calls

SERVICE = str(Path(__file__).parents[3] / "examples" / "single_purpose_function" / "service")


def _table(stack: Stack) -> dynamodb.Table:
    key = dynamodb.Attribute(name="name", type=dynamodb.AttributeType.STRING)
    return dynamodb.Table(stack, "Table", partition_key=key)


def _consumer(stack: Stack, tmp_path: Path, call: str, **environment: str) -> IdempotentQueueConsumer:
    code = f"""
        import os
        from best_practice_constructs.runtime import clients, queue_consumer
        @queue_consumer
        def handler(message: dict[str, object]) -> None:
            db = clients.client("dynamodb")
            db.{call}
    """
    (tmp_path / "keep.py").write_text(textwrap.dedent(code), "utf-8")
    return IdempotentQueueConsumer(
        stack, "Consumer", entry=str(tmp_path), handler="keep.handler", idempotency_key="id", environment=environment
    )


def _told(stack: Stack) -> list[str]:
    with pytest.raises(AssertionError) as raised:
        assert_roles_match_calls(stack)
    return str(raised.value).splitlines()[1:]


@pytest.mark.parametrize("operation", ["put_item", "delete_item"])
def test_the_consumers_own_records_are_no_permission_for_a_table_of_yours(
    stack: Stack, tmp_path: Path, operation: str
) -> None:
    table = _table(stack)
    call = f'{operation}(TableName=os.environ["ORDERS_TABLE_NAME"])'
    consumer = _consumer(stack, tmp_path, call, ORDERS_TABLE_NAME=table.table_name)
    action = "dynamodb:PutItem" if operation == "put_item" else "dynamodb:DeleteItem"
    (line,) = _told(stack)
    on = "on ORDERS_TABLE_NAME, where the role allows it on something else"
    assert f"missing  {action} {on}: keep.py:7: db.{operation}(" in line
    consumer.allow(allow.put_item(table) if operation == "put_item" else allow.delete_item(table))
    assert_roles_match_calls(stack)


def test_nor_for_a_table_whose_name_is_computed(stack: Stack, tmp_path: Path) -> None:
    consumer = _consumer(stack, tmp_path, "put_item(TableName=message['table'])")
    (line,) = _told(stack)
    assert "missing  dynamodb:PutItem: keep.py:7: " in line
    assert "the role allows it only on IDEMPOTENCY_TABLE_NAME, for this package's runtime itself" in line
    assert line.endswith("'# sdk-calls: on IDEMPOTENCY_TABLE_NAME'")
    consumer.allow(allow.put_item(_table(stack)))
    assert_roles_match_calls(stack)


def test_but_for_calls_that_are_declared_to_be_on_it(stack: Stack, tmp_path: Path) -> None:
    _consumer(stack, tmp_path, "put_item(TableName=message['table'])  # sdk-calls: on IDEMPOTENCY_TABLE_NAME")
    assert_roles_match_calls(stack)


def test_a_table_of_yours_may_hold_the_records(stack: Stack, tmp_path: Path) -> None:
    consumer = _consumer(stack, tmp_path, 'put_item(TableName=os.environ["KEPT"])')
    table = consumer.idempotency_table
    assert table is not None
    consumer.function.add_environment("KEPT", table.table_name)
    assert_roles_match_calls(stack)


def test_an_imported_table_is_compared_as_far_as_it_is_known(stack: Stack, tmp_path: Path) -> None:
    table = dynamodb.Table.from_table_name(stack, "Imported", "orders")
    consumer = _consumer(
        stack, tmp_path, 'put_item(TableName=os.environ["ORDERS_TABLE_NAME"])', ORDERS_TABLE_NAME=table.table_name
    )
    (line,) = _told(stack)
    assert "missing  dynamodb:PutItem on ORDERS_TABLE_NAME" in line
    consumer.allow(allow.put_item(table))
    assert_roles_match_calls(stack)


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
