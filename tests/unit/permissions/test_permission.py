from __future__ import annotations

import pytest
from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from best_practice_constructs import Permission
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions
from best_practice_constructs.permissions import ec2 as ec2_permissions
from best_practice_constructs.permissions import events as events_permissions
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions import logs as logs_permissions
from best_practice_constructs.permissions import s3 as s3_permissions
from best_practice_constructs.permissions import sqs as sqs_permissions
from best_practice_constructs.permissions import xray as xray_permissions

ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/orders"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
GROUP = "arn:aws:logs:eu-west-1:111122223333:log-group:orders"
STREAM = f"{ARN}/stream/2026-01-01T00:00:00.000"


def test_a_permission_becomes_exactly_its_statement() -> None:
    permission = Permission(
        actions=("dynamodb:PutItem",), resources=(ARN,), conditions={"StringEquals": {"aws:PrincipalTag/team": "a"}}
    )
    assert permission.to_statement().to_json() == {
        "Effect": "Allow",
        "Action": "dynamodb:PutItem",
        "Resource": ARN,
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}},
    }


@pytest.mark.parametrize(
    "action",
    ["*", "dynamodb:*", "dynamodb:Put*", "dynamodb:Get?tem", "dynamodb:", ":PutItem", "dynamodb:Put Item", "PutItem"],
)
def test_an_action_that_is_not_one_operation_is_refused(action: str) -> None:
    with pytest.raises(ValueError, match="not one exact operation"):
        Permission(actions=(action,), resources=(ARN,))


def test_everything_as_the_resource_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="unscoped_because"):
        Permission(actions=("s3:GetObject",), resources=("*",))
    assert Permission(actions=("a:B",), resources=("*",), unscoped_because="the service knows none").actions


@pytest.mark.parametrize("resource", ["**", "?*", "arn:*", "arn:aws:sqs:*:*:*", "arn:aws:s3:::*", "arn:aws:s3:::?*"])
def test_everything_in_other_words_needs_a_reason_too(resource: str) -> None:
    with pytest.raises(ValueError, match=r"gives sqs:SendMessage on everything.*unscoped_because"):
        Permission(actions=("sqs:SendMessage",), resources=(ARN, resource))
    assert Permission(actions=("a:B",), resources=(resource,), unscoped_because="the service knows none").resources


@pytest.mark.parametrize("resource", ["orders", "arn:aws:*:eu-west-1:111122223333:orders", "arn:*:sqs:::orders", "ar*"])
def test_a_resource_is_an_arn_of_one_service(resource: str) -> None:
    with pytest.raises(ValueError, match="is no ARN, or leaves its partition or service open"):
        Permission(actions=("sqs:SendMessage",), resources=(resource,))


@pytest.mark.parametrize("resource", [f"{ARN}/index/*", "arn:aws:s3:::invoices/2026/*", "arn:aws:sqs:*:*:orders"])
def test_a_wildcard_stands_for_a_part_of_a_name(resource: str) -> None:
    assert Permission(actions=("a:B",), resources=(resource,)).resources == (resource,)


def test_nothing_is_no_permission() -> None:
    with pytest.raises(ValueError, match="at least one action"):
        Permission(actions=(), resources=(ARN,))


@pytest.mark.parametrize(
    ("permission", "actions", "resource"),
    [
        (dynamodb_permissions.get_item(ARN), ("dynamodb:GetItem",), ARN),
        (dynamodb_permissions.put_item(ARN), ("dynamodb:PutItem",), ARN),
        (dynamodb_permissions.update_item(ARN), ("dynamodb:UpdateItem",), ARN),
        (dynamodb_permissions.delete_item(ARN), ("dynamodb:DeleteItem",), ARN),
        (dynamodb_permissions.condition_check_item(ARN), ("dynamodb:ConditionCheckItem",), ARN),
        (dynamodb_permissions.query(ARN), ("dynamodb:Query",), ARN),
        (dynamodb_permissions.query(ARN, index_name="by_date"), ("dynamodb:Query",), f"{ARN}/index/by_date"),
        (s3_permissions.get_object("arn:aws:s3:::b", prefix="i/"), ("s3:GetObject",), "arn:aws:s3:::b/i/*"),
        (
            s3_permissions.get_object("arn:aws:s3:eu-west-1:111122223333:accesspoint/p", prefix="i/"),
            ("s3:GetObject",),
            "arn:aws:s3:eu-west-1:111122223333:accesspoint/p/object/i/*",
        ),
        (
            s3_permissions.get_object_version("arn:aws:s3:::b", prefix="i/"),
            ("s3:GetObjectVersion",),
            "arn:aws:s3:::b/i/*",
        ),
        (s3_permissions.put_object("arn:aws:s3:::b", prefix=""), ("s3:PutObject",), "arn:aws:s3:::b/*"),
        (sqs_permissions.send_message(QUEUE), ("sqs:SendMessage",), QUEUE),
        (events_permissions.put_events(BUS), ("events:PutEvents",), BUS),
        (kms_permissions.decrypt(KEY), ("kms:Decrypt",), KEY),
        (kms_permissions.encrypt_objects(KEY), ("kms:GenerateDataKey",), KEY),
        (kms_permissions.encrypt_messages(KEY), ("kms:GenerateDataKey", "kms:Decrypt"), KEY),
        (logs_permissions.write(GROUP), ("logs:CreateLogStream", "logs:PutLogEvents"), f"{GROUP}:*"),
        (
            dynamodb_permissions.read_stream(STREAM),
            ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"),
            STREAM,
        ),
    ],
)
def test_each_operation_is_named_on_its_resource(
    permission: Permission, actions: tuple[str, ...], resource: str
) -> None:
    assert permission.actions == actions
    assert permission.resources == (resource,)


