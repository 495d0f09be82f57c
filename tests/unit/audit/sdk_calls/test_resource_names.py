"""Names, ARNs and addresses against the ARNs of statements."""

from __future__ import annotations

import pytest

from best_practice_constructs.audit.sdk_calls.resource_names import is_one, may_be_one

_HERE = "eu-west-1:111122223333"


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        ("orders", f"arn:aws:dynamodb:{_HERE}:table/orders/index/*"),
        ("orders", f"arn:aws:dynamodb:{_HERE}:table/*"),
        ("orders", "arn:aws:s3:::orders/*"),
        ("orders", "arn:aws:s3:::orders"),
        ("orders", f"arn:aws:sns:{_HERE}:orders"),
        ("orders", f"arn:aws:lambda:{_HERE}:function:orders:live"),
        ("orders", f"arn:aws:events:{_HERE}:event-bus/orders"),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/orders", f"arn:aws:sqs:{_HERE}:orders"),
        (f"arn:aws:sqs:{_HERE}:orders", f"arn:aws:sqs:{_HERE}:ord*"),
        (f"arn:aws:lambda:{_HERE}:function:orders:live", f"arn:aws:lambda:{_HERE}:function:orders"),
        (f"arn:aws:secretsmanager:{_HERE}:secret:orders", f"arn:aws:secretsmanager:{_HERE}:secret:orders-??????"),
        ("orders:live", f"arn:aws:lambda:{_HERE}:function:orders"),
        ("orders-s3alias", f"arn:aws:s3:{_HERE}:accesspoint/orders/object/*"),
        ("alias/orders", f"arn:aws:kms:{_HERE}:key/1"),
        ("orders", "*"),
    ],
)
def test_may_be_one(target: str, allowed: str) -> None:
    assert may_be_one(target, allowed)


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        ("others", f"arn:aws:dynamodb:{_HERE}:table/orders/index/*"),
        ("others", "arn:aws:s3:::orders/*"),
        ("orders", f"arn:aws:lambda:{_HERE}:function:others:orders"),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/others", f"arn:aws:sqs:{_HERE}:orders"),
        (f"arn:aws:sqs:{_HERE}:others", f"arn:aws:sqs:{_HERE}:orders"),
        (f"arn:aws:kms:{_HERE}:key/2", f"arn:aws:kms:{_HERE}:key/1"),
    ],
)
def test_are_two(target: str, allowed: str) -> None:
    assert not may_be_one(target, allowed)


def test_a_pattern_is_of_no_one_resource_for_sure() -> None:
    assert is_one("orders", f"arn:aws:dynamodb:{_HERE}:table/orders")
    assert not is_one("orders", f"arn:aws:dynamodb:{_HERE}:table/ord*")
    assert not is_one("others", f"arn:aws:dynamodb:{_HERE}:table/orders")
    assert not is_one("alias/orders", f"arn:aws:kms:{_HERE}:key/1")
