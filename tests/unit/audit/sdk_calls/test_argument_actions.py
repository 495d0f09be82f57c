"""The further actions that a call's arguments take (C2)."""

from __future__ import annotations

import botocore.session
import pytest
from policy_sentry.querying.all import get_all_actions

from best_practice_constructs.audit.sdk_calls import argument_actions
from tests.unit.audit.sdk_calls.code_support import calls_in

S3 = 'boto3.client("s3")'
# Of each call: what it takes, and what it may take.
CALLS = {
    f'{S3}.put_object(Tagging="a=b")': ({"s3:PutObject", "s3:PutObjectTagging"}, set[str]()),
    f"{S3}.put_object()": ({"s3:PutObject"}, set()),
    f'{S3}.put_object(**{{"ACL": "private"}})': ({"s3:PutObject", "s3:PutObjectAcl"}, set()),
    f'{S3}.upload_file("f", "b", "k", ExtraArgs={{"Tagging": "a=b"}})': (
        {"s3:PutObject", "s3:PutObjectTagging"},
        {"s3:AbortMultipartUpload"},
    ),
    f'{S3}.upload_file("f", "b", "k", {{"ACL": "private"}})': (
        {"s3:PutObject", "s3:PutObjectAcl"},
        {"s3:AbortMultipartUpload"},
    ),
    'boto3.resource("s3").Object("b", "k").put(Tagging="a=b")': ({"s3:PutObject", "s3:PutObjectTagging"}, set()),
    f"{S3}.get_object_attributes()": ({"s3:GetObject", "s3:GetObjectAttributes"}, set()),
    f'{S3}.get_object_attributes(VersionId="1")': (
        {"s3:GetObjectVersion", "s3:GetObjectVersionAttributes"},
        set(),
    ),
    f'{S3}.delete_objects(Delete={{"Objects": [{{"Key": "k", "VersionId": "1"}}]}})': (
        {"s3:DeleteObjectVersion"},
        set(),
    ),
    f'{S3}.delete_objects(Delete={{"Objects": [{{"Key": "k"}}, {{"Key": "l", "VersionId": "1"}}]}})': (
        {"s3:DeleteObject", "s3:DeleteObjectVersion"},
        set(),
    ),
    f"{S3}.delete_objects(Delete=event)": ({"s3:DeleteObject"}, {"s3:DeleteObjectVersion"}),
    f'{S3}.delete_object(BypassGovernanceRetention=True, VersionId="1")': (
        {"s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"},
        set(),
    ),
    f'{S3}.copy_object(CopySource={{"Bucket": "a", "Key": "k", "VersionId": "1"}})': (
        {"s3:GetObjectVersion", "s3:PutObject"},
        {"s3:GetObjectTagging", "s3:PutObjectTagging"},
    ),
    f'{S3}.copy_object(CopySource="a/k?versionId=1", Tagging="a=b", TaggingDirective="REPLACE")': (
        {"s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectTagging"},
        set(),
    ),
    f'{S3}.copy_object(CopySource="a/k")': (
        {"s3:GetObject", "s3:PutObject"},
        {"s3:GetObjectTagging", "s3:PutObjectTagging"},
    ),
    f"{S3}.copy_object(CopySource=event)": (
        {"s3:GetObject", "s3:PutObject"},
        {"s3:GetObjectTagging", "s3:GetObjectVersion", "s3:PutObjectTagging"},
    ),
    'boto3.client("sqs").create_queue(tags={"a": "b"})': ({"sqs:CreateQueue", "sqs:TagQueue"}, set()),
    'boto3.client("sqs").create_queue()': ({"sqs:CreateQueue"}, set()),
    'boto3.client("sqs").create_queue(**event)': ({"sqs:CreateQueue"}, {"sqs:TagQueue"}),
    'event(boto3.client("sqs").create_queue)': ({"sqs:CreateQueue"}, {"sqs:TagQueue"}),
    'boto3.client("ecs").run_task()': ({"ecs:RunTask"}, {"iam:PassRole"}),
    'boto3.client("scheduler").create_schedule()': ({"scheduler:CreateSchedule"}, {"iam:PassRole"}),
    'boto3.client("sts").assume_role(RoleArn="r")': ({"sts:AssumeRole"}, set()),
    'boto3.client("bedrock-runtime").converse()': ({"bedrock:InvokeModel"}, set()),
    'boto3.client("sqs").send_message()': ({"sqs:SendMessage"}, set()),
}


@pytest.mark.parametrize("call", CALLS)
def test_the_arguments_take_their_actions(call: str) -> None:
    found = calls_in(f"import boto3\ndef handler(event, context):\n    {call}\n").calls
    taken = {each.action for each in found if not each.is_optional}
    assert (taken, {each.action for each in found if each.is_optional} - taken) == CALLS[call]


def test_what_is_declared_takes_nothing_else() -> None:
    source = (
        "import boto3\ndef handler(event, context):\n"
        '    boto3.client("ecs").run_task()  # sdk-calls: ecs:RunTask, iam:PassRole\n'
    )
    assert {(each.action, each.is_optional) for each in calls_in(source).calls} == {
        ("ecs:RunTask", False),
        ("iam:PassRole", False),
    }


def test_what_arguments_take_is_known_to_aws() -> None:
    known = {action.lower() for action in get_all_actions()}
    assert [each for each in argument_actions.all_argument_actions() if each.lower() not in known] == []


@pytest.mark.parametrize(("service", "operation"), argument_actions._FURTHER)
def test_arguments_are_of_their_operation(service: str, operation: str) -> None:
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    assert model.input_shape is not None
    assert argument_actions._FURTHER[service, operation].keys() <= model.input_shape.members.keys()
