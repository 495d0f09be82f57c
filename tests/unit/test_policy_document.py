from __future__ import annotations

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam

from best_practice_constructs import Permission
from best_practice_constructs.policy_document import policy_document
from tests.unit.helpers.crossings import counted_crossings

PERMISSIONS = [
    Permission(
        actions=("sqs:SendMessage", "sqs:GetQueueUrl"),
        resources=(f"arn:{Aws.PARTITION}:sqs:eu-west-1:111122223333:orders",),
        conditions={"StringEquals": {"aws:SourceAccount": [Aws.ACCOUNT_ID]}},
    ),
    Permission(actions=("xray:PutTraceSegments",), resources=("*",), unscoped_because="X-Ray knows no resource"),
]


def test_it_says_what_the_statements_say(stack: Stack) -> None:
    of_statements = iam.PolicyDocument(statements=[permission.to_statement() for permission in PERMISSIONS])
    assert stack.resolve(policy_document(PERMISSIONS)) == stack.resolve(of_statements)


def test_it_is_made_in_one_call() -> None:
    with counted_crossings() as crossings:
        policy_document(PERMISSIONS)
    assert crossings.total == 1, crossings
