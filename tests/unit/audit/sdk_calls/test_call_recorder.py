"""What each way to call a service takes, and what cannot be known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.audit.sdk_calls.service_model import operations
from tests.unit.audit.sdk_calls.code_support import actions_in, calls_in

CALLS = {
    'boto3.client("dynamodb").get_paginator("query").paginate()': {"dynamodb:Query"},
    'boto3.client("s3").get_waiter("object_exists").wait()': {"s3:GetObject"},
    'boto3.client("dynamodb").get_waiter("table_exists").wait()': {"dynamodb:DescribeTable"},
    # Its parameters are not read, and may take more.
    'boto3.client("s3").generate_presigned_url("put_object")': {
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:PutObjectLegalHold",
        "s3:PutObjectRetention",
        "s3:PutObjectTagging",
    },
    'boto3.client("s3").generate_presigned_post(Bucket="b", Key="k")': {"s3:PutObject"},
    'boto3.client("s3").upload_file("a", "b", "c")': {"s3:AbortMultipartUpload", "s3:PutObject"},
    'boto3.client("s3").list_objects_v2(Bucket="b")': {"s3:ListBucket"},
    'boto3.client("s3").head_object(Bucket="b", Key="k")': {"s3:GetObject"},
    'boto3.client("s3").get_object(Bucket="b", Key="k")': {"s3:GetObject"},
    'boto3.client("s3").get_object(Bucket="b", Key="k", VersionId="1")': {"s3:GetObjectVersion"},
    'boto3.client("s3").delete_objects(Bucket="b", Delete={})': {"s3:DeleteObject"},
    'boto3.client("s3").copy_object(Bucket="b", TaggingDirective="REPLACE", Tagging="")': {
        "s3:GetObject",
        "s3:PutObject",
        "s3:PutObjectTagging",
    },
    'boto3.client("lambda").invoke(FunctionName="f")': {"lambda:InvokeFunction"},
    'boto3.client("sqs").send_message_batch(Entries=[])': {"sqs:SendMessage"},
    'boto3.client("sns").publish_batch(TopicArn="t")': {"sns:Publish"},
    'boto3.client("events").put_events(Entries=[])': {"events:PutEvents"},
    'boto3.client("stepfunctions").start_execution()': {"states:StartExecution"},
    'boto3.client("cloudwatch").put_metric_data()': {"cloudwatch:PutMetricData"},
    'boto3.client("sesv2").send_email()': {"ses:SendEmail"},
    'boto3.client("bedrock-runtime").converse()': {"bedrock:InvokeModel"},
    'boto3.client("apigatewaymanagementapi").post_to_connection()': {"execute-api:ManageConnections"},
    'boto3.client("s3").select_object_content(Bucket="b", Key="k")': {"s3:GetObject"},
    'boto3.client("s3").write_get_object_response()': {"s3-object-lambda:WriteGetObjectResponse"},
    'boto3.client("timestream-query").query(QueryString="q")': {"timestream:Select"},
    'boto3.client("apigateway").get_rest_apis()': {"apigateway:GET"},
    'boto3.client("apigatewayv2").update_api(ApiId="a")': {"apigateway:PATCH"},
    'boto3.client("apigatewayv2").create_portal()': {"apigateway:CreatePortal"},
    'boto3.client("kms").re_encrypt()': {"kms:ReEncryptFrom", "kms:ReEncryptTo"},
    'boto3.client("sts").get_caller_identity()': set[str](),
    'boto3.client("dynamodb").exceptions.ResourceNotFoundException': set[str](),
    'boto3.client("dynamodb").batch_write_item(RequestItems={})': {"dynamodb:BatchWriteItem"},
    'boto3.client("dynamodb").batch_get_item(RequestItems={})': {"dynamodb:BatchGetItem"},
    'boto3.client("dynamodb").transact_write_items(TransactItems=[{"Put": {}}, {"ConditionCheck": {}}])': {
        "dynamodb:ConditionCheckItem",
        "dynamodb:PutItem",
    },
    'boto3.client("dynamodb").transact_get_items(TransactItems=[{"Get": {"Key": {}}}])': {"dynamodb:GetItem"},
    'boto3.resource("s3").Object("b", "k").get()': {"s3:GetObject"},
    'boto3.resource("s3").Object("b", "k").get(VersionId="1")': {"s3:GetObjectVersion"},
    'boto3.resource("s3").Bucket("b").objects.filter(Prefix="p").delete()': {
        "s3:BypassGovernanceRetention",
        "s3:DeleteObject",
        "s3:ListBucket",
    },
    'boto3.resource("s3").Bucket("b").upload_file("a", "b")': {"s3:AbortMultipartUpload", "s3:PutObject"},
    'boto3.resource("sqs").Queue("q").send_messages(Entries=[])': {"sqs:SendMessage"},
    'boto3.resource("sqs").get_queue_by_name(QueueName="q").send_message()': {
        "sqs:GetQueueUrl",
        "sqs:SendMessage",
    },
    '[each.delete() for each in boto3.resource("sqs").Queue("q").receive_messages()]': {
        "sqs:DeleteMessage",
        "sqs:ReceiveMessage",
    },
    '[each.body for each in boto3.resource("sqs").Queue("q").receive_messages()]': {"sqs:ReceiveMessage"},
    'boto3.resource("sns").create_topic(Name="t").publish(Message="m")': {"sns:CreateTopic", "sns:Publish"},
    'boto3.resource("s3").Bucket("b").put_object(Key="k").delete()': {"s3:DeleteObject", "s3:PutObject"},
    'boto3.resource("dynamodb").Table("t").item_count': {"dynamodb:DescribeTable"},
    'boto3.resource("dynamodb").Table("t").table_name': set[str](),
    'boto3.resource("dynamodb").Table("t").name': set[str](),
    'boto3.resource("dynamodb").create_table(TableName="t").item_count': {"dynamodb:CreateTable"},
    '[each.item_count for each in boto3.resource("dynamodb").tables.all()]': {
        "dynamodb:DescribeTable",
        "dynamodb:ListTables",
    },
    '[each.arn for each in boto3.resource("iam").roles.all()]': {"iam:ListRoles"},
    'boto3.resource("sqs").Queue("q").attributes': {"sqs:GetQueueAttributes"},
    'boto3.resource("sqs").Queue("q").url': set[str](),
    '[each for each in boto3.resource("s3").Bucket("b").objects.all()]': {"s3:ListBucket"},
    '[each.get() for each in boto3.resource("s3").Bucket("b").objects.all()]': {"s3:ListBucket", "s3:GetObject"},
}


@pytest.mark.parametrize(("call", "actions"), CALLS.items(), ids=CALLS)
def test_the_call_takes_its_actions(call: str, actions: set[str]) -> None:
    found = calls_in(f"import boto3\ndef handler(event, context):\n    {call}\n")
    assert set(found.actions) == actions
    assert found.unknown == ()


def test_an_action_that_is_not_known_is_told_and_not_invented() -> None:
    found = calls_in(
        'import boto3\ndef handler(event, context):\n    boto3.client("neptunedata").execute_gremlin_query()\n'
    )
    assert found.actions == frozenset()
    assert [each.reason for each in found.unknown] == [
        "AWS's service authorization data know no action of neptunedata's ExecuteGremlinQuery"
    ]


def test_a_batch_writer_writes_batches() -> None:
    source = """
        import boto3
        def handler(event, context):
            with boto3.resource("dynamodb").Table("orders").batch_writer() as batch:
                batch.put_item(Item={})
    """
    assert actions_in(source) == {"dynamodb:BatchWriteItem"}


def test_keywords_that_are_not_written_may_name_a_version() -> None:
    found = calls_in('import boto3\ndef handler(event, context):\n    boto3.client("s3").get_object(**event)\n')
    assert {(call.action, call.is_optional) for call in found.calls} == {
        ("s3:GetObject", False),
        ("s3:GetObjectVersion", True),
    }


@given(st.sampled_from(sorted(operations("sqs").items())))
def test_every_operation_of_a_service_is_found(operation: tuple[str, tuple[str, ...]]) -> None:
    found = calls_in(f'import boto3\ndef handler(event, context):\n    boto3.client("sqs").{operation[0]}()\n')
    assert len(found.calls) == 1
    assert found.calls[0].action.startswith("sqs:")


UNKNOWN = {
    "of a service that is computed": ("boto3.client(event).put_item()", "whose name is not written"),
    "of a service that is not there": ('boto3.client("dynamo").put_item()', "no service 'dynamo'"),
    "a method that is computed": ('getattr(boto3.client("sqs"), event)()', "method is computed"),
    "a paginator that is computed": ('boto3.client("sqs").get_paginator(event)', "paginator is of an operation"),
    "a waiter that is computed": ('boto3.client("s3").get_waiter(event)', "waiter is of an operation"),
    "items that are computed": ('boto3.client("dynamodb").transact_write_items(TransactItems=event)', "no item"),
    "a statement of PartiQL": ('boto3.client("dynamodb").execute_statement(Statement=event)', "PartiQL"),
    "a client given away": ('library.save(boto3.client("sqs"))', "given to library.save"),
}


@pytest.mark.parametrize(("call", "reason"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_cannot_be_known_is_said(call: str, reason: str) -> None:
    found = calls_in(f"import boto3\nimport library\ndef handler(event, context):\n    {call}\n")
    (unknown,) = found.unknown
    assert reason in unknown.reason
    assert (unknown.place.file, unknown.place.line, unknown.place.text) == ("app.py", 4, call)


@pytest.mark.parametrize(("call", "reason"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_cannot_be_known_can_be_declared(call: str, reason: str) -> None:
    source = f"import boto3\nimport library\ndef handler(event, context):\n    {call}  # sdk-calls: sqs:SendMessage\n"
    assert actions_in(source) == {"sqs:SendMessage"}
