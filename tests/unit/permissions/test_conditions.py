"""What narrows a permission down, and what is refused because it would allow nothing, or more than one thinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from aws_cdk import Aws, CfnParameter, Stack
from aws_cdk import aws_dynamodb as dynamodb_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_stepfunctions as stepfunctions

from best_practice_constructs.permissions import cloudwatch, dynamodb, events, glue, iam, kinesis, kms, s3, sam, sqs
from best_practice_constructs.permissions import secretsmanager as secretsmanager_permissions
from best_practice_constructs.permissions import stepfunctions as stepfunctions_permissions

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payment"
STREAM = "arn:aws:kinesis:eu-west-1:111122223333:stream/sales"
TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/orders"


def test_a_request_has_to_name_the_keys_and_attributes_that_it_is_held_to() -> None:
    conditions = dynamodb.get_item(TABLE, attributes=["id", "state"], leading_keys=["a"]).conditions
    assert conditions == {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"], "dynamodb:Attributes": ["id", "state"]},
        "Null": {"dynamodb:LeadingKeys": "false", "dynamodb:Attributes": "false"},
        "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
    }
    assert dynamodb.get_item(TABLE).conditions == {}


def test_writes_that_are_held_to_attributes_give_no_other_back() -> None:
    put = dynamodb.put_item(TABLE, attributes=["id"]).conditions
    update = dynamodb.update_item(TABLE, attributes=["id"]).conditions
    assert put["StringEqualsIfExists"] == {"dynamodb:ReturnValues": "NONE"}
    assert update["StringEqualsIfExists"] == {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]}
    assert "StringEqualsIfExists" not in dynamodb.put_item(TABLE, leading_keys=["a"]).conditions


def test_partiql_reads_no_whole_table_unless_it_is_allowed_to() -> None:
    assert dynamodb.partiql_select(TABLE).conditions == {"BoolIfExists": {"dynamodb:FullTableScan": "false"}}
    assert dynamodb.partiql_select(TABLE, full_table_scan=True).conditions == {}


def test_other_conditions() -> None:
    assert events.put_events(BUS, source="shop", detail_types=["OrderPlaced"]).conditions == {
        "ForAllValues:StringEquals": {"events:source": "shop", "events:detail-type": ["OrderPlaced"]},
        "Null": {"events:source": "false", "events:detail-type": "false"},
    }
    assert events.put_events(BUS).conditions == {}
    listing = s3.list_objects("arn:aws:s3:::invoices", prefix="2026/")
    assert (listing.resources, listing.conditions) == (
        ("arn:aws:s3:::invoices",),
        {"StringLike": {"s3:prefix": "2026/*"}},
    )
    assert s3.list_objects("arn:aws:s3:::invoices", prefix="").conditions == {}
    assert cloudwatch.put_metric_data(namespace="Orders").conditions == {
        "StringEquals": {"cloudwatch:namespace": "Orders"}
    }
    role = "arn:aws:iam::111122223333:role/tasks"
    assert iam.pass_role(role, service="ecs-tasks.amazonaws.com").conditions == {
        "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    }
    key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd"
    assert kms.decrypt(key, encryption_context={"order": "1"}).conditions == {
        "StringEquals": {"kms:EncryptionContext:order": "1"}
    }


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dynamodb.get_item("orders"), "'orders' is no ARN of the service 'dynamodb'.*table/orders"),
        (lambda: sqs.send_message(TABLE), "is no ARN of the service 'sqs'"),
        (lambda: dynamodb.get_item(f"{TABLE}*"), "names more than one resource"),
        (lambda: dynamodb.get_item(TABLE, leading_keys=[]), "leading_keys names nothing"),
        (lambda: dynamodb.get_item(TABLE, attributes=["id", ""]), "attributes holds ''"),
        (lambda: dynamodb.get_item(TABLE, attributes=cast("list[str]", "id")), r"write attributes=\['id'\]"),
        (lambda: dynamodb.query(TABLE, index_name="*"), "the name of no index"),
        (lambda: dynamodb.query(TABLE, index_name="by_dat?"), "the name of no index"),
        (lambda: dynamodb.scan(TABLE, index_name="by/date"), "the name of no index"),
        (lambda: dynamodb.partiql_select(TABLE, index_name=""), "the name of no index"),
        (lambda: dynamodb.get_item(f"{TABLE[:-6]}?????"), "names more than one resource"),
        (lambda: sqs.send_message("arn:aws:sqs:eu-west-1:111122223333:orders-??????"), "names more than one resource"),
        (
            lambda: sqs.send_message(f"arn:{Aws.PARTITION}:sqs:eu-west-1:111122223333:o*"),
            "names more than one resource",
        ),
        (lambda: secretsmanager_permissions.get_secret_value(f"{SECRET}-?????"), "names more than one resource"),
        (lambda: secretsmanager_permissions.get_secret_value(f"{SECRET}*-??????"), "names more than one resource"),
        (lambda: dynamodb.get_item(f"{TABLE}/stream/x"), f"stream/x' is no ARN of a table.*'{TABLE}'"),
        (lambda: dynamodb.get_item(f"{TABLE}/index/by_date"), "is no ARN of a table"),
        (lambda: dynamodb.get_item(f"{TABLE}/"), "is no ARN of a table"),
        (lambda: dynamodb.read_stream(TABLE), "is no ARN of a stream"),
        (lambda: kinesis.put_records(f"{STREAM}/consumer/c:1"), "is no ARN of a stream"),
        (lambda: sam.dynamodb_read_policy(f"{TABLE}/stream/x"), "is no ARN of a table"),
        (lambda: glue.read_table("arn:aws:glue:eu-west-1:111122223333:database/sales"), "no ARN of a table"),
        (lambda: cloudwatch.put_metric_data(namespace=""), "namespace holds ''"),
    ],
)
def test_what_would_not_do_what_it_says_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_what_is_known_at_deployment_only_is_taken_as_it_is(stack: Stack) -> None:
    index = CfnParameter(stack, "Index").value_as_string
    table = dynamodb_.Table(
        stack, "T", partition_key=dynamodb_.Attribute(name="id", type=dynamodb_.AttributeType.STRING)
    )
    assert dynamodb.query(TABLE, index_name=index).resources == (f"{TABLE}/index/{index}",)
    assert dynamodb.query(table.table_arn).resources == (table.table_arn,)


def test_a_secret_that_is_known_by_its_name_only_has_an_end_of_its_own(stack: Stack) -> None:
    by_name = secretsmanager.Secret.from_secret_name_v2(stack, "S", "payment")
    arn = secretsmanager_permissions.get_secret_value(by_name).resources[0]
    assert arn.endswith(":secret:payment-??????")
    assert secretsmanager_permissions.get_secret_value(f"{SECRET}-??????").resources == (f"{SECRET}-??????",)
    own = secretsmanager.Secret(stack, "Own")
    assert stack.resolve(secretsmanager_permissions.get_secret_value(own).resources[0]) == stack.resolve(own.secret_arn)


def test_executions_are_those_of_the_state_machine_alone(stack: Stack) -> None:
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:Billing"
    assert stepfunctions_permissions.stop_execution(arn).resources == (
        "arn:aws:states:eu-west-1:111122223333:execution:Billing:*",
    )
    machine = stepfunctions.StateMachine.from_state_machine_arn(stack, "M", arn)
    resource = str(stack.resolve(stepfunctions_permissions.describe_execution(machine).resources[0]))
    assert ":execution:" in resource
    assert "Billing:*" in resource
