"""Calls of what there is not are told as unknown, and hidden by nothing that other code calls."""

from __future__ import annotations

import pytest

from tests.unit.audit.sdk_calls.code_support import calls_in
from tests.unit.audit.sdk_calls.template_support import allow, compared, template_of

IMPORTS = "import boto3\nfrom best_practice_constructs.runtime import clients\n"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("clients.client('dynamodb').put_itm(Item={})", "the client of dynamodb has no 'put_itm', but 'put_item'"),
        ("boto3.client('dynamodb').put_itm(Item={})", "the client of dynamodb has no 'put_itm', but 'put_item'"),
        ("boto3.client('sqs').zzz()", "the client of sqs has no 'zzz'"),
        ("clients.client('sqss').send_message()", "botocore knows no service 'sqss'"),
        (
            "clients.dynamodb.put_item()",
            "the module 'clients' has no 'dynamodb', it gives that client as client('dynamodb')",
        ),
        ("clients.clent('dynamodb').put_item()", "the module 'clients' has no 'clent', but 'client'"),
    ],
)
def test_what_there_is_not_is_unknown(call: str, reason: str) -> None:
    # Other code makes the right client by the same function.
    found = calls_in(f"{IMPORTS}clients.client('sqs')\ndef handler(event, context):\n    {call}\n")
    assert found.calls == ()
    assert {each.reason for each in found.unknown} == {reason}
    assert call.split("(", maxsplit=1)[0].rpartition(".")[2] not in {each.method for each in found.unclear}


@pytest.mark.parametrize(
    "call",
    [
        "boto3.client('dynamodb').exceptions",
        "boto3.client('dynamodb').meta.region_name",
        "boto3.client('rds').generate_db_auth_token()",
        "boto3.client('s3')._endpoint",
        "(boto3.client('s3') if event else event).put_itm()",
        "(boto3.client('s3') if event else boto3.client('sqs')).send_message()",
        "clients.single_attempt_client('sqs').send_message()",
    ],
)
def test_what_there_is_or_may_be_is_not(call: str) -> None:
    assert calls_in(f"{IMPORTS}def handler(event, context):\n    {call}\n").unknown == ()


def test_what_a_misspelt_call_may_need_is_not_to_be_deleted() -> None:
    code = "import boto3\ndef handler(event, context):\n    boto3.client('dynamodb').put_itm(Item={})\n"
    comparison = compared(template_of(code, statements=[allow("dynamodb:PutItem")]))
    assert not comparison.is_exact
    (unknown,) = comparison.unknown
    assert unknown.is_misspelt