def test_resources_of_the_cdk_give_their_arns(stack: Stack) -> None:
    table = dynamodb.Table.from_table_arn(stack, "T", ARN)
    queue = sqs.Queue.from_queue_arn(stack, "Q", "arn:aws:sqs:eu-west-1:111122223333:q")
    bucket = s3.Bucket.from_bucket_name(stack, "B", "invoices")
    bus = events.EventBus.from_event_bus_arn(stack, "E", "arn:aws:events:eu-west-1:111122223333:event-bus/b")
    key = kms.Key.from_key_arn(stack, "K", "arn:aws:kms:eu-west-1:111122223333:key/k")
    group = logs.LogGroup.from_log_group_arn(stack, "L", "arn:aws:logs:eu-west-1:111122223333:log-group:g")
    assert dynamodb_permissions.put_item(table).resources == (ARN,)
    assert sqs_permissions.poll(queue).resources == ("arn:aws:sqs:eu-west-1:111122223333:q",)
    assert s3_permissions.get_object(bucket, prefix="i/").resources[0].endswith(":s3:::invoices/i/*")
    assert events_permissions.put_events(bus).resources[0].endswith("event-bus/b")
    assert kms_permissions.decrypt(key).resources[0].endswith("key/k")
    assert kms_permissions.encrypt_objects(key).resources[0].endswith("key/k")
    assert logs_permissions.write(group).resources[0].endswith(":g:*")


def test_what_knows_no_resource_says_why() -> None:
    for permission in (xray_permissions.send_traces(), ec2_permissions.attach_to_vpc()):
        assert permission.resources == ("*",)
        assert permission.unscoped_because


def test_a_name_in_the_place_of_an_arn_says_how_the_arn_is_written() -> None:
    with pytest.raises(ValueError, match="'Tab' is no ARN of the service 'dynamodb' but a name") as error:
        dynamodb_permissions.get_item("Tab")
    assert "pass the resource itself, or its ARN" in str(error.value)
    assert "'arn:aws:dynamodb:eu-west-1:111122223333:table/Tab'" in str(error.value)
    with pytest.raises(ValueError, match="'arn:aws:sqs:eu-west-1:111122223333:parcels'"):
        sqs_permissions.send_message("parcels")


def test_one_text_is_no_list() -> None:
    with pytest.raises(ValueError, match=r"write actions=\('dynamodb:GetItem',\)"):
        Permission(actions="dynamodb:GetItem", resources=("arn:aws:dynamodb:eu-west-1:111122223333:table/orders",))  # type: ignore[arg-type] # what people write
    with pytest.raises(ValueError, match=r"write resources=\('\*',\)"):
        Permission(actions=("dynamodb:GetItem",), resources="*")  # type: ignore[arg-type] # what people write


def test_another_resource_than_the_permission_is_on_is_named(stack: Stack) -> None:
    with pytest.raises(
        ValueError, match=r"Stack/Queue, of type Queue is no resource.*it has no table_arn.*table/orders"
    ):
        dynamodb_permissions.get_item(sqs.Queue(stack, "Queue"))  # type: ignore[arg-type] # what people write
    with pytest.raises(ValueError, match="None is no resource that the permission is on"):
        dynamodb_permissions.get_item(None)  # type: ignore[arg-type] # what people write
