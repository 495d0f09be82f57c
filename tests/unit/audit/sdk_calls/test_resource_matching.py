"""Calls whose resource the code tells are compared with what the role allows on it, as far as both are known."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from best_practice_constructs.audit.sdk_calls.comparison import FunctionComparison
from tests.unit.audit.sdk_calls.template_support import allow, arn, compared, template_of

PUT = """
    import os, boto3
    def handler(event, context):
        boto3.client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item={})
"""
RESOURCES = {
    "Table": {"Type": "AWS::DynamoDB::Table"},
    "Other": {"Type": "AWS::DynamoDB::Table"},
    "Parameter": {"Type": "AWS::SSM::Parameter"},
}


def _compared(value: object, *allowed: object, code: str = PUT, action: str = "PutItem") -> FunctionComparison:
    properties: Mapping[str, object] = {"Environment": {"Variables": {"TABLE_NAME": value}}}
    statements = [allow(f"dynamodb:{action}", on=resource) for resource in allowed]
    return compared(template_of(code, statements=statements, properties=properties, resources=RESOURCES))


def test_a_statement_on_another_table_is_unused_and_the_call_is_missing() -> None:
    comparison = _compared({"Ref": "Table"}, arn("Other"))
    assert [each.action for each in comparison.unused] == ["dynamodb:PutItem"]
    (missing,) = comparison.missing
    assert (missing.action, missing.variable, missing.only_on) == ("dynamodb:PutItem", "TABLE_NAME", None)


def test_what_is_allowed_on_nothing_is_missing_without_a_variable() -> None:
    (missing,) = _compared({"Ref": "Table"}).missing
    assert missing.variable is None


def test_of_two_statements_the_one_on_no_table_of_the_calls_is_unused() -> None:
    comparison = _compared({"Ref": "Table"}, arn("Table"), arn("Other"))
    assert [(each.action, each.statement) for each in comparison.unused] == [("dynamodb:PutItem", 1)]
    assert comparison.missing == ()


@pytest.mark.parametrize(
    ("value", "resource"),
    [
        ({"Ref": "Table"}, arn("Table")),
        ({"Ref": "Table"}, {"Fn::Join": ["", [arn("Table"), "/index/*"]]}),
        ({"Ref": "Table"}, "*"),
        ({"Ref": "Table"}, {"Ref": "NameOfAParameter"}),
        ({"Ref": "Table"}, arn("Parameter")),
        ({"Fn::GetAtt": ["Parameter", "Value"]}, arn("Table")),
        ({"Ref": "NameOfAParameter"}, arn("Table")),
        ("orders", arn("Table")),
        ("orders", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"),
        ("orders", {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":dynamodb:::table/orders"]]}),
        ({"Fn::If": ["IsNew", {"Ref": "Table"}, {"Ref": "Other"}]}, arn("Table")),
    ],
    ids=str,
)
def test_what_may_be_the_same_table_is_exact(value: object, resource: object) -> None:
    assert _compared(value, resource).is_exact


def test_a_variable_that_the_function_does_not_have_names_nothing() -> None:
    code = PUT.replace("TABLE_NAME", "TABEL_NAME")
    assert _compared({"Ref": "Table"}, arn("Other"), code=code).is_exact


def test_a_call_on_a_computed_name_may_be_on_any() -> None:
    code = PUT.replace('os.environ["TABLE_NAME"]', 'event["table"]')
    assert _compared({"Ref": "Table"}, arn("Other"), code=code).is_exact


def test_calls_of_one_action_on_two_tables_need_both() -> None:
    code = PUT + '        boto3.client("dynamodb").put_item(TableName=event["table"], Item={})\n'
    comparison = _compared({"Ref": "Table"}, arn("Other"), code=code)
    assert comparison.unused == ()
    assert [[place.line for place in each.places] for each in comparison.missing] == [[4]]


@pytest.mark.parametrize(
    ("type_", "code", "action"),
    [
        ("SQS::Queue", 'boto3.client("sqs").send_message(QueueUrl=NAME)', "sqs:SendMessage"),
        ("SNS::Topic", 'boto3.client("sns").publish(TopicArn=NAME)', "sns:Publish"),
        ("S3::Bucket", 'boto3.client("s3").put_object(Bucket=NAME)', "s3:PutObject"),
        ("Events::EventBus", 'boto3.client("events").put_events(Entries=[{"EventBusName": NAME}])', "events:PutEvents"),
        ("Lambda::Function", 'boto3.client("lambda").invoke(FunctionName=NAME)', "lambda:InvokeFunction"),
        (
            "StepFunctions::StateMachine",
            'boto3.client("stepfunctions").start_execution(stateMachineArn=NAME)',
            "states:StartExecution",
        ),
        ("Kinesis::Stream", 'boto3.client("kinesis").put_record(StreamName=NAME)', "kinesis:PutRecord"),
    ],
)
def test_resources_of_each_service_are_told_apart(type_: str, code: str, action: str) -> None:
    source = f"import os, boto3\nNAME = os.environ['NAME']\ndef handler(event, context):\n    {code}\n"
    resources = {name: {"Type": f"AWS::{type_}"} for name in ("Mine", "Other")}
    properties = {"Environment": {"Variables": {"NAME": {"Ref": "Mine"}}}}

    def found(on: str) -> FunctionComparison:
        statements = [allow(action, on=arn(on))]
        return compared(template_of(source, statements=statements, properties=properties, resources=resources))

    assert found("Mine").is_exact
    assert [each.action for each in found("Other").missing] == [action]


def test_an_alias_of_a_function_is_not_told_from_the_function() -> None:
    source = (
        "import os, boto3\ndef handler(a, b):\n    boto3.client('lambda').invoke(FunctionName=os.environ['NAME'])\n"
    )
    resources = {
        "Mine": {"Type": "AWS::Lambda::Function"},
        "Alias": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Mine"}}},
    }
    for value, resource in (("Alias", "Mine"), ("Mine", "Alias")):
        template = template_of(
            source,
            statements=[allow("lambda:InvokeFunction", on=arn(resource))],
            properties={"Environment": {"Variables": {"NAME": {"Ref": value}}}},
            resources=resources,
        )
        assert compared(template).is_exact
